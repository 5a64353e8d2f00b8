/** A training under way: its beginning, its loop, and what it gives back. */
import { compile, type Compiled } from '../core/compile';
import { tf, type Scalar } from '../core/engine';
import * as tree from '../core/pytree';
import { key as makeKey, type Key } from '../core/random';
import { nextTurn } from '../core/turn';
import { displaySymbol, host } from '../plot/display';
import { TrainingDiverged, TrainingInterrupted } from './errors';
import { HistoryWriter } from './history';
import type { Identity } from './identity';
import {
  differences,
  expectSameRun,
  findCheckpoint,
  identityOf,
  loadRun,
  RunFolder,
  withStep,
} from './kept';
import type { BadExample } from './nonFinite';
import { adam, type AnyOptimizer } from './optimizers';
import type { TrainOptions } from './options';
import { describeDone, progress, type Progress, type ProgressState } from './progress';
import type { Resumed } from './resume';
import { openSource, type Item, type Source } from './source';
import { makeStep, type Carry, type StepInput, type StepOutput } from './step';
import type { Trained } from './trained';

/**
 * Milliseconds: the loss is read at most so often; timers and interrupts get their turn at least so
 * often.
 */
const READ_INTERVAL = 200,
  YIELD_INTERVAL = 50;

export class Training<P, S, E, B> {
  private readonly seed: number;
  private readonly optimizer: AnyOptimizer;
  private readonly signals: readonly AbortSignal[];
  private readonly source: Source<E>;
  private readonly run: Compiled<[Carry<P, S>, StepInput<E>], StepOutput<P, S>>;
  private readonly history = new HistoryWriter();
  private readonly key: Key;
  private readonly total: Scalar;
  private folder: RunFolder | undefined;
  private view: Progress | undefined;

  /** What the next step starts from; undefined when it was given away. */
  private carry: Carry<P, S> | undefined;
  /** The latest carry that is known to be finite: what is left when the training diverges. */
  private good: Carry<P, S> | undefined;
  /** The examples of the next step, where they were looked at before it. */
  private peeked: Item<E> | undefined;
  /** Steps done: at the start of this training, now, and when the losses were last read or saved. */
  private first = 0;
  private done = 0;
  private readUpTo = 0;
  private saved = 0;
  private began = performance.now();
  private lastRead = this.began;
  private lastYield = this.began;

  constructor(private readonly options: TrainOptions<P, S, E, B>) {
    const { method, data, batch, steps, seed = 0, mode = 'graph' } = options;
    this.seed = seed;
    this.optimizer = options.optimizer ?? adam({ learningRate: 1e-3 });
    this.signals = [options.signal, host()?.signal].filter((signal) => signal !== undefined);
    this.source = openSource(data, batch, seed);
    const step = makeStep<P, S, E, B>({
      method,
      optimizer: this.optimizer,
      augment: options.augment,
      onRecord: (names, watched) => Object.assign(this.history, { names, watched }),
    });
    this.run = compile(step, { name: `${method.name} step`, mode });
    this.key = makeKey(seed);
    this.total = tf.scalar(steps);
  }

  /** Makes the first carry, or takes a checkpoint's. */
  async begin(): Promise<void> {
    const { method, steps, checkpoint, display = 'auto' } = this.options;
    this.carry = tree.tidy(() => {
      const { params, state } = method.init(this.key);
      const optimizer = this.optimizer.init(params);
      return { params, state, optimizer, step: tf.scalar(0, 'int32') };
    });
    const resumed = await this.resume();
    this.first = this.done = this.readUpTo = count(this.carry.step);
    if (this.done > steps)
      throw new Error(
        `train: steps: ${steps} given, but ${resumed!.file} has done ${this.done}; at least as many ` +
          'expected, for `steps` counts those of the checkpoint too',
      );
    if (resumed || checkpoint) await this.identify(resumed);
    this.good = tree.clone(this.carry);
    this.began = this.lastRead = this.lastYield = performance.now();
    this.view = progress(display, this.began);
  }

