/** `node:assert/strict`: claims of cells, and what fails them. */
import { inspect, isDeepStrictEqual } from './util';

interface Failed {
  readonly message?: string;
  readonly actual?: unknown;
  readonly expected?: unknown;
  readonly operator?: string;
}

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string | undefined;

  constructor({ message, actual, expected, operator }: Failed) {
    super(message ?? `${inspect(actual)} ${operator} ${inspect(expected)}`);
    Object.assign(this, { actual, expected, operator });
  }
}

type Message = string | Error | undefined;

function fails(message: Message, otherwise: string, failed: Failed = {}): never {
  throw message instanceof Error
    ? message
    : new AssertionError({ ...failed, message: message ?? otherwise });
}

const compared =
  (operator: string, same: (a: unknown, b: unknown) => boolean, negated = false) =>
  (actual: unknown, expected: unknown, message?: Message): void => {
    if (same(actual, expected) !== negated) return;
    fails(
      message,
      `${inspect(actual)} given, ${negated ? 'another value than ' : ''}${inspect(expected)} expected`,
      {
        actual,
        expected,
        operator,
      },
    );
  };

type Expected = RegExp | ((error: never) => unknown) | Readonly<Record<string, unknown>> | string;

/** Whether an error is the one that was expected. */
function isExpected(error: unknown, expected: Expected | undefined): boolean {
  if (expected === undefined || typeof expected === 'string') return true;
  if (expected instanceof RegExp) return expected.test(String(error));
  if (typeof expected === 'function')
    return expected.prototype !== undefined && error instanceof expected
      ? true
      : (expected as (e: unknown) => unknown)(error) === true;
  return Object.entries(expected).every(([key, value]) => {
    const own = (error as Record<string, unknown>)[key];
    return value instanceof RegExp ? value.test(String(own)) : isDeepStrictEqual(own, value);
  });
}

/** An error of another class goes on; one that says something else fails the claim. */
function judge(error: unknown, expected: Expected | undefined, message: Message): void {
  if (isExpected(error, expected)) return;
  if (typeof expected === 'function') throw error;
  fails(message, `${String(error)} thrown, ${inspect(expected)} expected`);
}

const missing = (expected: Expected | undefined, message: Message): never =>
  fails(typeof expected === 'string' ? expected : message, 'Missing expected exception.');

export function ok(value: unknown, message?: Message): asserts value {
  if (!value)
    fails(message, 'The expression evaluated to a falsy value', {
      actual: value,
      expected: true,
      operator: '==',
    });
}

export const equal = compared('strictEqual', Object.is);
export const notEqual = compared('notStrictEqual', Object.is, true);
export const deepEqual = compared('deepStrictEqual', isDeepStrictEqual);
export const notDeepEqual = compared('notDeepStrictEqual', isDeepStrictEqual, true);
export { equal as strictEqual, notEqual as notStrictEqual };
export { deepEqual as deepStrictEqual, notDeepEqual as notDeepStrictEqual };

export function match(text: string, pattern: RegExp, message?: Message): void {
  if (!pattern.test(text)) fails(message, `${inspect(text)} given, ${String(pattern)} expected`);
}

export function doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
  if (pattern.test(text)) fails(message, `${inspect(text)} given, not ${String(pattern)} expected`);
}

export function fail(message?: string | Error): never {
  fails(message, 'Failed');
}

export function throws(f: () => unknown, expected?: Expected, message?: Message): void {
  try {
    f();
  } catch (error) {
    return judge(error, expected, message);
  }
  missing(expected, message);
}

export async function rejects(
  given: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected,
  message?: Message,
): Promise<void> {
  try {
    await (typeof given === 'function' ? given() : given);
  } catch (error) {
    return judge(error, expected, message);
  }
  missing(expected, message);
}

const members = {
  AssertionError,
  ok,
  equal,
  strictEqual: equal,
  notEqual,
  notStrictEqual: notEqual,
  deepEqual,
  deepStrictEqual: deepEqual,
  notDeepEqual,
  notDeepStrictEqual: notDeepEqual,
  match,
  doesNotMatch,
  fail,
  throws,
  rejects,
};
const assert = Object.assign(
  (value: unknown, message?: Message): void => ok(value, message),
  members,
);
export const strict = Object.assign(assert, { strict: assert });
export default strict;
