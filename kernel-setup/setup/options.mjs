/** A command line, read. */
import { parseArgs } from 'node:util';
import { Usage } from './fault.mjs';

/**
 * Node's parseArgs, whose complaints are those of a command that was called wrongly.
 *
 * @template {import('node:util').ParseArgsConfig} const T
 * @param {T} config
 * @throws {Usage}
 */
export function readArguments(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}

/**
 * The options of a command that takes nothing else: `--name text` each.
 *
 * @param {string[]} args
 * @param {readonly string[]} names
 * @returns {Record<string, string | undefined>}
 * @throws {Usage}
 */
export function readTexts(args, names) {
  const options = names.map((name) => [name, { type: /** @type {const} */ ('string') }]);
  const { values } = readArguments({ args, options: Object.fromEntries(options) });
  return /** @type {Record<string, string | undefined>} */ (values);
}

/**
 * @param {string} name
 * @param {string} given
 * @throws {Usage}
 */
export function positive(name, given) {
  const value = Number(given);
  if (value > 0 && Number.isFinite(value)) return value;
  throw wrong(name, given, 'a number above 0');
}

/**
 * @param {string} name
 * @param {string} given
 * @throws {Usage}
 */
export function wholeNumber(name, given) {
  const value = Number(given);
  if (value > 0 && Number.isInteger(value)) return value;
  throw wrong(name, given, 'a whole number from 1');
}

/**
 * @param {string} given '0,1,2'
 * @throws {Usage}
 */
export function seedList(given) {
  const seeds = given.split(',').map((each) => {
    if (!/^\d+$/.test(each)) throw wrong('seeds', each, 'whole numbers from 0, as in 0,1,2');
    return Number(each);
  });
  if (new Set(seeds).size < seeds.length) throw wrong('seeds', given, 'different ones');
  return seeds;
}

/**
 * @param {string} name
 * @param {string} given
 * @param {string} expected
 */
export const wrong = (name, given, expected) =>
  new Usage(`--${name}: ${given || 'nothing'} given, ${expected} expected.`);
