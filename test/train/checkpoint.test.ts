import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { listCheckpoints, loadCheckpoint, saveCheckpoint } from '../../lib/train';

let dir: string;
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'checkpoint-test-'))));
afterAll(() => rmSync(dir, { recursive: true }));

describe('checkpoints', () => {
  it('are listed by step, and the latest is loaded from a folder', async () => {
    const place = join(dir, 'steps');
    expect(await listCheckpoints(place)).toEqual([]);
    const like = { w: tf.scalar(0) };
    await expect(loadCheckpoint(place, like)).rejects.toThrow('no step-*.safetensors');
    for (const step of [5, 100, 20]) {
      const value = { w: tf.scalar(step) };
      await saveCheckpoint(place, step, value);
      tree.dispose(value);
    }
    expect((await listCheckpoints(place)).map(({ step }) => step)).toEqual([5, 20, 100]);
    const latest = await loadCheckpoint(place, like);
    expect(latest.tree.w.dataSync()[0]).toBe(100);
    tree.dispose([latest.tree, like]);
  });

  it('beyond those to keep are removed, those written first; other files are left alone', async () => {
    const place = join(dir, 'keep');
    const value = { w: tf.scalar(1) };
    for (const step of [1, 2, 3, 4]) {
      await saveCheckpoint(place, step, value, { keep: 2 });
      writeFileSync(join(place, 'notes.txt'), 'mine');
    }
    expect(readdirSync(place).sort()).toEqual([
      'notes.txt',
      'step-00000003.safetensors',
      'step-00000004.safetensors',
    ]);
    // A shorter run that came later is not pushed out by the older one's higher steps.
    await saveCheckpoint(place, 1, value, { keep: 2 });
    expect((await listCheckpoints(place)).map(({ step }) => step)).toEqual([1, 4]);
    tree.dispose(value);
  });

  it('of several runs are listed together, but none is loaded without saying which', async () => {
    const place = join(dir, 'runs');
    const value = { w: tf.scalar(1) };
    await saveCheckpoint(join(place, 'a'), 5, value);
    expect((await loadCheckpoint(place, value)).file).toContain(join('a', 'step-00000005'));
    await saveCheckpoint(join(place, 'b'), 3, value);
    expect((await listCheckpoints(place)).map(({ step }) => step)).toEqual([3, 5]);
    await expect(loadCheckpoint(place, value)).rejects.toThrow(
      'holds 2 runs, one of them expected',
    );
    tree.dispose(value);
  });
});
