/**
 * One way to call every augmentation: its main setting alone, `rotate(15)`,
 * `randomResizedCrop([0.3, 1])`, or all settings by name, `rotate({ degrees: 15 })`,
 * `randomResizedCrop({ scale: [0.3, 1], ratio: [1, 1] })`.
 */
import { expectNumber } from '../../core/checks';

/** [low, high]; a value is drawn between the two, uniformly unless said otherwise. */
export type Interval = readonly [number, number];

/** @throws unless it is a number in [0, 1]. */
export function expectProbability(name: string, probability: number): void {
  expectNumber(`${name}: probability`, probability, { atLeast: 0, atMost: 1 });
}

/** The settings by name, where the main one may have been given alone. */
export function byName<O extends object, K extends keyof O & string>(
  augmentation: string,
  main: K,
  given: O[K] | O,
): O {
  if (typeof given === 'number' || Array.isArray(given)) return { [main]: given } as unknown as O;
  if (typeof given === 'object' && given !== null) return given as O;
  throw new Error(`${augmentation}: ${String(given)} given, ${main} or { ${main}, ... } expected`);
}

/** @throws unless it is [low, high] with low <= high, both within the rule. */
export function expectInterval(
  name: string,
  interval: Interval,
  rule: Parameters<typeof expectNumber>[2],
): void {
  if (!Array.isArray(interval) || interval.length !== 2)
    throw new Error(`${name}: ${JSON.stringify(interval)} given, [low, high] expected`);
  const [low, high] = interval as Interval;
  expectNumber(`${name}: low`, low, rule);
  expectNumber(`${name}: high`, high, rule);
  if (low > high)
    throw new Error(`${name}: [${low}, ${high}] given, low no greater than high expected`);
}
