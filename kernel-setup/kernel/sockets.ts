/** The five sockets of a kernel, bound. */
import * as zmq from 'zeromq';
import type { Connection } from './connection';

export interface Sockets {
  readonly shell: zmq.Router;
  readonly control: zmq.Router;
  readonly stdin: zmq.Router;
  readonly hb: zmq.Router;
  /** XPUB rather than PUB: it tells of subscribers, who are greeted with iopub_welcome. */
  readonly iopub: zmq.XPublisher;
}

/** The largest message that a client may send, in bytes: a longer one ends its connection. */
const largestMessage = 256 * 1024 * 1024;

/** Messages kept for each reader of iopub before the kernel waits for it. */
const readAhead = 500;

export async function bindSockets({ address }: Connection): Promise<Sockets> {
  // A client that comes back under its old name, such as a page reloaded, is answered: without a
  // handover the connection that it left, and that may not be closed yet, would keep the name.
  const incoming = {
    handover: true,
    linger: 500,
    maxMessageSize: largestMessage,
    sendHighWaterMark: 10_000,
  };
  const sockets: Sockets = {
    shell: new zmq.Router(incoming),
    control: new zmq.Router(incoming),
    stdin: new zmq.Router(incoming),
    // A heartbeat is echoed with its route; a REP socket would fall silent after a broken request.
    hb: new zmq.Router({ linger: 0, maxMessageSize: 1024 * 1024 }),
    // A full socket refuses (EAGAIN) instead of losing messages; the outbox then waits.
    iopub: new zmq.XPublisher({
      linger: 500,
      sendHighWaterMark: readAhead,
      noDrop: true,
      sendTimeout: 0,
      verbosity: 'allSubs',
    }),
  };
  const names = ['shell', 'control', 'stdin', 'hb', 'iopub'] as const;
  const bound = await Promise.allSettled(names.map((name) => sockets[name].bind(address[name])));
  const failed = bound.findIndex(({ status }) => status === 'rejected');
  if (failed < 0) return sockets;
  closeSockets(sockets);
  const name = names[failed] ?? 'shell';
  throw new Error(
    `${name}_port: cannot listen at ${address[name]}: ${String((bound[failed] as PromiseRejectedResult).reason)}`,
  );
}

/** The addon aborts the process when its thread ends with open sockets. */
export function closeSockets(sockets: Sockets): void {
  for (const socket of Object.values(sockets)) (socket as zmq.Socket).close();
}
