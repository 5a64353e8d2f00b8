/**
 * What cells print: `process.stdout` and `process.stderr`, and with them all of `console`, go to
 * the notebook.
 */
import { StringDecoder } from 'node:string_decoder';
import { currentCell, ownCell } from './cell';
import type { Printed } from './printed';
import type { ServerLink } from './toServer';

type Done = (error?: Error | null) => void;

export function captureStreams(server: ServerLink, printed: Printed): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Done,
      done?: Done,
    ): boolean => {
      ownCell()?.assertAlive();
      const text = typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      printed.print(name, text, currentCell());
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback) process.nextTick(callback);
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
    // Where Jupyter was started in a terminal, ours would else pass for one: with a cursor to move.
    Object.defineProperty(process[name], 'isTTY', { value: false, configurable: true });
  }
  // A notebook's cell is cleared as a terminal is.
  console.clear = () => {
    printed.clear(currentCell());
    server.publish('clear_output', { wait: false });
  };
}
