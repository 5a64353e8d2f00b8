/**
 * What the arguments of a call look like: the structure of the trees, and the shape and dtype of
 * each leaf. A trace serves all calls of its signature. Matching runs at every call, so it makes no
 * strings.
 */
import { tf, type Tensor } from '../engine';
import { flatten } from '../pytree';

/** Stands for a tensor in a copy of the arguments. */
class Leaf {
  constructor(
    readonly path: string,
    readonly dtype: string,
    readonly shape: readonly number[],
  ) {}

  accepts(tensor: Tensor): boolean {
    const { shape } = tensor;
    if (tensor.dtype !== this.dtype || shape.length !== this.shape.length) return false;
    for (let i = 0; i < shape.length; i++) if (shape[i] !== this.shape[i]) return false;
    return true;
  }
}

export interface Signature {
  /** Whether the arguments have this signature; their tensors are then in `leaves`, in order. */
  match(args: readonly unknown[], leaves: Tensor[]): boolean;
  /** The first thing in which arguments differ from this signature, for a message. */
  difference(args: readonly unknown[]): string;
  /** Readable: `params.kernel float32[64,128]`, one for each leaf. */
  readonly leaves: readonly string[];
}

export function signatureOf(args: readonly unknown[]): Signature {
  const { leaves, structure } = flatten(args);
  const patterns = leaves.map((leaf, i) => new Leaf(structure.paths[i]!, leaf.dtype, leaf.shape));
  const skeleton = structure.rebuild(patterns) as unknown[];
  return {
    match: (given, found) => {
      found.length = 0;
      return matches(skeleton, given, found);
    },
    difference: (given) => firstDifference(skeleton, given, '') ?? 'nothing',
    leaves: patterns.map(describe),
  };
}

function matches(pattern: unknown, node: unknown, found: Tensor[]): boolean {
  if (pattern instanceof Leaf) {
    if (!(node instanceof tf.Tensor) || !pattern.accepts(node)) return false;
    found.push(node);
    return true;
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(node) || node.length !== pattern.length) return false;
    for (let i = 0; i < pattern.length; i++) if (!matches(pattern[i], node[i], found)) return false;
    return true;
  }
  if (!isPlainRecord(pattern)) return Object.is(pattern, node);
  if (!isPlainRecord(node)) return false;
  let entries = 0;
  for (const key in pattern) {
    entries++;
    if (!(key in node) || !matches(pattern[key], node[key], found)) return false;
  }
  return Object.keys(node).length === entries;
}

/** As pytree.ts has it: a record of any realm, but no instance of a class. */
function isPlainRecord(node: unknown): node is Record<string, unknown> {
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return false;
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function describe(leaf: Leaf): string {
  return `${leaf.path} ${leaf.dtype}[${leaf.shape}]`;
}

function firstDifference(pattern: unknown, node: unknown, path: string): string | undefined {
  if (matches(pattern, node, [])) return undefined;
  if (Array.isArray(pattern) && Array.isArray(node) && pattern.length === node.length) {
    return pattern
      .map((child, i) => firstDifference(child, node[i], `${path}[${i}]`))
      .find(Boolean);
  }
  if (isPlainRecord(pattern) && isPlainRecord(node)) {
    const extra = Object.keys(node).find((key) => !(key in pattern));
    if (extra !== undefined) return `${path}.${extra} is new`;
    const missing = Object.keys(pattern).find((key) => !(key in node));
    if (missing !== undefined) return `${path}.${missing} is missing`;
    return Object.keys(pattern)
      .map((key) => firstDifference(pattern[key], node[key], `${path}.${key}`))
      .find(Boolean);
  }
  const change = `argument ${path} was ${show(pattern)} and is ${show(node)}`;
  return typeof pattern === 'number' && typeof node === 'number'
    ? `${change}; pass a number that changes as a tensor`
    : change;
}

function show(node: unknown): string {
  if (node instanceof Leaf) return `${node.dtype}[${node.shape}]`;
  if (node instanceof tf.Tensor) return `${node.dtype}[${node.shape}]`;
  if (Array.isArray(node)) return `an array of ${node.length}`;
  if (isPlainRecord(node)) return 'a record';
  return typeof node === 'function'
    ? `the function ${node.name || '(anonymous)'}`
    : (JSON.stringify(node) ?? String(node));
}
