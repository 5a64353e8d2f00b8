/**
 * Trees of tensors in files, in the safetensors format: eight bytes with the length of a JSON
 * header, the header (dtype, shape and place of each tensor), the raw little-endian numbers.
 * Python's `safetensors` reads these files.
 *
 * The structure (records, arrays, static values) is kept in the header's metadata, so that `load`
 * gives back the tree.
 */
import { readFile } from 'node:fs/promises';
import { tf, type Tensor } from '../core/engine';
import { writeWhole } from '../core/files';
import * as tree from '../core/pytree';
import { LONGEST_HEADER, parseHeader, type Entry, type Metadata } from './safetensorsHeader';

export type { Metadata } from './safetensorsHeader';

const DTYPES = { F32: 'float32', I32: 'int32', BOOL: 'bool' } as const;
type FileDtype = keyof typeof DTYPES;
const fileDtype = (tensor: Tensor): FileDtype | undefined =>
  (Object.keys(DTYPES) as FileDtype[]).find((name) => DTYPES[name] === tensor.dtype);
const bytesEach = (dtype: FileDtype): number => (dtype === 'BOOL' ? 1 : 4);

/** Marks the place of a tensor in the structure's JSON. */
const SLOT = '$tensor';
const STRUCTURE = 'structure';

/**
 * Writes a tree to a file. It appears whole or not at all: the bytes go to a temporary file beside
 * it, which is then renamed.
 *
 * @throws on a tensor that is not float32, int32 or bool, and where two paths are written alike (`{
 * 'a.b' }` and `{ a: { b } }`), naming the path; and what the file system throws.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { load, save, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * const file = join(folder, 'params.safetensors');
 * await save({ w: tf.tensor1d([1, 2]) }, file, { made: 'by me' });
 * assert.equal((await load(file)).metadata['made'], 'by me');
 * ```
 */
export async function save(value: unknown, file: string, metadata: Metadata = {}): Promise<void> {
  const { leaves, structure } = tree.flatten(value);
  const skeleton = JSON.stringify(
    structure.rebuild(structure.paths.map((path) => ({ [SLOT]: path }))),
  );
  const header: Record<string, Entry | Metadata> = {
    __metadata__: { ...metadata, [STRUCTURE]: skeleton },
  };
  let end = 0;
  leaves.forEach((leaf, i) => {
    const path = structure.paths[i]!;
    const dtype = fileDtype(leaf);
    if (Object.hasOwn(header, path))
      throw new Error(`save: two tensors have the path ${path}, different ones expected`);
    if (!dtype) throw new Error(`save: ${path} is ${leaf.dtype}, float32, int32 or bool expected`);
    const start = end;
    end += leaf.size * bytesEach(dtype);
    header[path] = { dtype, shape: leaf.shape, data_offsets: [start, end] };
  });
  // Spaces fill the header to a multiple of eight, so that the numbers are aligned.
  const json = Buffer.from(JSON.stringify(header));
  const text = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await writeWhole(file, [length, text, ...leaves.map(bytesOf)]);
}

function bytesOf(leaf: Tensor): Buffer {
  const values = leaf.dataSync();
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}

export interface Loaded {
  /**
   * As it was saved; a record by name for a file that another program wrote. The caller owns the
   * tensors.
   */
  readonly tree: unknown;
  readonly metadata: Metadata;
}

/**
 * Reads a file that `save` or another program wrote.
 *
 * @throws when it is not a safetensors file, when it is truncated, or holds another dtype than F32,
 * I32 and BOOL. What the reference implementation refuses is refused: a header of more than 100 MB,
 * offsets that are no whole numbers from 0, overlap or leave holes, lengths that are not those of
 * the shape, bytes after the last tensor, metadata that is no text; and names given twice, which
 * the format forbids.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { load, save, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * const file = join(folder, 'params.safetensors');
 * await save({ w: tf.tensor1d([1, 2]) }, file);
 * const { tree } = (await load(file)) as { tree: { w: ReturnType<typeof tf.tensor1d> } };
 * assert.deepEqual([...tree.w.dataSync()], [1, 2]);
 * ```
 */
