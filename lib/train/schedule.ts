/**
 * Learning rates (or any number) as functions of the step, built of tensor operations, so that a
 * compiled training step computes them itself. Steps count from 0. Each is defined for every step;
 * past its end it stays at its end.
 */
import { expectNumber } from '../core/checks';
import { tf, type Scalar, type Tensor } from '../core/engine';

/** (step: int32 scalar) -> float32 scalar. */
export interface Schedule {
  (step: Scalar): Scalar;
  /** What it was made with, as an optimiser's: by this `train` tells runs apart. */
  readonly options?: object;
}

/**
 * The same at every step.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.constant(0.1);
 * assert.ok(Math.abs(rate(tf.scalar(7)).dataSync()[0] - 0.1) < 1e-6);
 * ```
 */
export function constant(value: number): Schedule {
  expectNumber('constant: value', value, {});
  return make('constant', { value }, () => tf.scalar(value));
}

/**
 * A learning rate: a number as the schedule that never changes, a schedule as it is.
 *
 * @throws where a number is below 0, which would climb; TypeError where it is neither a number nor
 * a function, as in `adam(0.01)` for `adam({ learningRate: 0.01 })`
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.asRate(0.1);
 * assert.ok(Math.abs(rate(tf.scalar(5)).dataSync()[0] - 0.1) < 1e-6);
 * ```
 */
export function asRate(value: number | Schedule, name = 'learningRate'): Schedule {
  if (typeof value === 'function') return value;
  if (typeof value !== 'number')
    throw new TypeError(
      `${name}: ${String(value)} given, a number or a schedule expected, as in { ${name}: 0.01 }`,
    );
  expectNumber(name, value, { atLeast: 0 });
  return constant(value);
}

/** How much of `steps` is done: 0 at step 0, 1 from `steps` on. */
const progress = (step: Scalar, steps: number): Tensor =>
  step.toFloat().div(steps).clipByValue(0, 1);

function make(name: string, options: object, f: (step: Scalar) => Tensor): Schedule {
  const schedule = (step: Scalar): Scalar => tf.tidy(() => f(step) as Scalar);
  Object.defineProperty(schedule, 'name', { value: name });
  return Object.assign(schedule, { options });
}

/**
 * In a straight line from `from` at step 0 to `to` at step `steps`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.linear({ from: 1, to: 0, steps: 10 });
 * assert.ok(Math.abs(rate(tf.scalar(5)).dataSync()[0] - 0.5) < 1e-6);
 * ```
 */
export function linear({ from, to, steps }: { from: number; to: number; steps: number }): Schedule {
  expectNumber('linear: from', from, {});
  expectNumber('linear: to', to, {});
  expectNumber('linear: steps', steps, { atLeast: 1 });
  return make('linear', { from, to, steps }, (step) =>
    progress(step, steps)
      .mul(to - from)
      .add(from),
  );
}

/**
 * Half a cosine from `from` at step 0 to `to` at step `steps` (Loshchilov & Hutter 2017, equation
 * 5).
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.cosine({ from: 1, steps: 10 });
 * assert.ok(Math.abs(rate(tf.scalar(5)).dataSync()[0] - 0.5) < 1e-6);
 * ```
 */
export function cosine({
  from,
  to = 0,
  steps,
}: {
  from: number;
  to?: number;
  steps: number;
}): Schedule {
  expectNumber('cosine: from', from, {});
  expectNumber('cosine: to', to, {});
  expectNumber('cosine: steps', steps, { atLeast: 1 });
  return make('cosine', { from, to, steps }, (step) =>
    progress(step, steps)
      .mul(Math.PI)
      .cos()
      .add(1)
      .mul((from - to) / 2)
      .add(to),
  );
}

