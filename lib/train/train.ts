/** The training loop. */
import { setImmediate } from 'node:timers/promises';
import { expectNumber } from '../core/checks';
import { compile, type Mode } from '../core/compile';
import { tf, type Scalar } from '../core/engine';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import { key as makeKey, type Key } from '../core/random';
import { displaySymbol, host } from '../plot/display';
import { listCheckpoints, loadCheckpoint, saveCheckpoint } from './checkpoint';
import { TrainingDiverged, TrainingInterrupted } from './errors';
import { HistoryWriter } from './history';
import { adam, type AnyOptimizer } from './optimizers';
import { describeDone, progress, type ProgressDisplay, type ProgressState } from './progress';
import { openSource, type Data } from './source';
import { makeStep, type Carry } from './step';
import type { Trained } from './trained';

/** What `onStep` is told after a step. The tensors are lent: clone what is to be kept. */
export interface StepEvent<P, S> {
  /** Steps done, from 1. */
  readonly step: number;
  readonly params: P;
  readonly state: S;
  /** The loss before the step's update. Reading it waits for the step. */
  loss(): number;
}

export interface TrainOptions<P, S, E, B> {
  readonly method: Method<P, S, B>;
  /**
   * Examples: a record of tensors [examples, ...] that stay where they are, or batches from a
   * function or an async iterable.
   */
  readonly data: Data<E>;
  /** Updates in all, those of a resumed checkpoint included. */
  readonly steps: number;
  /** Examples a step; needed when `data` is a record of tensors. */
  readonly batch?: number;
  /**
   * Integer; default 0. The parameters start as `method.init(random.key(seed))`, and the same seed
   * gives the same run.
   */
  readonly seed?: number;
  /** Default `adam({ learningRate: 1e-3 })`. */
  readonly optimizer?: AnyOptimizer;
  /** Makes the batch of the gathered examples, inside the compiled step. */
  readonly augment?: (examples: E, key: Key) => B;
  /** Stops the training when aborted, as does the notebook's Stop. */
  readonly signal?: AbortSignal;
  /**
   * Saves everything to `dir` each `every` steps and at the end, and keeps the latest `keep`
   * (default 2).
   */
  readonly checkpoint?: { readonly dir: string; readonly every: number; readonly keep?: number };
  /** A checkpoint to go on from; or true: the latest in `checkpoint.dir`, where there is one. */
  readonly resume?: boolean | string;
  readonly onStep?: (event: StepEvent<P, S>) => void | Promise<void>;
  readonly display?: ProgressDisplay;
  /**
   * How the step runs, as in `compile`. Default 'graph', which repeats to the bit and starts at
   * once; 'xla' repeats too, and is up to twice as fast where the step is small; 'auto' takes the
   * faster of the two, which need not be the same one in the next run, and they round differently.
   */
  readonly mode?: Mode;
}

/**
 * Milliseconds: the loss is read at most so often; timers and interrupts get their turn at least so
 * often.
 */
const READ_INTERVAL = 200,
  YIELD_INTERVAL = 50;

/**
 * Trains a method. Gathering the batch, augmenting it, loss, gradients, optimiser, moving averages
 * and metrics are one compiled call; the loss of every step is in the history, read in bulk so that
 * no step waits for it.
 *
 * The run is a function of its options: the same seed gives the same bits in the same mode, and a
 * run resumed from a checkpoint ends where the uninterrupted one would have. (An async iterable
 * must then begin at the checkpoint's step.)
 *
 * @returns the caller owns the parameters and the state: `trained.dispose()`.
 * @throws TrainingInterrupted (name 'AbortError') when `signal` or the notebook's Stop ends it,
 * within a step, and TrainingDiverged when the loss is NaN or infinite; both carry what there is as
 * `error.partial`.
 */
