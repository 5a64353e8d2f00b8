/**
 * The values that a sweep goes through: `temperature=0.05,0.1,0.5` and `seed=0..4`, and every
 * combination of them.
 */
import { Usage } from '../setup/fault.mjs';

/** Nobody means more runs than this; a slip of the finger in a range does. */
export const mostRuns = 10_000;

/**
 * The values of one axis, still as text: how it is read depends on what the notebook declares.
 *
 * Values stand between commas; a comma inside brackets or double quotes belongs to its value, so
 * `[64,128],[256]` are two. `0..4` is 0, 1, 2, 3, 4; `0..10..5` is 0, 5, 10; `3..1` is 3, 2, 1.
 * Quotes keep a text such as "0..4" from being a range.
 *
 * @param {string} text
 * @returns {string[]} at least one
 * @throws {Usage} for brackets or quotes that are not closed, and for a range that does not end
 */
export const axisValues = (text) => splitAtCommas(text).flatMap(rangeOrValue);

/**
 * Every combination of the axes' values; the last axis changes fastest.
 *
 * @param {readonly (readonly [name: string, values: readonly string[]])[]} axes
 * @returns {[name: string, value: string][][]} one combination of no values where there are no axes
 * @throws {Usage} where there are too many
 */
export function combinations(axes) {
  const count = axes.reduce((product, [, values]) => product * values.length, 1);
  if (count > mostRuns)
    throw new Usage(`-p: ${count} combinations given, at most ${mostRuns} expected`);
  /** @type {[string, string][][]} */
  const none = [[]];
  return axes.reduce(
    (sofar, [name, values]) =>
      sofar.flatMap((given) =>
        values.map((value) => [...given, /** @type {[string, string]} */ ([name, value])]),
      ),
    none,
  );
}

/** @param {string} text @returns {string[]} */
function splitAtCommas(text) {
  const values = [''];
  /** @type {string[]} the brackets that are open, innermost last */
  const open = [];
  // A quoted string is one token; so is what is escaped in it.
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[^]/gu)) {
    if (token === '"')
      throw new Usage(`-p: "${text}" given, and a double quote in it is not closed`);
    if (token === ',' && open.length === 0) values.push('');
    else values[values.length - 1] += token;
    if (token === '[' || token === '{') open.push(token === '[' ? ']' : '}');
    if ((token === ']' || token === '}') && open.pop() !== token)
      throw new Usage(`-p: "${text}" given, and its brackets do not match`);
  }
  if (open.length > 0) throw new Usage(`-p: "${text}" given, and a bracket in it is not closed`);
  return values;
}

/** @param {string} text */
function rangeOrValue(text) {
  const range = /^([+-]?\d+)\.\.([+-]?\d+)(?:\.\.(\d+))?$/.exec(text);
  if (!range) return [text];
  const [first, last, step] = [Number(range[1]), Number(range[2]), Number(range[3] ?? 1)];
  const count = Math.floor(Math.abs(last - first) / step) + 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || step === 0)
    throw new Usage(`-p: the range ${text} given, whole numbers and a step of at least 1 expected`);
  if (count > mostRuns)
    throw new Usage(`-p: the range ${text} has ${count} values, at most ${mostRuns} expected`);
  return Array.from({ length: count }, (_, i) =>
    String(first + Math.sign(last - first) * i * step),
  );
}
