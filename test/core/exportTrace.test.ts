import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile';
import { tf, type Tensor } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import { scan } from '../../lib/core/scan';
import { freshState, trainingStep } from './trainingStep';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));
const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());

/** A Python that has TensorFlow: the one that DARK_MATTER_TENSORFLOW_PYTHON names, or the machine's. */
function pythonWithTensorFlow(): string | undefined {
  return [process.env['DARK_MATTER_TENSORFLOW_PYTHON'], '.venv/bin/python', 'python3'].find(
    (python) => python !== undefined && spawnSync(python, ['-c', 'import importlib.util, sys; sys.exit(importlib.util.find_spec("tensorflow") is None)']).status === 0,
  );
}

describe('export', () => {
  it('writes a SavedModel that tfjs-node loads, named by the paths of arguments and result', async () => {
    const f = compile((p: { w: Tensor; list: Tensor[] }, x: Tensor) => ({ y: x.mul(p.w).add(p.list[0]!), p: { w: p.w.add(1) } }), { mode: 'xla' });
    const directory = join(folder, 'named');
    f.export(directory, { w: tf.tensor1d([2, 3]), list: [tf.scalar(1)] }, tf.tensor1d([10, 20]));
    const model = await tf.node.loadSavedModel(directory);
    const out = model.predict({ arg0_w: tf.tensor1d([2, 3]), arg0_list_0: tf.scalar(1), arg1: tf.tensor1d([10, 20]) }) as Record<string, Tensor>;
    expect(Object.keys(out).sort()).toEqual(['out_p_w', 'out_y']);
    expect([values(out['out_y']!), values(out['out_p_w']!)]).toEqual([[21, 61], [3, 4]]);
    model.dispose();
    expect(readdirSync(directory)).toEqual(['saved_model.pb']); // nothing half-written
  });

  it('holds loops too', async () => {
    const f = compile((x: Tensor) => scan((c: Tensor) => [c.mul(2), c], x, 5)[0]);
    const directory = join(folder, 'loop');
    f.export(directory, tf.scalar(1));
    const model = await tf.node.loadSavedModel(directory);
    expect(values((model.predict({ arg0: tf.scalar(3) }) as Record<string, Tensor>)['out']!)).toEqual([96]);
    model.dispose();
  });

  const python = pythonWithTensorFlow();
  if (!python) console.warn('skipped: no Python with TensorFlow; name one in DARK_MATTER_TENSORFLOW_PYTHON');
  it.skipIf(!python)('lets Python continue the training with the same losses', () => {
    const step = compile(trainingStep, { mode: 'eager' });
    const [x, y] = [random.normal(random.key(3), [16, 6]), tf.ones([16, 3])];
    let state = freshState();
    const directory = join(folder, 'training');
    const losses: number[] = [];
    for (let i = 0; i < 8; i++) {
      if (i === 3) step.export(directory, state, x, y);
      const out = step(state, x, y);
      losses.push(out.loss.dataSync()[0]!);
      state = out.state;
    }
    expect(existsSync(join(directory, 'saved_model.pb'))).toBe(true);
    const printed = execFileSync(python!, [join(__dirname, 'continue_training.py'), directory, '5'], {
      encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    printed.trim().split('\n').map(Number).forEach((loss, i) => expect(loss).toBeCloseTo(losses[3 + i]!, 5));
    expect(printed.trim().split('\n')).toHaveLength(5);
  }, 120_000);
});
