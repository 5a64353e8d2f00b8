// @ts-check
/**
 * npm run golden [-- FILE.json]: holds every case of a file of golden values (by default the one
 * beside this) against the built library.
 *
 * Prints each quantity's relative error. Exit 0 when all are within 1e-4, 1 when one is not or a
 * case is unknown, 2 on wrong usage.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { computations, errorsOf } from './cases.mjs';

const tolerance = 1e-4;
const usage =
  'usage: npm run golden [-- FILE.json]   (a file { "cases": [{ name, params, inputs, loss | result, grads? }] })';

/** @param {string} file @returns {import('./cases.mjs').Case[]} */
function readCases(file) {
  try {
    const { cases } = JSON.parse(readFileSync(file, 'utf8'));
    return Array.isArray(cases) ? cases : fail(`${file}: "cases" is not a list\n${usage}`);
  } catch (error) {
    return fail(`${file}: ${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}

let [passed, failed] = [0, 0];
for (const golden of readCases(
  process.argv[2] ?? fileURLToPath(new URL('losses.json', import.meta.url)),
)) {
  if (!(golden.name in computations)) {
    failed++;
    console.log(`MISSING  ${golden.name}  (no computation of ours; ${golden.source})`);
    continue;
  }
  const errors = errorsOf(golden);
  const good = errors.every(({ error }) => error <= tolerance);
  good ? passed++ : failed++;
  const figures = errors
    .map(({ quantity, error }) => `${quantity} ${error.toExponential(1)}`)
    .join('  ');
  console.log(`${good ? 'ok      ' : 'WRONG   '} ${golden.name.padEnd(24)} ${figures}`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