  /** Steps until all are done, or it is stopped. */
  async loop(): Promise<Trained<P, S>> {
    const { steps, checkpoint, onStep } = this.options;
    // Nothing is awaited that need not be: a step takes less than a millisecond.
    while (this.done < steps) {
      if (this.signals.some((signal) => signal.aborted)) throw await this.stopped();
      const pending = this.next();
      this.step(pending instanceof Promise ? await pending : pending);

      const saves = checkpoint && (this.done % checkpoint.every === 0 || this.done === steps);
      const now = performance.now();
      if (saves || this.done === steps || now - this.lastRead >= READ_INTERVAL) this.read();
      if (saves) await this.save();
      else if (this.folder?.historyIsDue()) await this.folder.writeHistory(this.history);
      this.view?.update(() => this.state());
      if (onStep) await onStep(this.event());
      if (now - this.lastYield >= YIELD_INTERVAL) {
        await nextTurn();
        this.lastYield = performance.now();
      }
    }
    return this.finish(this.take());
  }

  /** Frees all that was not given away. */
  async close(): Promise<void> {
    const { folder, history } = this;
    // What was read of a training that ended early; a full disk must not hide why it ended.
    if (folder && history.step.length > 0) await folder.writeHistory(history).catch(() => {});
    history.dispose();
    this.run.dispose();
    if (this.peeked) this.source.release(this.peeked);
    tree.dispose([this.key, this.total, this.good, this.carry]);
    await this.source.close();
    await this.view?.close(this.state());
  }

  // How it begins

  /** Replaces the fresh carry by that of the checkpoint to go on from, where there is one. */
  private async resume(): Promise<Resumed<Carry<P, S>> | undefined> {
    const { resume, checkpoint } = this.options;
    if (!resume) return undefined;
    if (resume === true && !checkpoint)
      throw new Error(
        'train: resume is true without checkpoint, the folder to resume from expected',
      );
    const from = resume === true ? checkpoint!.dir : resume;
    const named = this.identity();
    const file = await findCheckpoint(from, named);
    if (file === undefined) {
      if (resume === true) return undefined;
      throw new Error(`train: resume: no step-*.safetensors in ${from}, a checkpoint expected`);
    }
    const resumed = await loadRun(file, this.carry!, named);
    tree.dispose(this.carry);
    this.carry = resumed.tree;
    return resumed;
  }

  /** Finds out which run this is, refuses another run's checkpoint, and opens the run's folder. */
  private async identify(resumed: Resumed<unknown> | undefined): Promise<void> {
    const { checkpoint, allowChanged = false } = this.options;
    this.peeked = await this.source.next(this.done);
    const fingerprint = this.peeked && this.run.fingerprint(this.carry!, this.inputOf(this.peeked));
    const identity = withStep(this.identity(), fingerprint);
    if (resumed && !allowChanged) expectSameRun(resumed, identity);
    if (!checkpoint) return;
    const same = resumed !== undefined && differences(resumed.identity, identity).length === 0;
    const before = resumed && { from: resumed, first: this.done, same };
    this.folder = await RunFolder.open(checkpoint, identity, before);
  }

  private identity(): Identity {
    return identityOf({ ...this.options, optimizer: this.optimizer, seed: this.seed });
  }

  // How it steps

  private next(): Item<E> | undefined | Promise<Item<E> | undefined> {
    const { peeked } = this;
    this.peeked = undefined;
    return peeked ?? this.source.next(this.done);
  }

  private step(item: Item<E> | undefined): void {
    if (!item)
      throw new Error(`train: data ended after ${this.done} of ${this.options.steps} steps`);
    const before = this.carry!;
    try {
      const { record, carry } = this.run(before, this.inputOf(item));
      this.history.push(this.done, record);
      this.carry = carry;
    } finally {
      this.source.release(item);
    }
    tree.dispose(before);
    this.done++;
  }

  private inputOf(item: Item<E>): StepInput<E> {
    return { key: this.key, steps: this.total, ...item };
  }

  private async save(): Promise<void> {
    await this.folder?.save(this.carry, this.done, this.history);
    this.saved = this.done;
  }

