/**
 * Python's TensorFlow goes on where a notebook stopped: `npm run test:export`, which installs it.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile';
import { tf } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { freshState, trainingStep } from '../core/trainingStep';

const folder = mkdtempSync(join(tmpdir(), 'export-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Goes on training for so many steps from what was exported. @returns their losses */
function continued(directory: string, steps: number): number[] {
  const printed = execFileSync(
    locate().python,
    [join(__dirname, 'continue_training.py'), directory, String(steps)],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    },
  );
  return printed.trim().split('\n').map(Number);
}

it(
  'Python loads an exported training step and continues with the same losses',
  { timeout: 300_000 },
  () => {
    const step = compile(trainingStep, { mode: 'eager' });
    const [x, y] = [random.normal(random.key(3), [16, 6]), tf.ones([16, 3])];
    let state = freshState();
    const losses: number[] = [];
    for (let i = 0; i < 8; i++) {
      if (i === 3) step.export(join(folder, 'training'), state, x, y);
      const out = step(state, x, y);
      losses.push(out.loss.dataSync()[0]!);
      state = out.state;
    }
    const theirs = continued(join(folder, 'training'), 5);
    expect(theirs).toHaveLength(5);
    theirs.forEach((loss, i) => expect(loss).toBeCloseTo(losses[3 + i]!, 5));
  },
);