/**
 * The schedule of most self-supervised training: a straight line up to `peak` over the first
 * `warmup` steps (step t gets peak (t + 1) / warmup, so that the first does something), then half a
 * cosine to `end` at step `steps`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * // Rises in 10 steps to 1, then falls to 0 at step 100.
 * const rate = schedule.warmupCosine({ peak: 1, warmup: 10, steps: 100 });
 * assert.ok(rate(tf.scalar(10)).dataSync()[0] > rate(tf.scalar(90)).dataSync()[0]);
 * ```
 */
export function warmupCosine({
  peak,
  warmup,
  steps,
  end = 0,
}: {
  peak: number;
  warmup: number;
  steps: number;
  end?: number;
}): Schedule {
  expectNumber('warmupCosine: peak', peak, {});
  expectNumber('warmupCosine: end', end, {});
  expectNumber('warmupCosine: warmup', warmup, { atLeast: 0 });
  expectNumber('warmupCosine: steps', steps, { above: warmup });
  const falling = cosine({ from: peak, to: end, steps: steps - warmup });
  const options = { peak, warmup, steps, end };
  if (warmup === 0) return make('warmupCosine', options, falling);
  return make('warmupCosine', options, (step) => {
    const rising = step
      .toFloat()
      .add(1)
      .mul(peak / warmup);
    return tf.where(step.less(warmup), rising, falling(step.sub(warmup) as Scalar));
  });
}

/**
 * from * factor^(step / every), smoothly.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.exponential({ from: 1, factor: 0.5, every: 10 });
 * assert.ok(Math.abs(rate(tf.scalar(10)).dataSync()[0] - 0.5) < 1e-6);
 * ```
 */
export function exponential({
  from,
  factor,
  every = 1,
}: {
  from: number;
  factor: number;
  every?: number;
}): Schedule {
  expectNumber('exponential: from', from, {});
  expectNumber('exponential: factor', factor, { above: 0 });
  expectNumber('exponential: every', every, { above: 0 });
  return make('exponential', { from, factor, every }, (step) =>
    step
      .toFloat()
      .mul(Math.log(factor) / every)
      .exp()
      .mul(from),
  );
}

/**
 * `from`, and from each step of `at` on the value given there: `piecewise({ from: 0.1, at: { 500:
 * 0.01, 800: 0.001 } })`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const rate = schedule.piecewise({ from: 1, at: { 60: 0.1 } });
 * assert.ok(Math.abs(rate(tf.scalar(60)).dataSync()[0] - 0.1) < 1e-6);
 * ```
 */
export function piecewise({
  from,
  at,
}: {
  from: number;
  at: Readonly<Record<number, number>>;
}): Schedule {
  const changes = Object.entries(at)
    .map(([step, value]) => [Number(step), value] as const)
    .sort(([a], [b]) => a - b);
  expectNumber('piecewise: from', from, {});
  for (const [step, value] of changes) {
    expectNumber('piecewise: at: step', step, { atLeast: 0, integer: true });
    expectNumber(`piecewise: at[${step}]`, value, {});
  }
  return make('piecewise', { from, at }, (step) =>
    changes.reduce<Tensor>(
      (value, [start, next]) => tf.where(step.greaterEqual(start), tf.scalar(next), value),
      tf.scalar(from),
    ),
  );
}

/**
 * The rest of a schedule: at step t what the whole has at step `done` + t. For a training that is
 * made of several.
 *
 * @param done at least 0, a whole number.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { schedule, tf } from 'dark-matter';
 * const whole = schedule.linear({ from: 1, to: 0, steps: 10 });
 * const rest = schedule.startingAt(4, whole);
 * assert.equal(rest(tf.scalar(2, 'int32')).dataSync()[0], whole(tf.scalar(6, 'int32')).dataSync()[0]);
 * ```
 */
export function startingAt(done: number, whole: Schedule): Schedule {
  expectNumber('startingAt: done', done, { atLeast: 0, integer: true });
  return make('startingAt', { done, whole: whole.options ?? whole.name }, (step) =>
    whole(step.add(tf.scalar(done, 'int32')) as Scalar),
  );
}
