/** What commands share that work for hours, and go on where they were when they are run again. */

/** Milliseconds between two lines about a training. */
const interval = 30_000;

/** Lines on standard error, not more often than one can read them. */
export function teller() {
  let last = -Infinity;
  return (/** @type {string} */ text) => {
    const now = performance.now();
    if (now - last < interval && !/begins|judged/.test(text)) return;
    last = now;
    process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  };
}

/**
 * Says that the work was stopped, and how it goes on.
 *
 * @param {unknown} error with which it ended
 * @param {AbortSignal} signal that stops it
 * @throws the error where it is another: a fault is one after the signal too
 */
export function sayStopped(error, signal) {
  const stopped =
    error === signal.reason || (error instanceof Error && error.name === 'AbortError');
  if (!signal.aborted || !stopped) throw error;
  process.stderr.write('Stopped. The same command goes on from here.\n');
}
