/** What went wrong in a cell, from what the kernel says of it. */
import { stripVTControlCharacters } from 'node:util';

/**
 * @typedef {object} CellError
 * @property {string} name the error's class
 * @property {string} message
 * @property {number | null} line in the cell, from 1, where it is known
 * @property {string} traceback without colours
 */

/**
 * @param {{ name: string, message: string, traceback: string }} error as in the kernel's `error`
 * message
 * @param {number | null} count the cell's execution count, by which a traceback names it
 * @returns {CellError}
 */
export function describeError({ name, message, traceback }, count) {
  const plain = stripVTControlCharacters(traceback);
  return {
    name,
    message: stripVTControlCharacters(message),
    line: lineInCell(plain, count),
    traceback: plain,
  };
}

/**
 * The topmost line of a traceback that lies in the cell itself: `In[3]:2:5`, as our kernel writes
 * cells' places.
 *
 * @param {string} traceback
 * @param {number | null} count
 * @returns {number | null}
 */
export function lineInCell(traceback, count) {
  for (const [, cell, line] of traceback.matchAll(/\bIn\[(\d+)\]:(\d+)/g)) {
    if (count === null || Number(cell) === count) return Number(line);
  }
  return null;
}

/**
 * An error on one line: `cell 7, line 3: AssertionError: the message`.
 *
 * @param {CellError & { cell: number | null }} error
 */
export function oneLine({ cell, line, name, message }) {
  const where = [cell !== null && `cell ${cell}`, line !== null && `line ${line}`]
    .filter(Boolean)
    .join(', ');
  const what = message.startsWith(name) ? message : `${name}: ${message}`;
  const first = what.trim().split('\n')[0] ?? '';
  return where ? `${where}: ${first}` : first;
}