export async function load(file: string): Promise<Loaded> {
  const { entries, metadata, body } = parse(file, await readFile(file));
  const made: Tensor[] = [];
  try {
    const tensors = new Map(
      [...entries].map(([name, entry]): [string, Tensor] => {
        if (!Object.hasOwn(DTYPES, entry.dtype))
          throw new Error(
            `load: ${name} in ${file} is ${entry.dtype}; ${Object.keys(DTYPES).join(', ')} can be read`,
          );
        const tensor = tensorOf(entry, body);
        made.push(tensor);
        return [name, tensor];
      }),
    );
    const { [STRUCTURE]: skeleton, ...rest } = metadata;
    const value =
      skeleton === undefined
        ? Object.fromEntries(tensors)
        : fill(JSON.parse(skeleton), tensors, file);
    return { tree: value, metadata: rest };
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

/**
 * As `load`, for a tree that is known: checks structure, shapes and dtypes against `like`.
 *
 * @throws when they differ, naming the first path that does.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadLike, save, tf } from 'dark-matter';
 * const folder = mkdtempSync(join(tmpdir(), 'dark-matter-'));
 * const file = join(folder, 'params.safetensors');
 * await save({ w: tf.tensor1d([1, 2]) }, file);
 * const { tree } = await loadLike(file, { w: tf.zeros([2]) });
 * assert.deepEqual([...tree.w.dataSync()], [1, 2]);
 * ```
 */
export async function loadLike<T>(file: string, like: T): Promise<{ tree: T; metadata: Metadata }> {
  const loaded = await load(file);
  try {
    tree.mapWithPath(
      (path, want, got) => {
        if (want.dtype === got.dtype && want.shape.join() === got.shape.join()) return want;
        throw new Error(
          `${path} is ${got.dtype} [${got.shape.join(', ')}] in the file, ${want.dtype} [${want.shape.join(', ')}] expected`,
        );
      },
      like,
      loaded.tree,
    );
  } catch (error) {
    tree.dispose(loaded.tree);
    throw new Error(
      `load: ${file} does not fit: ${(error as Error).message.replace('pytree: tree 2 differs in structure from the first', 'the structure differs')}`,
    );
  }
  return { tree: loaded.tree as T, metadata: loaded.metadata };
}

function parse(
  file: string,
  bytes: Buffer,
): { entries: ReadonlyMap<string, Entry>; metadata: Metadata; body: Buffer } {
  const foreign = (why: string): Error =>
    new Error(`load: ${file} is not a safetensors file (${why})`);
  if (bytes.length < 8) throw foreign(`${bytes.length} bytes long`);
  const length = Number(bytes.readBigUInt64LE());
  // A foreign file's first eight bytes are mostly more.
  if (length > LONGEST_HEADER) throw foreign('its first bytes are no header length');
  if (8 + length > bytes.length)
    throw new Error(
      `load: ${file} is truncated: ${bytes.length} bytes, a header of ${length} expected`,
    );
  const { metadata, entries } = parseHeader(bytes.subarray(8, 8 + length), foreign);
  const body = bytes.subarray(8 + length);
  const end = expectContiguous(entries, foreign);
  if (end > body.length)
    throw new Error(
      `load: ${file} is truncated: ${bytes.length} bytes, ${8 + length + end} expected`,
    );
  if (end < body.length)
    throw foreign(`${body.length - end} bytes after its last tensor, none expected`);
  return { entries: new Map(entries), metadata, body };
}

/**
 * That the tensors fill the body one after the other, without holes and without sharing bytes, each
 * as long as its shape says: what the reference implementation asks (`Metadata::validate` in
 * safetensors' Rust code), so that nothing else can hide in a file.
 *
 * @returns where the last one ends.
 */
function expectContiguous(
  entries: readonly (readonly [name: string, entry: Entry])[],
  foreign: (why: string) => Error,
): number {
  let place = 0;
  const byPlace = [...entries].sort(
    ([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1],
  );
  for (const [name, { dtype, shape, data_offsets }] of byPlace) {
    const [start, end] = data_offsets;
    if (start !== place || end < start)
      throw foreign(`${name} has the offsets ${start} and ${end}, a start at ${place} expected`);
    const size = shape.reduce((product, n) => product * n, 1) * bytesEach(dtype as FileDtype);
    if (end - start !== size)
      throw foreign(
        `${name} has ${end - start} bytes, ${size} expected for ${dtype} [${shape.join(', ')}]`,
      );
    place = end;
  }
  return place;
}

function tensorOf({ dtype, shape, data_offsets: [start, end] }: Entry, body: Buffer): Tensor {
  // A copy, for the numbers need not be aligned in the file.
  const buffer = body.buffer.slice(body.byteOffset + start, body.byteOffset + end) as ArrayBuffer;
  const values = {
    F32: () => new Float32Array(buffer),
    I32: () => new Int32Array(buffer),
    BOOL: () => new Uint8Array(buffer),
  };
  return tf.tensor(values[dtype as FileDtype](), [...shape], DTYPES[dtype as FileDtype]);
}

function fill(node: unknown, tensors: ReadonlyMap<string, Tensor>, file: string): unknown {
  if (Array.isArray(node)) return node.map((child) => fill(child, tensors, file));
  if (typeof node !== 'object' || node === null) return node;
  const name = (node as Record<string, unknown>)[SLOT];
  if (typeof name === 'string') {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`load: ${file} lacks ${name}, which its structure names`);
    return tensor;
  }
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, fill(child, tensors, file)]),
  );
}