export function train<P, S, B>(
  options: Omit<TrainOptions<P, S, B, B>, 'augment'> & { augment?: undefined },
): Promise<Trained<P, S>>;
export function train<P, S, E, B>(
  options: TrainOptions<P, S, E, B> & { augment: (examples: E, key: Key) => B },
): Promise<Trained<P, S>>;
export async function train<P, S, E, B>(options: TrainOptions<P, S, E, B>): Promise<Trained<P, S>> {
  const {
    method,
    steps,
    seed = 0,
    optimizer = adam({ learningRate: 1e-3 }),
    checkpoint,
    mode = 'graph',
  } = options;
  expectNumber('train: steps', steps, { atLeast: 1, integer: true });
  if (checkpoint)
    expectNumber('train: checkpoint.every', checkpoint.every, { atLeast: 1, integer: true });

  const signals = [options.signal, host()?.signal].filter((signal) => signal !== undefined);
  const source = openSource(options.data, options.batch, seed);
  const history = new HistoryWriter();
  const step = makeStep<P, S, E, B>({
    method,
    optimizer,
    augment: options.augment,
    steps,
    onNames: (names) => (history.names = names),
  });
  const run = compile(step, { name: `${method.name} step`, mode });
  const key = makeKey(seed);
  let carry = await start();
  // The latest that is known to be finite: what is left when the training diverges.
  let good = tree.clone(carry);

  const first = count(carry.step);
  const began = performance.now();
  const view = progress(options.display ?? 'auto', began);
  let done = first;
  let [lastRead, lastYield] = [began, began];

  try {
    while (done < steps) {
      if (signals.some((signal) => signal.aborted)) throw stopped();
      const pending = source.next(done);
      const item = pending instanceof Promise ? await pending : pending;
      if (!item) throw new Error(`train: data ended after ${done} of ${steps} steps`);
      const before = carry;
      try {
        const result = run(carry, { key, ...item });
        history.push(done, result.record);
        carry = result.carry;
      } finally {
        source.release(item);
      }
      tree.dispose(before);
      done++;

      const save = checkpoint && (done % checkpoint.every === 0 || done === steps);
      if (save || done === steps || performance.now() - lastRead >= READ_INTERVAL) read();
      if (save)
        await saveCheckpoint(checkpoint.dir, done, carry, {
          keep: checkpoint.keep ?? 2,
          metadata: identity(),
        });
      view.update(progressState);
      if (options.onStep) {
        await options.onStep({
          step: done,
          params: carry.params,
          state: carry.state,
          loss: () => history.latestLoss(),
        });
      }
      if (performance.now() - lastYield >= YIELD_INTERVAL) {
        await setImmediate();
        lastYield = performance.now();
      }
    }
    return finish(carry);
  } catch (error) {
    if (!(error instanceof TrainingDiverged || error instanceof TrainingInterrupted))
      tree.dispose(carry);
    throw error;
  } finally {
    history.dispose();
    run.dispose();
    tree.dispose([key, good]);
    await source.close();
    await view.close(progressState());
  }

  /** The first carry: new, or a checkpoint's. */
  async function start(): Promise<Carry<P, S>> {
    const fresh = tree.tidy(() => {
      const { params, state } = method.init(key);
      return {
        params,
        state,
        optimizer: optimizer.init(params),
        step: tf.scalar(0, 'int32'),
      } satisfies Carry<P, S>;
    });
    try {
      const from = await resumeFrom();
      if (from === undefined) return fresh;
      const { tree: loaded, metadata, file } = await loadCheckpoint(from, fresh);
      tree.dispose(fresh);
      for (const [name, expected] of Object.entries(identity())) {
        if (metadata[name] === expected) continue;
        tree.dispose(loaded);
        throw new Error(
          `train: resume: ${file} has ${name} ${metadata[name]}, ${expected} expected`,
        );
      }
      return loaded;
    } catch (error) {
      tree.dispose([fresh, key]);
      await source.close();
      throw error;
    }
  }

  async function resumeFrom(): Promise<string | undefined> {
    if (typeof options.resume === 'string') return options.resume;
    if (!options.resume) return undefined;
    if (!checkpoint)
      throw new Error(
        'train: resume is true without checkpoint, the folder to resume from expected',
      );
    return (await listCheckpoints(checkpoint.dir)).at(-1)?.file;
  }

  /** What a resumed run must share with the one that made the checkpoint. */
  function identity(): Record<string, string> {
    return { method: method.name, seed: String(seed), batch: String(options.batch ?? 'given') };
  }

  /** Reads the losses since the last time, and notes the parameters as good if all is finite. */
  function read(): void {
    const bad = history.read();
    lastRead = performance.now();
    if (bad !== undefined)
      throw diverged(
        bad,
        `the loss of ${method.name} is ${history.loss[history.step.indexOf(bad)]} at step ${bad}`,
      );
    if (!allFinite(carry.params))
      throw diverged(done, `the parameters of ${method.name} are not finite after step ${done}`);
    tree.dispose(good);
    good = tree.clone(carry);
  }

  function stopped(): TrainingInterrupted<P, S> {
    read();
    return new TrainingInterrupted(
      `train: ${method.name} stopped after ${done} of ${steps} steps`,
      finish(carry),
    );
  }

  function diverged(step: number, what: string): TrainingDiverged<P, S> {
    tree.dispose(carry);
    const partial = finish(tree.clone(good));
    return new TrainingDiverged(
      `train: ${what}; error.partial has the parameters after step ${partial.steps}. ` +
        'A smaller learning rate, or clipByGlobalNorm before the optimiser, is what helps most often.',
      partial,
      step,
    );
  }

  function progressState(): ProgressState {
    const seconds = (performance.now() - began) / 1000;
    return {
      title: method.name,
      done,
      steps,
      stepsPerSecond: (done - first) / Math.max(seconds, 1e-9),
      history,
    };
  }

  function finish({
    params,
    state,
    optimizer: optimizerState,
    step: counter,
  }: Carry<P, S>): Trained<P, S> {
    const reached = count(counter);
    tree.dispose([optimizerState, counter]);
    const ended = { ...progressState(), done: reached };
    const text = `${describeDone(ended)}, ${tree.count(params).toLocaleString('en-US')} parameters`;
    return {
      params,
      state,
      steps: reached,
      history: history.columns(),
      seconds: (performance.now() - began) / 1000,
      stepsPerSecond: ended.stepsPerSecond,
      interrupted: reached < steps,
      report: run.report(),
      dispose: () => tree.dispose([params, state]),
      [displaySymbol]: () => ({ 'text/plain': text }),
    };
  }
}

const count = (step: Scalar): number => step.dataSync()[0]!;

/** Whether no number of a tree is NaN or infinite: 0 x is 0 for the others. */
function allFinite(params: unknown): boolean {
  const floats = tree.leaves(params).filter((leaf) => leaf.dtype === 'float32');
  if (floats.length === 0) return true;
  const zero = tf.tidy(() => tf.addN(floats.map((leaf) => leaf.mul(0).sum())));
  const value = zero.dataSync()[0];
  zero.dispose();
  return value === 0;
}
