/**
 * Checks of arguments: a clear error at the door instead of NaN, or TensorFlow's words, further in.
 */
import type { Tensor } from './engine';

/**
 * The shape of a tensor, checked against a pattern.
 *
 * @param name the argument's name, for the error.
 * @param pattern a number for a fixed axis, a word ('batch') for any size; the same word means the
 * same size.
 * @returns the sizes of the named axes.
 * @throws `z1: shape [32, 10] given, [batch, 784] expected`.
 */
export function expectShape(
  name: string,
  tensor: Tensor,
  pattern: readonly (number | string)[],
): Record<string, number> {
  const sizes: Record<string, number> = {};
  const fits =
    tensor.shape.length === pattern.length &&
    pattern.every((want, axis) => {
      const size = tensor.shape[axis]!;
      if (typeof want === 'number') return size === want;
      sizes[want] ??= size;
      return sizes[want] === size;
    });
  if (!fits)
    throw new Error(
      `${name}: shape [${tensor.shape.join(', ')}] given, [${pattern.join(', ')}] expected`,
    );
  return sizes;
}

/**
 * @throws when two tensors that belong together differ in shape: `z1, z2: shapes [8, 4] and [8, 5]
 * given, equal ones expected`.
 */
export function expectSameShape(names: string, a: Tensor, b: Tensor): void {
  if (a.shape.length === b.shape.length && a.shape.every((size, axis) => size === b.shape[axis]))
    return;
  throw new Error(
    `${names}: shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}] given, equal ones expected`,
  );
}

/**
 * @throws when an option that says how wide a network's output is does not: `dim: 32 given, 16
 * expected, the projector's width`.
 */
export function expectWidth(name: string, given: number, output: Tensor, whose: string): void {
  const width = output.shape.at(-1);
  if (width === given) return;
  throw new Error(`${name}: ${given} given, ${width} expected, ${whose} width`);
}

/**
 * @throws when a tensor's numbers are not float32: `x: int32 given, float32 expected
 * (toFloat() converts)`.
 */
export function expectFloat(name: string, tensor: Tensor): void {
  if (tensor.dtype === 'float32') return;
  throw new Error(`${name}: ${tensor.dtype} given, float32 expected (toFloat() converts)`);
}

/**
 * @throws when a number is not finite or outside [low, high]: `temperature: -1 given, a number
 * above 0 expected`.
 */
export function expectNumber(
  name: string,
  value: number,
  rule: { above?: number; atLeast?: number; below?: number; atMost?: number; integer?: boolean },
): void {
  const bounds = [
    rule.above !== undefined ? `above ${rule.above}` : '',
    rule.atLeast !== undefined ? `at least ${rule.atLeast}` : '',
    rule.below !== undefined ? `below ${rule.below}` : '',
    rule.atMost !== undefined ? `at most ${rule.atMost}` : '',
  ].filter(Boolean);
  const good =
    Number.isFinite(value) &&
    (rule.above === undefined || value > rule.above) &&
    (rule.atLeast === undefined || value >= rule.atLeast) &&
    (rule.below === undefined || value < rule.below) &&
    (rule.atMost === undefined || value <= rule.atMost) &&
    (!rule.integer || Number.isInteger(value));
  if (good) return;
  throw new Error(
    `${name}: ${value} given, ${rule.integer ? 'a whole number' : 'a finite number'} ${bounds.join(' and ')} expected`.replace(
      '  ',
      ' ',
    ),
  );
}

/**
 * @throws when a word is none of those that mean something: `loss: 'l1' given, 'l2' or 'smoothL1'
 * expected`.
 */
export function expectOneOf<T extends string>(name: string, value: T, known: readonly T[]): void {
  if (known.includes(value)) return;
  const words = known.map((word) => `'${word}'`).join(' or ');
  throw new Error(`${name}: '${String(value)}' given, ${words} expected`);
}

/**
 * For losses that compare the examples of a batch: of one alone they say nothing, whatever the
 * network does.
 *
 * @throws `batch: 1 given, a whole number at least 2 expected`.
 */
export function expectCompany(batch: Tensor): void {
  expectNumber('batch', batch.shape[0] ?? 0, { atLeast: 2, integer: true });
}
