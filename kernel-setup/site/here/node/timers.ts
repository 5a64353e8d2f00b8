/** `node:timers/promises`. */
import { setImmediate as soon } from './globals';

export const setImmediate = <T>(value?: T): Promise<T> =>
  new Promise((resolve) => soon(() => resolve(value as T)));

export const setTimeout = <T>(ms: number, value?: T): Promise<T> =>
  new Promise((resolve) => globalThis.setTimeout(() => resolve(value as T), ms));
