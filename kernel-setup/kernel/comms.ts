/** Comms: channels between a front end's widgets and objects in the kernel. */
import { randomUUID } from 'node:crypto';
import { assertShallow } from './depth';
import type { ServerLink } from './toServer';
import type { Content } from './wire';

type Data = Readonly<Record<string, unknown>>;
/** A promise that it returns is waited for, and the front end is told that the kernel is busy. */
type Handler = (data: Data, buffers: readonly Uint8Array[]) => unknown;

interface Opening {
  readonly metadata?: Data;
  readonly buffers?: readonly Uint8Array[];
}

export interface Comm {
  readonly id: string;
  readonly target: string;
  /** Hears what the front end sends. */
  onMessage: Handler;
  onClose: Handler;
  send(data: Data, buffers?: readonly Uint8Array[]): void;
  close(data?: Data): void;
}

export class Comms {
  private readonly open = new Map<string, Comm>();
  private readonly targets = new Map<string, (comm: Comm, data: Data) => unknown>();

  constructor(private readonly server: ServerLink) {}

  /** From now on the front end may open comms to `target`. */
  register(target: string, opened: (comm: Comm, data: Data) => unknown): void {
    this.targets.set(target, opened);
  }

  /** Opens a comm to a target of the front end. */
  connect(target: string, data: Data = {}, opening: Opening = {}): Comm {
    assertShallow(data, 'comm_open: data');
    const comm = this.add(randomUUID(), target);
    this.server.publish('comm_open', { comm_id: comm.id, target_name: target, data }, opening);
    return comm;
  }

  /** The content of a comm_info_reply. */
  info(wanted: unknown): Content {
    const all = [...this.open.values()].filter(
      ({ target }) => typeof wanted !== 'string' || target === wanted,
    );
    return {
      status: 'ok',
      comms: Object.fromEntries(all.map(({ id, target }) => [id, { target_name: target }])),
    };
  }

  /**
   * A comm_open, comm_msg or comm_close of the front end.
   * @returns what its handler returned
   */
  receive(type: string, content: Content, buffers: readonly Uint8Array[]): unknown {
    const id = String(content['comm_id']);
    const data = (content['data'] ?? {}) as Data;
    if (type === 'comm_open') {
      const target = String(content['target_name']);
      const opened = this.targets.get(target);
      // As the specification asks: a comm to a target that does not exist is closed at once.
      if (opened) return opened(this.add(id, target), data);
      return this.server.publish('comm_close', { comm_id: id, data: {} });
    }
    const comm = this.open.get(id);
    if (type === 'comm_msg') return comm?.onMessage(data, buffers);
    this.open.delete(id);
    return comm?.onClose(data, buffers);
  }

  private add(id: string, target: string): Comm {
    const comm: Comm = {
      id,
      target,
      onMessage: () => {},
      onClose: () => {},
      send: (data, buffers = []) => {
        assertShallow(data, 'comm_msg: data');
        this.server.publish('comm_msg', { comm_id: id, data }, { buffers });
      },
      close: (data = {}) => {
        assertShallow(data, 'comm_close: data');
        if (this.open.delete(id)) this.server.publish('comm_close', { comm_id: id, data });
      },
    };
    this.open.set(id, comm);
    return comm;
  }
}
