/**
 * The object that holds the variables of all cells.
 *
 * It inherits nothing, so that a variable may be called `constructor`, and it is made by a
 * constructor, not by `Object.create(null)`: V8 gives such an object fast properties, up to about
 * 128, and a loop over them runs ten times faster.
 */
import type { Scope } from './types';

function ScopeObject(this: unknown): void {}
ScopeObject.prototype = Object.create(null) as object;

export function createScope(): Scope {
  return new (ScopeObject as unknown as new () => Scope)();
}