  private event() {
    const { params, state } = this.carry!;
    return { step: this.done, params, state, loss: () => this.history.latestLoss() };
  }

  /** Reads the losses since the last time, and notes the parameters as good if all is finite. */
  private read(): void {
    const { history, options } = this;
    const { name } = options.method;
    const bad = history.read();
    this.lastRead = performance.now();
    if (bad !== undefined) {
      const loss = history.loss[history.step.indexOf(bad)];
      throw this.diverged(bad, `the loss of ${name} is ${loss} at step ${bad}`);
    }
    if (!allFinite(this.carry!.params))
      throw this.diverged(
        this.done,
        `the parameters of ${name} are not finite after step ${this.done}`,
      );
    tree.dispose(this.good);
    this.good = tree.clone(this.carry);
    this.readUpTo = this.done;
    history.badExample = undefined; // it did no harm
  }

  // How it ends

  private async stopped(): Promise<TrainingInterrupted<P, S>> {
    this.read();
    const { method, steps } = this.options;
    // So that it goes on from here; a full disk must not cost what was learned.
    if (this.done > Math.max(this.first, this.saved)) await this.save().catch(() => undefined);
    return new TrainingInterrupted(
      `train: ${method.name} stopped after ${this.done} of ${steps} steps; ` +
        'error.partial has what it learned (in a later cell: lastError()?.partial)',
      this.finish(this.take()),
    );
  }

  private diverged(step: number, what: string): TrainingDiverged<P, S> {
    const culprit = this.badExample();
    const partial = this.finish(tree.clone(this.good!));
    return new TrainingDiverged(
      `train: ${what}; error.partial has the parameters after step ${partial.steps}. ` +
        (culprit
          ? this.blame(culprit)
          : 'A smaller learning rate, or clipByGlobalNorm before the optimiser, is what helps most often.'),
      partial,
      step,
    );
  }

  /** An example since the losses were last read that is NaN or infinite itself. */
  private badExample(): BadExample | undefined {
    if (this.history.badExample) return this.history.badExample;
    for (let step = this.readUpTo; step < this.done; step++) {
      const found = this.source.findBad(step);
      if (found) return found;
    }
    return undefined;
  }

  private blame({ path, example, step }: BadExample): string {
    const whose = this.options.batch === undefined ? ' of the batch' : '';
    return (
      `The cause is in the data: ${path} of example ${example}${whose} is NaN or infinite ` +
      `(it was in the batch of step ${step}).`
    );
  }

  /**
   * Gives an error that came after the first steps what was learned until then, as `partial`: a full
   * disk or a callback's mistake must not cost it.
   */
  rescue(error: unknown): void {
    if (!(error instanceof Error) || 'partial' in error) return;
    if (this.carry && this.done > this.first)
      Object.defineProperty(error, 'partial', { value: this.finish(this.take()) });
  }

  /** Gives the carry away. */
  private take(): Carry<P, S> {
    const carry = this.carry!;
    this.carry = undefined;
    return carry;
  }

  private finish(carry: Carry<P, S>): Trained<P, S> {
    const { params, state } = carry;
    const reached = count(carry.step);
    tree.dispose([carry.optimizer, carry.step]);
    const ended = { ...this.state(), done: reached };
    const text = `${describeDone(ended)}, ${tree.count(params).toLocaleString('en-US')} parameters`;
    return {
      params,
      state,
      steps: reached,
      history: this.history.columns(),
      seconds: (performance.now() - this.began) / 1000,
      stepsPerSecond: ended.stepsPerSecond,
      interrupted: reached < this.options.steps,
      report: this.run.report(),
      dispose: () => tree.dispose([params, state]),
      [displaySymbol]: () => ({ 'text/plain': text }),
    };
  }

  private state(): ProgressState {
    const { done, history, options } = this;
    const seconds = (performance.now() - this.began) / 1000;
    const stepsPerSecond = (done - this.first) / Math.max(seconds, 1e-9);
    return { title: options.method.name, done, steps: options.steps, stepsPerSecond, history };
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
