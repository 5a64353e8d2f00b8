/**
 * Ends JavaScript that keeps the main thread busy, from another thread.
 *
 * The inspector's Runtime.terminateExecution unwinds whatever runs (a loop in a cell, after an
 * `await`, in a timer's callback, in a library) and leaves the event loop intact. `breakOnSigint`
 * of node:vm, tslab's way, reaches only the part of a cell before its first `await`.
 */
import { Session } from 'node:inspector';

let pending: Promise<void> | undefined;

/**
 * Resolves when the main thread has stopped what it was doing. It waits where that is native code,
 * which cannot be stopped.
 */
export function haltMainThread(): Promise<void> {
  pending ??= halt().finally(() => (pending = undefined));
  return pending;
}

async function halt(): Promise<void> {
  const session = new Session();
  session.connectToMainThread();
  await new Promise<void>((resolve) => session.post('Runtime.terminateExecution', () => resolve()));
  session.disconnect();
}
