/**
 * Runs one trace in the way asked for, or finds out which is faster.
 *
 * 'auto' starts with the plain graph, which is ready at once, so that a function called once or
 * twice never waits for XLA's compiler (0.2 to 2 s). From the third call on both are measured in
 * turns; then the one with the least time stays and the other is freed. The least, not the mean:
 * other programs only ever add time.
 */
import type { Handle } from '../native';
import { load, type Executable } from './executable';
import type { Graph } from './graph';
import type { Way } from './recorder';

/** What is known of one way to run a trace. Times in milliseconds. */
export interface Timing {
  /** Loading and the first run, in which TensorFlow optimises the graph and XLA compiles it. */
  readonly firstCallMs: number;
  /** Of the latest calls, without the first; undefined before the second. */
  readonly medianMs: number | undefined;
  readonly calls: number;
}

export interface RunnerReport {
  /** The way chosen, or 'measuring'. */
  readonly mode: Way | 'measuring';
  readonly graph?: Timing;
  readonly xla?: Timing;
  /** Why XLA is not used, where it refused the graph. */
  readonly refused?: string;
}

export interface Runner {
  run(inputs: readonly number[]): Handle[];
  report(): RunnerReport;
  dispose(): void;
}

/** Calls on the graph alone before XLA is tried, and calls of each that are compared. */
const GRAPH_ALONE = 2,
  MEASURED = 5;

/** @param graphs what each way runs; mostly the same. */
export function createRunner(graphs: Readonly<Record<Way, Graph>>, mode: 'auto' | Way): Runner {
  const timed = new Map<Way, TimedExecutable>();
  let chosen: Way | undefined = mode === 'auto' ? undefined : mode;
  let refused: string | undefined;

  const on = (way: Way): TimedExecutable => {
    let executable = timed.get(way);
    if (!executable) timed.set(way, (executable = timedExecutable(graphs[way], way)));
    return executable;
  };
  const choose = (way: Way): void => {
    chosen = way;
    for (const [other, executable] of timed) if (other !== way) executable.dispose();
  };
  const measuring = (inputs: readonly number[]): Handle[] => {
    const plain = on('graph');
    if (
      plain.calls() < GRAPH_ALONE ||
      (timed.get('xla') && plain.calls() < timed.get('xla')!.calls())
    )
      return plain.run(inputs);
    let handles: Handle[];
    try {
      handles = on('xla').run(inputs);
    } catch (error) {
      // Either XLA cannot compile the graph, or the call itself is at fault: then the graph fails
      // as well, and says so.
      handles = plain.run(inputs);
      refused = error instanceof Error ? error.message : String(error);
      choose('graph');
      return handles;
    }
    if (on('xla').calls() > MEASURED) choose(on('xla').least() < plain.least() ? 'xla' : 'graph');
    return handles;
  };

  return {
    run: (inputs) => (chosen ? on(chosen).run(inputs) : measuring(inputs)),
    report: () => ({
      mode: chosen ?? 'measuring',
      ...Object.fromEntries([...timed].map(([way, executable]) => [way, executable.timing()])),
      ...(refused === undefined ? {} : { refused }),
    }),
    dispose: () => {
      for (const executable of timed.values()) executable.dispose();
      timed.clear();
    },
  };
}

interface TimedExecutable {
  run(inputs: readonly number[]): Handle[];
  calls(): number;
  /** The least time of a call but the first. */
  least(): number;
  timing(): Timing;
  dispose(): void;
}

function timedExecutable(graph: Graph, way: Way): TimedExecutable {
  const start = performance.now();
  let executable: Executable | undefined = load(graph, way === 'xla');
  const latest = new Float64Array(100);
  let firstCallMs = 0;
  let least = Infinity;
  let calls = 0;
  return {
    run: (inputs) => {
      const begin = performance.now();
      const handles = executable!.run(inputs);
      const time = performance.now() - begin;
      if (calls === 0) {
        firstCallMs = performance.now() - start;
      } else {
        latest[(calls - 1) % latest.length] = time;
        if (time < least) least = time;
      }
      calls++;
      return handles;
    },
    calls: () => calls,
    least: () => least,
    timing: () => {
      const times = latest.slice(0, Math.min(Math.max(calls - 1, 0), latest.length)).sort();
      return {
        firstCallMs,
        medianMs: times.length > 0 ? times[times.length >> 1] : undefined,
        calls,
      };
    },
    dispose: () => {
      executable?.dispose();
      executable = undefined;
    },
  };
}
