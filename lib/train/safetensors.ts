/**
 * Trees of tensors in files, in the safetensors format: eight bytes with the length of a JSON
 * header, the header (dtype, shape and place of each tensor), the raw little-endian numbers.
 * Python's `safetensors` reads these files.
 *
 * The structure (records, arrays, static values) is kept in the header's metadata, so that `load`
 * gives back the tree.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { tf, type Tensor } from '../core/engine';
import * as tree from '../core/pytree';

/** Texts that travel with the tensors. */
export type Metadata = Readonly<Record<string, string>>;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

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

async function writeWhole(file: string, parts: readonly Buffer[]): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      for (const part of parts) await handle.writeFile(part);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
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
 * I32 and BOOL.
 */
export async function load(file: string): Promise<Loaded> {
  const { entries, metadata, body } = parse(file, await readFile(file));
  const made: Tensor[] = [];
  try {
    const tensors = new Map(
      Object.entries(entries).map(([name, entry]): [string, Tensor] => {
        const tensor = tensorOf(file, name, entry, body);
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
): { entries: Record<string, Entry>; metadata: Metadata; body: Buffer } {
  const foreign = (why: string): Error =>
    new Error(`load: ${file} is not a safetensors file (${why})`);
  if (bytes.length < 8) throw foreign(`${bytes.length} bytes long`);
  const length = Number(bytes.readBigUInt64LE());
  // The format allows headers of at most 100 MB; a foreign file's first eight bytes are mostly
  // more.
  if (length > 100_000_000) throw foreign('its first bytes are no header length');
  if (8 + length > bytes.length)
    throw new Error(
      `load: ${file} is truncated: ${bytes.length} bytes, a header of ${length} expected`,
    );
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  } catch {
    throw foreign('its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw foreign('its header is no record');
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, Entry> & {
    __metadata__?: Metadata;
  };
  for (const [name, entry] of Object.entries(entries)) {
    if (!Array.isArray(entry?.shape) || !Array.isArray(entry?.data_offsets))
      throw foreign(`its header's ${name} has no shape or offsets`);
  }
  const body = bytes.subarray(8 + length);
  const end = Object.values(entries).reduce(
    (max, entry) => Math.max(max, entry.data_offsets[1]),
    0,
  );
  if (end > body.length)
    throw new Error(
      `load: ${file} is truncated: ${bytes.length} bytes, ${8 + length + end} expected`,
    );
  return { entries, metadata, body };
}

function tensorOf(
  file: string,
  name: string,
  { dtype, shape, data_offsets: [start, end] }: Entry,
  body: Buffer,
): Tensor {
  if (!(dtype in DTYPES))
    throw new Error(
      `load: ${name} in ${file} is ${dtype}; ${Object.keys(DTYPES).join(', ')} can be read`,
    );
  const size = shape.reduce((product, n) => product * n, 1);
  const each = bytesEach(dtype as FileDtype);
  if (end - start !== size * each)
    throw new Error(
      `load: ${name} in ${file} has ${end - start} bytes, ${size * each} expected for [${shape.join(', ')}]`,
    );
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
