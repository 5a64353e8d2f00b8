/**
 * Which run a training is: its method with options, optimiser with settings, data's shape, batch
 * and seed. A checkpoint carries it, so that another run's is refused, saying what differs.
 */
import { createHash } from 'node:crypto';
import type { Method } from '../core/method';
import * as tree from '../core/pytree';
import type { AnyOptimizer } from './optimizers';
import type { Data } from './source';

/** `method.temperature` -> `0.5`: everything by its path, as text. */
export type Identity = Readonly<Record<string, string>>;

export interface Told<P, S, E, B> {
  readonly method: Method<P, S, B>;
  readonly optimizer: AnyOptimizer;
  readonly data: Data<E>;
  readonly batch?: number;
  readonly seed: number;
}

/** The number of steps is not part of it: a run may be made longer. */
export function identityOf<P, S, E, B>(told: Told<P, S, E, B>): Identity {
  const { method, optimizer, data, batch, seed } = told;
  return Object.fromEntries([
    ...describe('method', method),
    ...describe('optimizer', optimizer),
    ...describeData(data),
    ['batch', String(batch ?? "the data's")],
    ['seed', String(seed)],
  ]);
}

/** The path under which the hash of the training step's graph stands, where it has one. */
const STEP = 'step';

/** With the hash of the step's graph, which tells apart what options do not: a loss of one's own. */
export function withStep(identity: Identity, fingerprint: string | undefined): Identity {
  return fingerprint === undefined ? identity : { ...identity, [STEP]: fingerprint };
}

/**
 * In what two runs differ, a sentence each; empty for the same run.
 *
 * Where both say which graph their steps are, equal graphs are the same loss and optimiser,
 * whatever the options were called (a default left out, or written).
 */
export function differences(there: Identity, here: Identity): string[] {
  const steps = [there[STEP], here[STEP]];
  const known = steps.every((step) => step !== undefined);
  const same = known && steps[0] === steps[1];
  const paths = [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((path) => path !== STEP && there[path] !== here[path])
    .filter((path) => !(same && /^(method|optimizer)\b/.test(path) && path !== 'method'));
  const found = paths.map(
    (path) =>
      `${path} is ${there[path] ?? 'not given'} there and ${here[path] ?? 'not given'} here`,
  );
  if (found.length === 0 && known && !same)
    return [
      "the step computes something else (the loss, a layer, the augmentation or the library's version changed)",
    ];
  return found;
}

/** Names a run's folder: `SimCLR-1a2b3c4d`. */
export function nameOf(identity: Identity): string {
  const word = identity['method']!.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-|-$/g, '');
  return `${word || 'run'}-${hashOf(Object.entries(identity).sort())}`;
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8);

type Entry = readonly [path: string, text: string];

/** Longer lists of options are told by a hash. */
const LONGEST_LIST = 32;

function describe(path: string, value: unknown): Entry[] {
  if (value === undefined) return [];
  if (typeof value === 'function' || isMade(value)) {
    const { name, options } = value as { name?: string; options?: object };
    return [[path, name || 'a function'], ...inside(path, options)];
  }
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  const tensors = tree.leaves(value);
  if (tensors.length === 1 && tensors[0] === value) return [[path, shapeOf(tensors[0])]];
  if (Array.isArray(value) && value.length > LONGEST_LIST)
    return [[path, `${value.length} values, ${hashOf(inside(path, value))}`]];
  const prototype: unknown = Object.getPrototypeOf(value);
  const isRecord = prototype === null || Object.getPrototypeOf(prototype) === null;
  return isRecord || Array.isArray(value)
    ? inside(path, value)
    : [[path, (value as object).constructor.name]];
}

function inside(path: string, value: object | undefined): Entry[] {
  return Object.entries(value ?? {}).flatMap(([key, child]) =>
    describe(Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`, child),
  );
}

/** Methods, optimisers and layers: records with functions, which have a name and perhaps options. */
function isMade(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as { init?: unknown }).init === 'function'
  );
}

function describeData<E>(data: Data<E>): Entry[] {
  if (typeof data === 'function') return [['data', 'a function']];
  if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data)
    return [['data', 'an async iterable']];
  return tree
    .flatten(data)
    .structure.paths.map((path, i) => [`data.${path}`, shapeOf(tree.leaves(data)[i]!)]);
}

function shapeOf({ dtype, shape }: { dtype: string; shape: readonly number[] }): string {
  return `${dtype} [${shape.join(', ')}]`;
}
