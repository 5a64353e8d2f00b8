/** The pictures, unpacked. */
import { bytesOf, floats, integers, shorts, unsignedShorts } from './base64';
import type { Point } from './camera';
import type { Payload } from './payload';
import { dequantize } from './quantize';

export interface Collection {
  readonly n: number;
  readonly files: readonly string[];
  /** [n, 2], on a map whose longer side is 1. */
  readonly places: Float32Array;
  readonly extent: Point;
  /** [n]: see `farthestFirst`. */
  readonly spacing: Float32Array;
  readonly dim: number;
  /** [n, dim], of length 1. */
  readonly rows: Float32Array;
  /** The name of a picture's class; undefined where it has none. */
  className(index: number): string | undefined;
  /** What a classifier says of it, in words. */
  prediction(index: number): string | undefined;
  readonly labels?: { readonly classes: readonly string[]; readonly index: Int32Array };
}

export function unpacked(payload: Payload): Collection {
  const { files, embeddings, predictions } = payload;
  const n = files.length;
  const places = Float32Array.from(unsignedShorts(payload.places), (value) => value / 65535);
  const labels = payload.labels && {
    classes: payload.labels.classes,
    index: integers(payload.labels.index),
  };
  const guessed = predictions && {
    classes: predictions.classes,
    index: integers(predictions.index),
    confidence: floats(predictions.confidence),
  };
  return {
    n,
    files,
    places,
    extent: { x: largest(places, 0), y: largest(places, 1) },
    spacing: floats(payload.spacing),
    dim: embeddings.dim,
    rows: dequantize({
      dim: embeddings.dim,
      values: shorts(embeddings.values),
      scales: floats(embeddings.scales),
    }),
    className: (index) => labels?.classes[labels.index[index]!],
    prediction: (index) => {
      const name = guessed?.classes[guessed.index[index]!];
      if (name === undefined) return undefined;
      return `Classifier: ${name}, ${Math.round(100 * guessed!.confidence[index]!)}% sure`;
    },
    ...(labels && { labels }),
  };
}

function largest(places: Float32Array, axis: number): number {
  let most = 0;
  for (let at = axis; at < places.length; at += 2) most = Math.max(most, places[at]!);
  return most;
}

/** CSS colours of the pictures where there are no classes: each one's mean. */
export function meanColors(colors: string): string[] {
  const bytes = bytesOf(colors);
  return Array.from(
    { length: bytes.length / 3 },
    (_, i) => `rgb(${bytes[3 * i]},${bytes[3 * i + 1]},${bytes[3 * i + 2]})`,
  );
}

const ten = [
  '#4477cc',
  '#e0812b',
  '#2f9e57',
  '#d0453e',
  '#8f67c4',
  '#98684f',
  '#d569ac',
  '#7d7d7d',
  '#a8a52a',
  '#28aebd',
];

/** The colour of a class: ten that differ well, then hues a golden angle apart. */
export const classColor = (label: number, classes: number): string =>
  classes <= ten.length ? ten[label]! : `hsl(${Math.round(label * 137.508) % 360} 62% 52%)`;
