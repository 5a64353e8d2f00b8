/** Embeddings and encoders in files that other programs read. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Parquet from 'hyparquet-writer';
import { compile } from '../core/compile';
import { tf, type Tensor } from '../core/engine';
import { writeWhole } from '../core/files';
import { inInference } from '../nn/layer';
import { save, type Metadata } from '../train/safetensors';
import { csvLine, shortFloat } from './csv';
import type { Classified } from './classify';
import { asTensor, type Embeddings, type Encoder } from './encoder';

/** Embeddings with what they are of. */
export interface NamedEmbeddings extends Embeddings {
  /** [n]. */
  readonly files: readonly string[];
  /** [n], undefined for a picture without a label; left out where there are none at all. */
  readonly labels?: readonly (string | undefined)[];
}

/**
 * Writes embeddings as `embeddings.csv`, `embeddings.parquet` and `embeddings.safetensors`: a row a
 * picture, with the columns file, label (where there are any), z0, z1, ...; in the safetensors file
 * one tensor `embeddings` [n, dim], and the files as JSON in its metadata.
 *
 * All three give the float32 numbers back exactly. Each appears whole or not at all.
 *
 * @returns the files' paths.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, readFileSync } from 'node:fs';
 * import { pictures } from 'dark-matter';
 *
 * const folder = mkdtempSync('/tmp/dark-matter-');
 * const named = { files: ['a.png', 'b.png'], data: Float32Array.of(1, 2, 3, 4), dim: 2 };
 * const [csv] = await pictures.writeEmbeddings(folder, named);
 * assert.equal(readFileSync(csv!, 'utf8'), 'file,z0,z1\na.png,1,2\nb.png,3,4\n');
 * ```
 */
export async function writeEmbeddings(folder: string, named: NamedEmbeddings): Promise<string[]> {
  const { files, data, dim } = named;
  if (data.length !== files.length * dim)
    throw new Error(`data: ${data.length} numbers given, ${files.length} x ${dim} expected`);
  const [csv, parquet, safetensors] = ['csv', 'parquet', 'safetensors'].map((ending) =>
    join(folder, `embeddings.${ending}`),
  ) as [string, string, string];
  await writeWhole(csv, csvOf(named));
  await writeWhole(parquet, [parquetOf(named)]);
  const tensor = asTensor(named);
  try {
    await save({ embeddings: tensor }, safetensors, { files: JSON.stringify(files) });
  } finally {
    tensor.dispose();
  }
  return [csv, parquet, safetensors];
}

const names = (dim: number): string[] => Array.from({ length: dim }, (_, d) => `z${d}`);

function csvOf({ files, labels, data, dim }: NamedEmbeddings): string[] {
  const header = csvLine(['file', ...(labels ? ['label'] : []), ...names(dim)]);
  return [
    header,
    ...files.map((file, i) =>
      csvLine([
        file,
        ...(labels ? [labels[i] ?? ''] : []),
        ...Array.from(data.subarray(i * dim, (i + 1) * dim), shortFloat),
      ]),
    ),
  ];
}

function parquetOf({ files, labels, data, dim }: NamedEmbeddings): Uint8Array {
  const { parquetWriteBuffer } = createRequire(__filename)('hyparquet-writer') as typeof Parquet;
  const columnData: Parquet.ColumnSource[] = [
    { name: 'file', data: [...files], type: 'STRING', nullable: false },
    ...(labels
      ? [
          {
            name: 'label',
            data: labels.map((label) => label ?? null),
            type: 'STRING' as const,
            nullable: true,
          },
        ]
      : []),
    ...names(dim).map((name, d) => ({
      name,
      data: Float32Array.from({ length: files.length }, (_, i) => data[i * dim + d]!),
      type: 'FLOAT' as const,
      nullable: false,
    })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/**
 * Writes an encoder as a SavedModel, in `encoder/`, and its parameters as `encoder.safetensors`.
 *
 * The SavedModel takes one picture at a time, [1, height, width, channels] in [0, 1]. Its weights
 * are inputs too, and its signature `arguments` gives them. In Python:
 *
 *     model = tf.saved_model.load('encoder')
 *     given = model.signatures['arguments']()
 *     z = model.signatures['serving_default'](**{**given, 'arg1': picture})['out']
 *
 * @param shape [height, width, channels] of the pictures.
 * @param metadata texts for the header of `encoder.safetensors`.
 * @returns the paths.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { load, pictures, random } from 'dark-matter';
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const learner = pictures.learner({ shape: source.shape, width: 4 });
 * const parts = pictures.holdOut(source.count);
 * const encoder = pictures.encoderOf(source, learner, undefined, parts);
 * const [, weights] = await pictures.writeEncoder(
 *   mkdtempSync('/tmp/dm-'),
 *   encoder,
 *   source.shape,
 * );
 * assert.equal((await load(weights!)).metadata['picture'], '[8,8,3]');
 * ```
 */
export async function writeEncoder(
  folder: string,
  { layer, params }: Encoder,
  shape: readonly [number, number, number],
  metadata: Metadata = {},
): Promise<string[]> {
  const model = join(folder, 'encoder');
  const embed = compile((p: typeof params, x: Tensor) => layer.apply(p, x, inInference), {
    name: 'encoder',
  });
  const picture = tf.zeros([1, ...shape]);
  try {
    embed.export(model, params, picture);
  } finally {
    embed.dispose();
    picture.dispose();
  }
  const weights = join(folder, 'encoder.safetensors');
  await save(params, weights, { ...metadata, picture: JSON.stringify(shape) });
  return [model, weights];
}

/**
 * Writes what a classifier says as `predictions.csv`: the columns file, predicted, confidence,
 * given (the label that was given, if any), and the probability of each class.
 *
 * @returns the file's path.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, readFileSync } from 'node:fs';
 * import { pictures } from 'dark-matter';
 * const embeddings = { data: Float32Array.of(0, 1, 0, 2, 9, 1, 9, 2), dim: 2 };
 * const classes = ['left', 'right'];
 * const few = { rows: Int32Array.of(0, 1, 2, 3), labels: Int32Array.of(0, 0, 1, 1), classes };
 * const said = pictures.classify(embeddings, few);
 * const file = await pictures.writePredictions(
 *   mkdtempSync('/tmp/dm-'),
 *   ['a', 'b', 'c', 'd'],
 *   said,
 * );
 * assert.match(
 *   readFileSync(file, 'utf8'),
 *   /^file,predicted,confidence,given,p\(left\),p\(right\)\na,left/,
 * );
 * ```
 */
export async function writePredictions(
  folder: string,
  files: readonly string[],
  { classes, index, confidence, probabilities }: Classified,
  given: ReadonlyMap<number, string> = new Map(),
): Promise<string> {
  const file = join(folder, 'predictions.csv');
  await writeWhole(file, [
    csvLine(['file', 'predicted', 'confidence', 'given', ...classes.map((name) => `p(${name})`)]),
    ...files.map((name, i) =>
      csvLine([
        name,
        classes[index[i]!]!,
        digits(confidence[i]!),
        given.get(i) ?? '',
        ...Array.from(probabilities.subarray(i * classes.length, (i + 1) * classes.length), digits),
      ]),
    ),
  ]);
  return file;
}

/** Six digits after the point: a probability is never known better. */
const digits = (p: number): number => Number(p.toFixed(6));
