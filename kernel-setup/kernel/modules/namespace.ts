/**
 * A loaded module as `import * as` shows it.
 */
import { types } from 'node:util';

export type Namespace = Record<string, unknown>;

const namespaces = new WeakMap<object, Namespace>();

/**
 * A module of CommonJS made from ES is its own namespace; another's exports are its default and,
 * one by one, its names.
 *
 * @param withDefault `default` is wanted: as in Node, it is the exports where there is no other.
 */
export function toNamespace(exported: unknown, withDefault = false): Namespace {
  if (!isObject(exported)) return { default: exported };
  if (types.isModuleNamespaceObject(exported)) return exported as Namespace;
  if (isMadeFromEs(exported) && !(withDefault && !('default' in exported))) return exported;
  const known = namespaces.get(exported);
  if (known) return known;
  const namespace: Namespace = { default: exported };
  for (const name of Object.getOwnPropertyNames(exported)) {
    if (name === 'default' || SKIPPED.has(name)) continue;
    Object.defineProperty(namespace, name, {
      enumerable: true,
      get: () => (exported as Namespace)[name],
    });
  }
  namespaces.set(exported, namespace);
  return namespace;
}

function isMadeFromEs(exported: unknown): exported is Namespace {
  return isObject(exported) && (exported as Namespace)['__esModule'] === true;
}

/** What every function has. */
const SKIPPED = new Set(['length', 'prototype', 'arguments', 'caller']);

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
