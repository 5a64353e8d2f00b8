/**
 * Child processes that inherit the kernel's streams print to the cell that started them, and not to
 * the terminal of Jupyter's server. Their standard input is empty: there is nobody to type there.
 *
 * What a process prints for which the cell waits (`execSync`) is shown when it has ended.
 */
import childProcess, {
  ChildProcess,
  type SpawnSyncOptions,
  type SpawnSyncReturns,
} from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import type { Readable } from 'node:stream';
import { currentCell, runIn } from './cell';

type Stream = 'stdout' | 'stderr';
type Options = SpawnSyncOptions & { readonly shell?: boolean | string };
type Returned = SpawnSyncReturns<string | Buffer>;

/** How a child is started instead, and which of its streams are to be shown where. */
interface Plan {
  readonly stdio: unknown[];
  readonly shown: ReadonlyMap<number, Stream>;
}

/** @param around called around what makes the kernel wait for a process */
export function followInherited(around: <T>(wait: () => T) => T): void {
  followSpawn();
  const { spawnSync, execSync, execFileSync } = childProcess;

  const spawnAndShow = (file: string, args: readonly string[], options: Options): Returned => {
    const plan = planFor(options.stdio);
    if (!plan) return around(() => spawnSync(file, args, options));
    const ended = around(() =>
      spawnSync(file, args, {
        maxBuffer: Infinity,
        ...options,
        stdio: plan.stdio as SpawnSyncOptions['stdio'],
      }),
    );
    for (const [index, stream] of plan.shown) {
      process[stream].write(ended.output?.[index] ?? '');
      if (ended.output) ended.output[index] = null;
      if (index === 1 || index === 2)
        Object.assign(ended, { [index === 1 ? 'stdout' : 'stderr']: null });
    }
    return ended;
  };

  childProcess.spawnSync = ((file: string, ...rest: unknown[]) =>
    spawnAndShow(file, ...argumentsAndOptions(rest))) as typeof spawnSync;
  childProcess.execFileSync = ((file: string, ...rest: unknown[]) => {
    const [args, options] = argumentsAndOptions(rest);
    if (!planFor(options.stdio)) return around(() => execFileSync(file, args, options));
    return outputOf(spawnAndShow(file, args, options), [file, ...args].join(' '));
  }) as typeof execFileSync;
  childProcess.execSync = ((command: string, options: Options = {}) => {
    if (!planFor(options.stdio)) return around(() => execSync(command, options as object));
    const ended = spawnAndShow(command, [], { ...options, shell: options.shell || true });
    return outputOf(ended, command);
  }) as typeof execSync;
  syncBuiltinESMExports();
}

/** What `exec…Sync` returns, or throws, of a process that has ended. */
function outputOf(ended: Returned, command: string): string | Buffer {
  if (ended.error) throw Object.assign(ended.error, ended);
  if (ended.status !== 0) throw Object.assign(new Error(`Command failed: ${command}`), ended);
  return ended.stdout;
}

/** All that starts a process and does not wait for it comes by here. */
function followSpawn(): void {
  const prototype = ChildProcess.prototype as ChildProcess & {
    spawn(options: Readonly<Record<string, unknown>>): unknown;
  };
  const { spawn } = prototype;
  prototype.spawn = function (this: ChildProcess, options) {
    const plan = planFor(options['stdio']);
    if (!plan) return spawn.call(this, options);
    const outcome = spawn.call(this, { ...options, stdio: plan.stdio });
    const streams = this.stdio as unknown as (Readable | null)[];
    for (const [index, stream] of plan.shown) {
      const output = streams[index];
      if (!output) continue;
      show(output, stream);
      // As for any stream that is inherited.
      streams[index] = null;
      if (index === 1) this.stdout = null;
      if (index === 2) this.stderr = null;
    }
    return outcome;
  };
}

function show(output: Readable, stream: Stream): void {
  const cell = currentCell();
  output.setEncoding('utf8');
  output.on('data', (text: string) => {
    if (!cell?.dead) runIn(cell, () => process[stream].write(text));
  });
}

/** Undefined where nothing of the kernel's is inherited. */
function planFor(stdio: unknown): Plan | undefined {
  const wanted: unknown[] = Array.isArray(stdio) ? stdio : [stdio, stdio, stdio];
  const shown = new Map<number, Stream>();
  const planned = wanted.map((each, index) => {
    const stream = inheritedStream(each, index);
    if (stream === 'stdin') return 'ignore';
    if (stream === undefined) return each;
    shown.set(index, stream);
    return 'pipe';
  });
  return planned.some((each, index) => each !== wanted[index])
    ? { stdio: planned, shown }
    : undefined;
}

function inheritedStream(given: unknown, index: number): Stream | 'stdin' | undefined {
  const fd = given === 'inherit' ? index : given;
  if (fd === 0 || fd === process.stdin) return 'stdin';
  if (fd === 1 || fd === process.stdout) return 'stdout';
  if (fd === 2 || fd === process.stderr) return 'stderr';
  return undefined;
}

/** `(args, options)`, either of which may be left out. */
function argumentsAndOptions(given: readonly unknown[]): [readonly string[], Options] {
  const [first, second] = given;
  return Array.isArray(first)
    ? [first as string[], (second ?? {}) as Options]
    : [[], (second ?? first ?? {}) as Options];
}
