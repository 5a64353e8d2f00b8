/**
 * CIFAR-10's files. The binary version: records of one label and 3072 bytes, the red plane, then
 * the green, then the blue. The Python version, which torchvision keeps, has the same bytes in
 * pickles.
 */
import type { PackedImages } from '../labelled';
import { PickledArray, unpickle } from './pickle';

const side = 32,
  plane = side * side,
  record = 1 + 3 * plane;

/** Images with their channels last, from one or more batch files. `name` is for errors. */
export function parseCifar(
  batches: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): PackedImages {
  for (const { name, bytes } of batches) {
    if (bytes.length === 0 || bytes.length % record !== 0)
      throw new Error(
        `${name}: ${bytes.length} bytes given, a multiple of ${record} expected: it is cut short`,
      );
  }
  const count = batches.reduce((sum, { bytes }) => sum + bytes.length / record, 0);
  const pixels = new Uint8Array(count * 3 * plane);
  const labels = new Uint8Array(count);
  let image = 0;
  for (const { name, bytes } of batches) {
    for (let start = 0; start < bytes.length; start += record, image++) {
      const label = bytes[start]!;
      if (label > 9)
        throw new Error(`${name}: label ${label} in record ${start / record}, 0 to 9 expected`);
      labels[image] = label;
      for (let p = 0; p < plane; p++) {
        for (let channel = 0; channel < 3; channel++)
          pixels[3 * (image * plane + p) + channel] = bytes[start + 1 + channel * plane + p]!;
      }
    }
  }
  return { pixels, labels, shape: [side, side, 3] };
}

/**
 * A batch file of the Python version as one of the binary version: what its pickle holds under
 * `labels` and `data`.
 *
 * @throws when that is not n labels and an array [n, 3072] of bytes.
 */
export function binaryOfPickle(bytes: Uint8Array, name: string): Uint8Array {
  const batch = unpickle(bytes, name);
  const [labels, data] =
    batch instanceof Map ? [batch.get('labels') as unknown, batch.get('data') as unknown] : [];
  if (!Array.isArray(labels) || !(data instanceof PickledArray))
    throw new Error(
      `${name}: a dictionary with 'labels' and 'data' expected, another pickle found`,
    );
  const [count, size] = data.shape;
  if (count !== labels.length || size !== 3 * plane || data.values.length !== count * size) {
    throw new Error(
      `${name}: ${labels.length} labels and data of shape [${data.shape.join(', ')}] found, ` +
        `data [${labels.length}, ${3 * plane}] expected`,
    );
  }
  const records = new Uint8Array(count * record);
  for (let i = 0; i < count; i++) {
    records[i * record] = labels[i] as number;
    records.set(data.values.subarray(i * size, (i + 1) * size), i * record + 1);
  }
  return records;
}

/**
 * The files of a tar archive (POSIX ustar) whose path ends in one of `names`: all that is needed of
 * the format here.
 *
 * @throws when one is missing or the archive ends within it.
 */
export function filesOfTar(
  archive: Uint8Array,
  names: readonly string[],
  name: string,
): Uint8Array[] {
  const found = new Map<string, Uint8Array>();
  const text = (from: number, length: number) =>
    Buffer.from(archive.subarray(from, from + length))
      .toString('latin1')
      .split('\0')[0]!;
  for (let at = 0; at + 512 <= archive.length && archive[at] !== 0;) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    if (!Number.isInteger(size))
      throw new Error(`${name}: not a tar archive, or damaged at byte ${at}`);
    const wanted = names.find((ending) => text(at, 100).endsWith(ending));
    if (wanted) {
      if (at + 512 + size > archive.length) throw new Error(`${name}: cut short within ${wanted}`);
      found.set(wanted, archive.subarray(at + 512, at + 512 + size));
    }
    at += 512 + 512 * Math.ceil(size / 512);
  }
  return names.map((wanted) => {
    const file = found.get(wanted);
    if (!file) throw new Error(`${name}: ${wanted} is not in it`);
    return file;
  });
}
