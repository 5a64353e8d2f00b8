/**
 * What the kernel offers to libraries, under `Symbol.for('dark-matter.host')`: see
 * lib/plot/display.ts, whose contract it keeps.
 */
import type { Callbacks } from './callbacks';
import { currentCell } from './cell';
import type { Comms } from './comms';
import { jsonBundle, type MimeBundle } from './mime';
import type { ServerLink } from './toServer';

interface DisplayOptions {
  readonly metadata?: MimeBundle;
  readonly id?: string;
  readonly update?: boolean;
}

const never = new AbortController().signal;

export function installHost(
  server: ServerLink,
  comms: Comms,
  callbacks: Callbacks,
  atRest: (seconds: number) => Promise<void>,
): void {
  const host = {
    /** @throws InterruptedError where the cell was interrupted: a loop that draws ends there. */
    display(data: MimeBundle, { metadata = {}, id, update = false }: DisplayOptions = {}): void {
      const content = {
        data: jsonBundle(data),
        metadata,
        transient: id === undefined ? {} : { display_id: id },
      };
      server.publish(
        update ? 'update_display_data' : 'display_data',
        content,
        id === undefined ? {} : { display: id },
      );
    },
    get signal(): AbortSignal {
      return currentCell()?.signal ?? never;
    },
    comms,
    callback: callbacks.bind.bind(callbacks),
    onRerun: callbacks.onRerun.bind(callbacks),
    /** Resolves when nothing goes on that cells started; rejects after so many seconds. */
    atRest,
  };
  Object.defineProperty(globalThis, Symbol.for('dark-matter.host'), {
    value: host,
    configurable: true,
  });
}
