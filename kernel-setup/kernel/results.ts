/** The cells and results before, as IPython and Node's console have them. */
import { types } from 'node:util';
import { isTensor } from './tensor';

/** The results that `Out` keeps; the oldest go first. */
const most = 100;

const names = ['_', '__', '___'] as const;

/** A result that is not the last one. */
type Earlier = () => unknown;

export class Results {
  private readonly inputs: string[] = [''];
  private readonly outputs: Record<number, unknown> = {};
  private last: unknown;
  /** Those before the last, the latest first. */
  private earlier: Earlier[] = [];

  /** `_`, `__` and `___` are the last three results, `Out[n]` that of cell n, `In[n]` its text. */
  install(): void {
    names.forEach((name, index) =>
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get: () => (index === 0 ? this.last : this.earlier[index - 1]?.()),
        // What a cell, or a package, puts there stays.
        set(value: unknown) {
          define(name, value);
        },
      }),
    );
    define('In', this.inputs);
    define('Out', this.outputs);
  }

  input(count: number, code: string): void {
    this.inputs[count] = code;
  }

  output(count: number, value: unknown): void {
    this.earlier = [asEarlier(this.last), ...this.earlier].slice(0, names.length - 1);
    this.last = value;
    if (holdsTensors(value))
      Object.defineProperty(this.outputs, count, {
        get: asEarlier(value),
        configurable: true,
        enumerable: true,
      });
    else this.outputs[count] = value;
    const [oldest, ...rest] = Object.keys(this.outputs);
    if (rest.length >= most) delete this.outputs[Number(oldest)];
  }
}

/**
 * Tensors take memory that no garbage collection sees: what has some is there for as long as
 * something else has it, too.
 */
function asEarlier(value: unknown): Earlier {
  return holdsTensors(value) ? weakly(value) : () => value;
}

/** On its own: a function keeps all that its neighbours in a scope mention. */
function weakly(value: object): Earlier {
  const reference = new WeakRef(value);
  return () => reference.deref();
}

/** So many records are looked into, and so many parts of each. */
const mostParts = 1000;

function holdsTensors(value: unknown): value is object {
  const found = new Set<object>();
  const add = (each: unknown): void => {
    if (typeof each === 'object' && each !== null && !types.isProxy(each)) found.add(each);
  };
  add(value);
  for (const each of found) {
    if (isTensor(each)) return true;
    if (found.size < mostParts) for (const part of partsOf(each)) add(part);
  }
  return false;
}

/** What a record, a list or a map holds; no getter is called. */
function partsOf(record: object): unknown[] {
  if (ArrayBuffer.isView(record)) return [];
  if (Array.isArray(record)) return record.slice(0, mostParts);
  if (record instanceof Map || record instanceof Set) return firstOf(record.values());
  return Object.keys(record)
    .slice(0, mostParts)
    .map((key) => Object.getOwnPropertyDescriptor(record, key)?.value as unknown);
}

function firstOf(values: Iterable<unknown>): unknown[] {
  const first: unknown[] = [];
  for (const value of values) if (first.push(value) === mostParts) break;
  return first;
}

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true });
}
