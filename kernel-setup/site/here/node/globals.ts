/** What library, kernel and cells find as Node's globals. Imported before all else of a worker. */
import { Bytes } from './bytes';

const began = performance.now();
const microseconds = (): number => Math.round((performance.now() - began) * 1000);

const stream = (log: (text: string) => void) => ({
  isTTY: false,
  columns: 80,
  write(text: unknown): boolean {
    log(typeof text === 'string' ? text : new TextDecoder().decode(text as Uint8Array));
    return true;
  },
});

export const process = {
  env: {} as Record<string, string | undefined>,
  versions: {} as Record<string, string>,
  argv: [] as string[],
  pid: 1,
  platform: 'browser',
  cwd: () => '/dark-matter/notebooks',
  stdout: stream((text) => console.log(text)),
  stderr: stream((text) => console.error(text)),
  cpuUsage(since?: { user: number }) {
    return { user: microseconds() - (since?.user ?? 0), system: 0 };
  },
  memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0 }),
  hrtime: { bigint: () => BigInt(microseconds()) * 1000n },
};

/** A turn of the event loop, without the 4 ms that timers wait where they are nested. */
const waiting: (() => void)[] = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()?.();

export function setImmediate<A extends unknown[]>(f: (...args: A) => void, ...args: A): void {
  waiting.push(() => f(...args));
  channel.port2.postMessage(0);
}

/** Node's timers can be told to keep nothing alive; a browser's keep nothing alive. */
class Timer extends Number {
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
const { setTimeout: after } = globalThis;
const setTimeout = (...given: Parameters<typeof after>): Timer =>
  new Timer(Number(after(...given)));

Object.assign(globalThis, { process, Buffer: Bytes, setImmediate, setTimeout, global: globalThis });
