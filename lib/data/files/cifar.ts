/**
 * CIFAR-10's batch files. The binary version: records of one label and 3072 bytes, the red plane,
 * then the green, then the blue. The Python version, which torchvision keeps, has the same bytes in
 * pickles. A batch stays as the bytes of its file: nothing is copied before a picture is asked for.
 */
import { PickledArray, unpickle } from './pickle';

export const side = 32;
const plane = side * side;
/** Bytes of a picture. */
export const size = 3 * plane;

/** A batch file's pictures: the planes of picture i begin at `first + i * stride` of `bytes`. */
export interface CifarBatch {
  readonly labels: Uint8Array;
  readonly bytes: Uint8Array;
  readonly first: number;
  readonly stride: number;
}

/**
 * A batch of the binary version. `name` is for errors.
 *
 * @throws when it is cut short, or holds a label that is none.
 */
export function binaryBatch(bytes: Uint8Array, name: string): CifarBatch {
  const stride = 1 + size;
  if (bytes.length === 0 || bytes.length % stride !== 0)
    throw new Error(
      `${name}: ${bytes.length} bytes given, a multiple of ${stride} expected: it is cut short`,
    );
  const labels = Uint8Array.from({ length: bytes.length / stride }, (_, i) => bytes[i * stride]!);
  return { labels: checked(labels, name), bytes, first: 1, stride };
}

/**
 * A batch of the Python version: what its pickle holds under `labels` and `data`.
 *
 * @throws when that is not n labels and an array [n, 3072] of bytes.
 */
export function pickledBatch(bytes: Uint8Array, name: string): CifarBatch {
  const batch = unpickle(bytes, name);
  const [labels, data] =
    batch instanceof Map ? [batch.get('labels') as unknown, batch.get('data') as unknown] : [];
  if (!Array.isArray(labels) || !(data instanceof PickledArray))
    throw new Error(
      `${name}: a dictionary with 'labels' and 'data' expected, another pickle found`,
    );
  const [count, width] = data.shape;
  if (count !== labels.length || width !== size || data.values.length !== count * size) {
    throw new Error(
      `${name}: ${labels.length} labels and data of shape [${data.shape.join(', ')}] found, ` +
        `data [${labels.length}, ${size}] expected`,
    );
  }
  const known = checked(labels as number[], name);
  return { labels: known, bytes: data.values, first: 0, stride: size };
}

/** @throws where one is no class of CIFAR-10. */
function checked(labels: ArrayLike<number>, name: string): Uint8Array {
  const wrong = Array.from(labels).findIndex((label) => !(label >= 0 && label <= 9));
  if (wrong >= 0)
    throw new Error(`${name}: label ${labels[wrong]} in record ${wrong}, 0 to 9 expected`);
  return Uint8Array.from(labels);
}

/** Each byte as a number in [0, 1]. */
const fractions = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Writes picture `from` of a batch into row `to` of [n, 32, 32, 3], channels last, in [0, 1]. */
export function writePicture(
  batch: CifarBatch,
  from: number,
  into: Float32Array,
  to: number,
): void {
  const { bytes, first, stride } = batch;
  for (let channel = 0; channel < 3; channel++) {
    const start = first + from * stride + channel * plane;
    let at = to * size + channel;
    for (let p = start; p < start + plane; p++, at += 3) into[at] = fractions[bytes[p]!]!;
  }
}
