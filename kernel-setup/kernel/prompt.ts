/**
 * `prompt`, `confirm` and `alert`, as browsers have them: they block, and the front end asks the
 * user.
 */
import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { currentCell } from './cell';
import { slot } from './threads';
import type { ServerLink } from './toServer';

export function installPrompts(server: ServerLink, shared: Int32Array, answers: MessagePort): void {
  const ask = (caller: string, message: string, password = false): string => {
    const cell = currentCell();
    cell?.assertAlive();
    if (!cell?.allowStdin)
      throw new Error(
        `${caller}: this front end does not take input (it runs the notebook without a user)`,
      );
    while (receiveMessageOnPort(answers)); // what an interrupted prompt left behind
    Atomics.store(shared, slot.inputReady, 0);
    server.send({ type: 'input', prompt: message, password });
    Atomics.wait(shared, slot.inputReady, 0);
    return String(receiveMessageOnPort(answers)?.message ?? '');
  };

  Object.assign(globalThis, {
    /** The text the user enters; `initial` where they enter nothing. */
    prompt: (message = '', initial = ''): string =>
      ask('prompt', initial === '' ? String(message) : `${String(message)} [${initial}]`) ||
      String(initial),
    /** Whether the user answers yes. */
    confirm: (message = ''): boolean =>
      /^\s*y(es)?\s*$/i.test(ask('confirm', `${String(message)} [y/N]`)),
    /** Waits until the user has read the message. */
    alert: (message = ''): void => void ask('alert', `${String(message)} [Enter]`),
  });
}
