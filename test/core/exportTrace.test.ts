import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile';
import { tf, type Tensor } from '../../lib/core/engine';
import { scan } from '../../lib/core/scan';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));
const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

describe('export', () => {
  it('writes a SavedModel that tfjs-node loads, named by the paths of arguments and result', async () => {
    const f = compile(
      (p: { w: Tensor; list: Tensor[] }, x: Tensor) => ({
        y: x.mul(p.w).add(p.list[0]!),
        p: { w: p.w.add(1) },
      }),
      { mode: 'xla' },
    );
    const directory = join(folder, 'named');
    f.export(directory, { w: tf.tensor1d([2, 3]), list: [tf.scalar(1)] }, tf.tensor1d([10, 20]));
    const model = await tf.node.loadSavedModel(directory);
    const out = model.predict({
      arg0_w: tf.tensor1d([2, 3]),
      arg0_list_0: tf.scalar(1),
      arg1: tf.tensor1d([10, 20]),
    }) as Record<string, Tensor>;
    expect(Object.keys(out).sort()).toEqual(['out_p_w', 'out_y']);
    expect([values(out['out_y']!), values(out['out_p_w']!)]).toEqual([
      [21, 61],
      [3, 4],
    ]);
    model.dispose();
    expect(readdirSync(directory)).toEqual(['saved_model.pb']); // nothing half-written
  });

  it('holds loops too', async () => {
    const f = compile((x: Tensor) => scan((c: Tensor) => [c.mul(2), c], x, 5)[0]);
    const directory = join(folder, 'loop');
    f.export(directory, tf.scalar(1));
    const model = await tf.node.loadSavedModel(directory);
    expect(
      values((model.predict({ arg0: tf.scalar(3) }) as Record<string, Tensor>)['out']!),
    ).toEqual([96]);
    model.dispose();
  });
});
