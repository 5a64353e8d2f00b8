/**
 * What stderr shows while notebooks run: a line a cell, or, in a terminal, one line that is
 * redrawn.
 */
import { basename } from 'node:path';

/** @typedef {import('./execution.mjs').Result} Result */
/** @typedef {import('./execution.mjs').CellResult} CellResult */

/**
 * @typedef {object} Progress
 * @property {(result: Result, cell: CellResult, running: boolean) => void} onCell a cell started or
 * ended
 * @property {(result: Result) => void} onNotebook a notebook ended
 * @property {() => void} clear takes the bar away, so that something else can be printed
 */

/**
 * @param {number} total how many notebooks there are
 * @param {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} terminal
 * @param {boolean} plain lines, even in a terminal
 * @returns {Progress}
 */
export function progressOn(total, terminal, plain) {
  return plain || !terminal.isTTY ? lines(terminal) : bar(total, terminal);
}

/** @param {{ write(text: string): unknown }} terminal @returns {Progress} */
function lines(terminal) {
  return {
    onCell(result, cell, running) {
      if (!running)
        terminal.write(
          `${nameOf(result)}  ${place(result, cell)}  ${cell.status}  ${cell.seconds.toFixed(1)} s\n`,
        );
    },
    onNotebook() {},
    clear() {},
  };
}

/**
 * @param {number} total
 * @param {{ columns?: number, write(text: string): unknown }} terminal
 * @returns {Progress}
 */
function bar(total, terminal) {
  /** @type {Map<Result, { cell: CellResult, since: number }>} */
  const running = new Map();
  let ended = 0;
  const began = performance.now();
  const draw = () => {
    const share =
      (ended +
        [...running].reduce(
          (sum, [result, { cell }]) => sum + before(result, cell) / result.cells.length,
          0,
        )) /
      total;
    const now = performance.now();
    const cells = [...running].map(
      ([result, { cell, since }]) =>
        `${nameOf(result)} ${place(result, cell)} ${seconds(now - since)}`,
    );
    const text = `${drawn(share)} ${ended}/${total}  ${seconds(now - began)}  ${cells.join('  ')}`;
    terminal.write(`\r\x1b[K${text.slice(0, (terminal.columns ?? 80) - 1)}`);
  };
  const timer = setInterval(draw, 200);
  timer.unref();
  return {
    onCell(result, cell, starts) {
      if (starts) running.set(result, { cell, since: performance.now() });
      draw();
    },
    onNotebook(result) {
      running.delete(result);
      if (++ended === total) clearInterval(timer);
    },
    clear: () => terminal.write('\r\x1b[K'),
  };
}

/** @param {Result} result */
export const nameOf = ({ notebook }) => basename(notebook, '.ipynb');

/** @param {Result} result @param {CellResult} cell */
function place({ cells }, { cell }) {
  return cell === null
    ? 'parameters'
    : `cell ${cell}/${cells.filter((each) => each.cell !== null).length}`;
}

/** @param {Result} result @param {CellResult} cell how many code cells stand before it */
const before = ({ cells }, cell) => cells.indexOf(cell);

/** @param {number} milliseconds */
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(0)} s`;

/** @param {number} share from 0 to 1 */
function drawn(share) {
  const width = 20;
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}]`;
}
