/** Claims that can fail: each is checked on what was measured, and must not hold on its control. */
import { AssertionError } from 'node:assert';

/** What a claim speaks of: numbers by name, or lists of them (one a seed). */
export type Evidence = Readonly<Record<string, number | readonly number[]>>;

export interface ClaimOptions<E extends Evidence> {
  /** What was measured. */
  readonly values: E;
  /** The claim, as a function of the numbers alone. */
  readonly holds: (values: E) => boolean;
  /**
   * The same numbers where the claim must not hold: with the mechanism taken away, untrained, of a
   * baseline. What also holds there was no claim.
   */
  readonly control: E;
}

/**
 * Asserts a claim, and that its control fails it.
 *
 * @param text the claim, in words that the error repeats.
 * @throws AssertionError with the numbers, where the claim does not hold or its control does; Error
 * where a number is not finite.
 *
 * @example
 * ```ts
 * import { claim } from 'dark-matter';
 *
 * claim('training lowers the loss to less than half', {
 *   values: { before: 4, after: 1 },
 *   holds: ({ before, after }) => after < before / 2,
 *   control: { before: 4, after: 3.9 }, // without the mechanism
 * });
 * ```
 */
export function claim<E extends Evidence>(text: string, options: ClaimOptions<E>): void {
  const { values, holds, control } = options;
  expectFinite('values', values);
  expectFinite('control', control);
  if (!holds(values))
    throw new AssertionError({
      message: `${text}: does not hold at ${told(values)}`,
      actual: values,
      operator: 'claim',
    });
  if (holds(control))
    throw new AssertionError({
      message: `${text}: holds for its control too, at ${told(control)}, so it says nothing`,
      actual: control,
      operator: 'claim',
    });
}

function expectFinite(name: string, evidence: Evidence): void {
  const entries = Object.entries(evidence);
  if (entries.length === 0) throw new Error(`${name}: no numbers given, at least one expected`);
  for (const [key, value] of entries) {
    const bad = [value].flat().find((each) => !Number.isFinite(each));
    if (bad !== undefined)
      throw new Error(`${name}.${key}: ${String(bad)} given, finite numbers expected`);
    if ([value].flat().length === 0) throw new Error(`${name}.${key}: no numbers given`);
  }
}

const told = (evidence: Evidence): string =>
  Object.entries(evidence)
    .map(([name, value]) => `${name} = ${[value].flat().map(short).join(', ')}`)
    .join('; ');

const short = (value: number): string => String(Number(value.toPrecision(4)));
