/**
 * What cells print: `process.stdout` and `process.stderr`, and with them all of `console`, go to
 * the notebook.
 */
import { StringDecoder } from 'node:string_decoder';
import type { ServerLink } from './toServer';

type Done = (error?: Error | null) => void;

export function captureStreams(server: ServerLink): void {
  for (const name of ['stdout', 'stderr'] as const) {
    const decoder = new StringDecoder('utf8');
    const write = (
      chunk: string | Uint8Array,
      encoding?: BufferEncoding | Done,
      done?: Done,
    ): boolean => {
      server.stream(name, typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (callback) process.nextTick(callback);
      return true;
    };
    process[name].write = write as typeof process.stdout.write;
  }
  // A notebook's cell is cleared as a terminal is.
  console.clear = () => server.publish('clear_output', { wait: false });
}
