import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { classify } from '../../lib/pictures/classify';
import { readCsv } from '../../lib/pictures/csv';
import { embedAll, encoderOf } from '../../lib/pictures/encoder';
import { writeEmbeddings, writeEncoder, writePredictions } from '../../lib/pictures/exports';
import { holdOut } from '../../lib/pictures/holdOut';
import { learner } from '../../lib/pictures/learner';
import { load } from '../../lib/train/safetensors';
import { discs, newFolder } from './support';

const source = discs(40);
const vicreg = learner({ method: 'vicreg', shape: source.shape, width: 4 });
const parts = holdOut(source.count);
const encoder = encoderOf(source, vicreg, undefined, parts);
const { data, dim } = embedAll(source, encoder.embed);
const files = source.files.map((file, i) => (i === 1 ? 'süß, "1".png' : file));
const labels = files.map((_, i) => (i % 3 === 0 ? undefined : `class ${i % 3}`));

describe('embeddings', async () => {
  const folder = newFolder();
  await writeEmbeddings(folder, { files, labels, data, dim });

  it('read back from CSV are equal to the bit', () => {
    const { columns, rows } = readCsv(readFileSync(join(folder, 'embeddings.csv'), 'utf8'), 'x');
    expect(columns.slice(0, 3)).toEqual(['file', 'label', 'z0']);
    expect(rows.map(([file]) => file)).toEqual(files);
    expect(rows.map((row) => row[1])).toEqual(labels.map((label) => label ?? ''));
    expect(Float32Array.from(rows.flatMap((row) => row.slice(2).map(Number)))).toEqual(data);
  });

  it('read back from Parquet, by its reader, are equal to the bit', async () => {
    const bytes = readFileSync(join(folder, 'embeddings.parquet'));
    const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
    const rows = await parquetReadObjects({ file });
    expect(rows.map((row) => row['file'])).toEqual(files);
    expect(rows.map((row) => row['label'])).toEqual(labels.map((label) => label ?? null));
    const values = rows.flatMap((row) => Array.from({ length: dim }, (_, d) => row[`z${d}`]));
    expect(Float32Array.from(values as number[])).toEqual(data);
  });

  it('read back from safetensors are equal to the bit', async () => {
    const { tree: loaded, metadata } = await load(join(folder, 'embeddings.safetensors'));
    const { embeddings } = loaded as { embeddings: Tensor };
    expect(embeddings.shape).toEqual([40, dim]);
    expect(embeddings.dataSync()).toEqual(data);
    expect(JSON.parse(metadata['files']!)).toEqual(files);
    embeddings.dispose();
  });

  it('of another number than the files are refused', async () => {
    await expect(writeEmbeddings(folder, { files: ['a'], data, dim })).rejects.toThrow(
      `1 x ${dim} expected`,
    );
  });
});

describe('the encoder', async () => {
  const folder = newFolder();
  await writeEncoder(folder, encoder, source.shape, { method: 'VICReg' });

  it('as a SavedModel gives the embeddings that were written', async () => {
    const weights = await tf.node.loadSavedModel(join(folder, 'encoder'), ['serve'], 'arguments');
    const given = weights.predict({}) as Record<string, Tensor>;
    const model = await tf.node.loadSavedModel(join(folder, 'encoder'));
    const picture = source.images([5]);
    const { out } = model.predict({ ...given, arg1: picture }) as Record<string, Tensor>;
    expect(out!.shape).toEqual([1, dim]);
    const [theirs, ours] = [out!.dataSync(), data.subarray(5 * dim, 6 * dim)];
    ours.forEach((value, d) => expect(theirs[d]).toBeCloseTo(value, 4));
    model.dispose();
    weights.dispose();
  });

  it('as safetensors has all parameters, statistics included', async () => {
    const { tree: loaded, metadata } = await load(join(folder, 'encoder.safetensors'));
    expect(metadata).toMatchObject({ method: 'VICReg', picture: '[12,12,3]' });
    const [theirs, ours] = [tree.leaves(loaded), tree.leaves(encoder.params)];
    expect(theirs.map((leaf) => leaf.dataSync())).toEqual(ours.map((leaf) => leaf.dataSync()));
  });
});

it('predictions have a row a picture, whose probabilities sum to 1', async () => {
  const folder = newFolder();
  const few = {
    rows: Int32Array.from({ length: 12 }, (_, i) => i),
    labels: source.labels!.slice(0, 12),
    classes: source.classes!,
  };
  const said = classify({ data, dim }, few);
  const given = new Map([[0, 'large red']]);
  const file = await writePredictions(folder, files, said, given);
  const { columns, rows } = readCsv(readFileSync(file, 'utf8'), 'x');
  expect(columns).toEqual([
    'file',
    'predicted',
    'confidence',
    'given',
    ...few.classes.map((c) => `p(${c})`),
  ]);
  expect(rows.map(([name]) => name)).toEqual(files);
  expect(rows[0]![3]).toBe('large red');
  for (const row of rows) {
    const p = row.slice(4).map(Number);
    expect(p.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 5);
    expect(Number(row[2])).toBeCloseTo(Math.max(...p), 5);
    expect(few.classes[p.indexOf(Math.max(...p))]).toBe(row[1]);
  }
});
