import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile';
import { tf } from '../../lib/core/engine';
import { nativeBackend } from '../../lib/core/native';
import * as random from '../../lib/core/random';
import { scan } from '../../lib/core/scan';
import { freshState, trainingStep } from './trainingStep';

const { binding } = nativeBackend();
const counts = () => [
  tf.memory().numTensors,
  binding.getNumOfTensors(),
  binding.getNumOfSavedModels(),
];

/** Runs `f` as with the addon that tfjs-node ships, which knows sessions but no functions. */
function withSessions<T>(f: () => T): T {
  const { addFunction } = binding;
  delete binding.addFunction;
  try {
    return f();
  } finally {
    if (addFunction) binding.addFunction = addFunction;
  }
}

describe.each(['graph', 'xla'] as const)('memory, mode %s', (mode) => {
  it('is flat over 10,000 steps: tensors, and the resident set of a process of their own', () => {
    const printed = execFileSync(
      process.execPath,
      ['--expose-gc', join(__dirname, 'memoryOfSteps.mjs'), mode],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { growths, stayed } = JSON.parse(printed) as { growths: number[]; stayed: number };
    expect(stayed).toBe(0);
    // A leak grows in both halves, of one small tensor a step by over 5 MB with TensorFlow's
    // alignment; a pool that grows once does not.
    expect(Math.min(...growths)).toBeLessThan(5);
  }, 120_000);

  it('is given back by dispose, trace after trace', () => {
    const x = random.normal(random.key(1), [32, 32]);
    const once = (i: number) => {
      const f = compile(
        (t: typeof x) =>
          scan(
            (c: typeof x) => [
              c
                .matMul(x as never)
                .tanh()
                .add(i),
              undefined,
            ],
            t,
            3,
          )[0],
        { mode, constants: x },
      );
      f(x).dispose();
      f.dispose();
    };
    for (let i = 0; i < 5; i++) once(i);
    const before = counts();
    for (let i = 0; i < 10; i++) once(i);
    expect(counts()).toEqual(before);
    x.dispose();
  }, 60_000);
});

describe('the addon that tfjs-node ships', () => {
  it.each(['graph', 'xla', 'auto'] as const)(
    'gives the same losses through sessions, mode %s',
    (mode) => {
      const losses = () => {
        const step = compile(trainingStep, { mode: mode === 'auto' ? 'auto' : mode });
        const [x, y] = [random.normal(random.key(3), [16, 6]), tf.ones([16, 3])];
        let state = freshState();
        const all = Array.from({ length: 20 }, () => {
          const out = step(state, x, y);
          state = out.state;
          return out.loss.dataSync()[0]!;
        });
        step.dispose();
        return all;
      };
      const before = binding.getNumOfSavedModels();
      const bySession = withSessions(losses);
      expect(binding.getNumOfSavedModels()).toBe(before);
      losses().forEach((loss, i) => expect(bySession[i]!).toBeCloseTo(loss, 5));
    },
  );

  it('runs loops in sessions', () => {
    const value = withSessions(() =>
      compile(
        () => scan((c: ReturnType<typeof tf.scalar>) => [c.mul(2), undefined], tf.scalar(1), 10)[0],
        { mode: 'graph' },
      )(),
    );
    expect(value.dataSync()[0]).toBe(1024);
  });
});

describe('an error at run time', () => {
  it.each(['graph', 'xla'] as const)(
    'is told with the name, and leaves the function usable, mode %s',
    (mode) => {
      // XLA checks nothing here; a graph refuses an index out of range.
      const f = compile(
        (x: ReturnType<typeof tf.tensor1d>, i: ReturnType<typeof tf.tensor1d>) => x.gather(i),
        { mode, name: 'pick' },
      );
      const [x, good, bad] = [
        tf.tensor1d([1, 2, 3]),
        tf.tensor1d([1], 'int32'),
        tf.tensor1d([7], 'int32'),
      ];
      const pick = (i: typeof good) => f(x, i).dataSync()[0];
      expect(pick(good)).toBe(2);
      if (mode === 'graph')
        expect(() => pick(bad)).toThrow(/compile\(pick\): .*indices\[0\] = 7 is not in \[0, 3\)/s);
      expect(pick(good)).toBe(2);
    },
  );
});
