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

/** Claims that were made of one data set, where a notebook may run on another. */
export interface ClaimsOf {
  /** As `claim`; on another data set it says whether the claim holds there, and asserts nothing. */
  claim<E extends Evidence>(text: string, options: ClaimOptions<E>): void;
  /** As `assert` with a text; on another data set as `claim` there. */
  assert(condition: boolean, text: string): void;
  /** 'all claims hold', or how many of them hold on the other data set. */
  summary(): string;
}

/**
 * The claims of a notebook that was written for one data set and runs on any: asserted on that
 * one, told on others.
 *
 * @param made the data set that the claims were made of.
 * @param data the one that is used.
 * @param tell where it is told. Default: console.log.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { claimsOf } from 'dark-matter';
 *
 * const said: string[] = [];
 * const claims = claimsOf('digits', 'cifar10', (line) => said.push(line));
 * claims.assert(32 > 90, 'pixels read nine in ten');
 * assert.deepEqual(said, ['cifar10: pixels read nine in ten: does not hold']);
 * ```
 */
export function claimsOf(
  made: string,
  data: string,
  tell: (line: string) => void = console.log,
): ClaimsOf {
  let [holding, all] = [0, 0];
  const check = (text: string, asserted: () => void): void => {
    all++;
    try {
      asserted();
    } catch (error) {
      if (data === made) throw error;
      const { message } = error as Error;
      const why = message === text ? 'does not hold' : message.replace(`${text}: `, '');
      tell(`${data}: ${text}: ${why}`);
      return;
    }
    holding++;
    if (data !== made) tell(`${data}: ${text}: holds`);
  };
  return {
    claim: (text, options) => check(text, () => claim(text, options)),
    assert: (condition, text) =>
      check(text, () => {
        if (!condition) throw new AssertionError({ message: text, operator: 'claim' });
      }),
    summary: () =>
      data === made
        ? 'all claims hold'
        : `${data}: ${holding} of ${all} claims hold, which were made of ${made}`,
  };
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
