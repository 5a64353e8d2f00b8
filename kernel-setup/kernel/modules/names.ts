/** Whether a module has the names that are imported from it. */
import type { Namespace } from './namespace';

/** Names that a module passes on and that stand for nothing at run time: types, as it turned out. */
const empty = new WeakMap<object, Set<string>>();

/** Of a module that was asked to pass on a name which the other module lacks. */
export function markEmpty(exports: object, name: string): void {
  const names = empty.get(exports) ?? new Set();
  empty.set(exports, names.add(name));
}

export function provides(namespace: Namespace, name: string): boolean {
  return name === '*' || (name in namespace && !empty.get(namespace)?.has(name));
}

/** The error of Node, which would not run such a module either. */
export function missing(specifier: string, name: string, place = ''): SyntaxError {
  return new SyntaxError(
    `${place}The requested module '${specifier}' does not provide an export named '${name}'`,
  );
}

/** Node's error for a package or module that is not there. */
export function notFound(code: string, what: string, specifier: string, from: string): Error {
  return Object.assign(new Error(`Cannot find ${what} '${specifier}' imported from ${from}`), {
    code,
  });
}
