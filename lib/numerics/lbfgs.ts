/**
 * L-BFGS (Nocedal & Wright 2006, algorithm 7.5): minimises a smooth function of a few thousand
 * numbers to convergence. Full batch and without randomness, so a probe has no learning rate, no
 * epochs and no seed.
 */

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the largest entry of the gradient came below the tolerance. */
  readonly converged: boolean;
}

/**
 * @param evaluate x -> the value and its gradient.
 * @param start where to begin. Not changed.
 * @param tolerance stops when every entry of the gradient is at most this.
 * @param memory how many steps the curvature is estimated from.
 */
export function lbfgs(
  evaluate: (x: Float64Array) => { value: number; gradient: Float64Array },
  start: Float64Array,
  { tolerance = 1e-4, maxIterations = 500, memory = 10 } = {},
): Minimum {
  let x: Float64Array = Float64Array.from(start);
  let { value, gradient } = evaluate(x);
  const steps: Float64Array[] = [];
  const changes: Float64Array[] = [];
  let iterations = 0;

  while (largest(gradient) > tolerance && iterations < maxIterations) {
    iterations++;
    let direction: Float64Array = descent(gradient, steps, changes);
    let slope = dot(direction, gradient);
    if (slope >= 0) {
      steps.length = changes.length = 0;
      direction = descent(gradient, steps, changes);
      slope = dot(direction, gradient);
    }
    // Before curvature is known a unit step may be far too long.
    let rate = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(-slope)) : 1;
    let arrived = combined(x, direction, rate);
    let next = evaluate(arrived);
    // Armijo's rule; the allowance covers what float32 can tell apart.
    const allowance = 1e-7 * Math.abs(value);
    for (
      let halvings = 0;
      !(next.value <= value + 1e-4 * rate * slope + allowance) && halvings < 30;
      halvings++
    ) {
      rate /= 2;
      arrived = combined(x, direction, rate);
      next = evaluate(arrived);
    }
    if (!(next.value <= value + allowance)) break;
    const step = combined(arrived, x, -1);
    const change = combined(next.gradient, gradient, -1);
    // Only steps along positive curvature keep the estimate positive definite.
    if (dot(step, change) > 1e-12 * dot(change, change)) {
      steps.push(step);
      changes.push(change);
      if (steps.length > memory) {
        steps.shift();
        changes.shift();
      }
    }
    x = arrived;
    ({ value, gradient } = next);
  }
  return { x, value, iterations, converged: largest(gradient) <= tolerance };
}

/**
 * The two-loop recursion (algorithm 7.4): minus the inverse Hessian's estimate times the gradient.
 */
function descent(
  gradient: Float64Array,
  steps: readonly Float64Array[],
  changes: readonly Float64Array[],
): Float64Array {
  const q = combined(new Float64Array(gradient.length), gradient, -1);
  const alphas: number[] = [];
  for (let i = steps.length - 1; i >= 0; i--) {
    alphas[i] = dot(steps[i]!, q) / dot(steps[i]!, changes[i]!);
    add(q, changes[i]!, -alphas[i]!);
  }
  const last = steps.length - 1;
  if (last >= 0) {
    const scale = dot(steps[last]!, changes[last]!) / dot(changes[last]!, changes[last]!);
    for (let j = 0; j < q.length; j++) q[j]! *= scale;
  }
  for (let i = 0; i <= last; i++)
    add(q, steps[i]!, alphas[i]! - dot(changes[i]!, q) / dot(steps[i]!, changes[i]!));
  return q;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(target: Float64Array, v: ArrayLike<number>, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * v[i]!;
}

/** a + scale * b */
function combined(a: ArrayLike<number>, b: ArrayLike<number>, scale: number): Float64Array {
  const sum = new Float64Array(a);
  add(sum, b, scale);
  return sum;
}

function largest(v: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < v.length; i++) most = Math.max(most, Math.abs(v[i]!));
  return most;
}
