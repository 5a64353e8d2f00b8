/** Lets timers, messages and interrupts have their turn. */
export { setImmediate as nextTurn } from 'node:timers/promises';
