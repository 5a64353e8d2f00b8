/**
 * What a cell writes to the file descriptors 1 and 2, past `process.stdout`, is output of the cell
 * all the same.
 *
 * The descriptors themselves stay what they are, so that what Node or native code says of a crash
 * is to be read in the terminal of Jupyter's server.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Node's own, for the kernel itself. */
export const native = { writeSync: fs.writeSync };

type Stream = 'stdout' | 'stderr';
type Callback = (error: Error | null, ...results: unknown[]) => void;
type Write = (...args: unknown[]) => unknown;

const streams: Readonly<Record<string | number, Stream>> = {
  1: 'stdout',
  2: 'stderr',
  '/dev/stdout': 'stdout',
  '/dev/stderr': 'stderr',
  '/dev/fd/1': 'stdout',
  '/dev/fd/2': 'stderr',
};

export function followDescriptors(): void {
  replace('writeSync', (_, stream, data, ...place) => put(stream, part(data, place)));
  replace('writevSync', (_, stream, views) => put(stream, joined(views)));
  for (const name of ['writeFileSync', 'appendFileSync'])
    replace(name, (_, stream, data, options) => void put(stream, whole(data, options)));
  replace('write', (done, stream, data, ...place) =>
    done(null, put(stream, part(data, place)), data),
  );
  replace('writev', (done, stream, views) => done(null, put(stream, joined(views)), views));
  for (const name of ['writeFile', 'appendFile'])
    replace(name, (done, stream, data, options) => {
      put(stream, whole(data, options));
      done(null);
    });
  syncBuiltinESMExports();
}

/**
 * Puts a function in the place of one of `fs`, for what is written to the standard streams;
 * `done` calls the callback, where one was passed, a tick later.
 */
function replace(
  name: string,
  write: (done: Callback, stream: Stream, data: unknown, ...rest: unknown[]) => unknown,
): void {
  const own = (fs as unknown as Record<string, Write>)[name]!;
  const replaced: Write = (target, ...args) => {
    const stream = typeof target === 'object' ? undefined : streams[target as string | number];
    if (stream === undefined) return own(target, ...args);
    const callback: unknown = args.at(-1);
    const done: Callback = (...results) => {
      if (typeof callback === 'function') process.nextTick(callback as Callback, ...results);
    };
    const [data, ...rest] = args.filter((each) => typeof each !== 'function');
    return write(done, stream, data, ...rest);
  };
  // `promisify(fs.write)` reads there what it resolves with.
  Object.defineProperties(replaced, Object.getOwnPropertyDescriptors(own));
  (fs as unknown as Record<string, Write>)[name] = replaced;
}

function put(stream: Stream, bytes: Buffer): number {
  process[stream].write(bytes);
  return bytes.length;
}

/** `(string, position, encoding)` or `(bytes, offset, length)`, the latter also as a record. */
function part(data: unknown, [first, second]: readonly unknown[]): Buffer {
  if (typeof data === 'string') return Buffer.from(data, second as BufferEncoding | undefined);
  const { offset = 0, length } = (
    typeof first === 'object' && first !== null ? first : { offset: first, length: second }
  ) as { offset?: number; length?: number };
  const bytes = bytesOf(data as ArrayBufferView);
  return bytes.subarray(offset, offset + (length ?? bytes.length - offset));
}

function whole(data: unknown, options: unknown): Buffer {
  if (typeof data !== 'string') return bytesOf(data as ArrayBufferView);
  const encoding =
    typeof options === 'string'
      ? options
      : (options as { encoding?: string } | undefined)?.encoding;
  return Buffer.from(data, (encoding ?? 'utf8') as BufferEncoding);
}

function joined(views: unknown): Buffer {
  return Buffer.concat((views as ArrayBufferView[]).map(bytesOf));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
}
