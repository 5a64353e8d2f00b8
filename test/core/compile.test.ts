import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it, vi } from 'vitest';
import { compile, type Mode } from '../../lib/core/compile';
import { tf, type Tensor } from '../../lib/core/engine';
import { nativeBackend } from '../../lib/core/native';
import * as random from '../../lib/core/random';
import * as tree from '../../lib/core/pytree';
import { freshState, trainingStep } from './trainingStep';

const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
const modes: Mode[] = ['eager', 'graph', 'xla', 'auto'];

function train(mode: Mode, steps: number): number[] {
  const step = compile(trainingStep, { mode });
  const x = random.normal(random.key(3), [16, 6]);
  const y = tf.ones([16, 3]).mul(0.5);
  let state = freshState();
  const losses: number[] = [];
  for (let i = 0; i < steps; i++) {
    const out = step(state, x, y);
    tree.dispose(state);
    state = out.state;
    losses.push(out.loss.dataSync()[0]!);
    out.loss.dispose();
  }
  step.dispose();
  return losses;
}

describe('a compiled training step', () => {
  const expected = train('eager', 30);
  it.each(modes)('has the losses of the eager step, mode %s', (mode) => {
    const losses = train(mode, 30);
    losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected[i]!, 5));
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
  });

  it.each(['graph', 'xla', 'auto'] as const)(
    'leaves no tensor, handle or session behind, mode %s',
    (mode) => {
      const { binding } = nativeBackend();
      const count = () => [
        tf.memory().numTensors,
        binding.getNumOfTensors(),
        binding.getNumOfSavedModels(),
      ];
      const step = compile(trainingStep, { mode });
      const x = random.normal(random.key(3), [16, 6]);
      const y = tf.ones([16, 3]);
      let state = freshState();
      const sessions = binding.getNumOfSavedModels();
      const one = () => {
        const out = step(state, x, y);
        tree.dispose([state, out.loss]);
        state = out.state;
      };
      for (let i = 0; i < 20; i++) one();
      const before = count();
      for (let i = 0; i < 50; i++) one();
      expect(count()).toEqual(before);
      step.dispose();
      expect(binding.getNumOfSavedModels()).toBe(sessions);
    },
  );
});

describe.each(modes)('compile, mode %s', (mode) => {
  it('gives pytrees, with what is not a tensor as it was', () => {
    const f = compile(
      (p: { a: Tensor; list: Tensor[]; name: string }) => ({
        sum: p.a.add(p.list[0]!),
        note: p.name,
        n: null,
      }),
      { mode },
    );
    const out = f({ a: tf.tensor1d([1, 2]), list: [tf.scalar(3)], name: 'x' });
    expect(values(out.sum)).toEqual([4, 5]);
    expect({ ...out, sum: 0 }).toEqual({ sum: 0, note: 'x', n: null });
  });

  it('returns handles of its own, also for an argument passed through and for one tensor returned twice', () => {
    const f = compile(
      (x: Tensor, y: Tensor) => {
        const s = x.add(y);
        return [x, s, s, tf.scalar(7)];
      },
      { mode },
    );
    const x = tf.tensor1d([1, 2]);
    for (let i = 0; i < 3; i++) {
      const [same, a, b, literal] = f(x, x) as [Tensor, Tensor, Tensor, Tensor];
      same.dispose();
      a.dispose();
      expect(values(b)).toEqual([2, 4]);
      expect(values(literal)).toEqual([7]);
    }
    expect(values(x)).toEqual([1, 2]);
    // The trace for (x, x) must not take two arguments for one.
    expect(values(f(x, tf.tensor1d([10, 20]))[1]!)).toEqual([11, 22]);
  });

  it('keeps integers and booleans, and shapes of size zero', () => {
    const f = compile(
      (i: Tensor, b: Tensor, e: Tensor) => ({
        i: i.add(tf.scalar(1, 'int32')),
        b: tf.logicalNot(b),
        e: e.mul(2),
      }),
      { mode },
    );
    const out = f(
      tf.tensor1d([1, 2], 'int32'),
      tf.tensor1d([true, false], 'bool'),
      tf.zeros([0, 3]),
    );
    expect([out.i.dtype, out.b.dtype, out.e.shape]).toEqual(['int32', 'bool', [0, 3]]);
    expect([values(out.i), values(out.b)]).toEqual([
      [2, 3],
      [0, 1],
    ]);
  });

  it('differentiates inside: first and second order, and customGrad', () => {
    const f = compile(
      (x: Tensor) => {
        const cube = (t: Tensor) => t.pow(3).sum();
        const clipped = tf.customGrad((t) => {
          const input = t as Tensor;
          return {
            value: input.square().sum(),
            gradFunc: (dy) => (dy as Tensor).mul(input.sign()),
          };
        });
        return [
          tf.grad(cube)(x),
          tf.grad((t) => tf.grad(cube)(t).sum())(x),
          tf.grad((t) => clipped(t))(x),
        ];
      },
      { mode },
    );
    const [first, second, custom] = f(tf.tensor1d([1, -2])) as [Tensor, Tensor, Tensor];
    expect([values(first), values(second), values(custom)]).toEqual([
      [3, 12],
      [6, -12],
      [1, -1],
    ]);
  });

  it('draws the same random bits', () => {
    const draw = (key: Tensor) => ({
      bits: random.randomBits(key, [1001]),
      uniform: random.uniform(key, [7, 3]),
      split: random.split(key, 3),
      folded: random.foldIn(key, tf.scalar(5, 'int32')),
      order: random.permutation(key, 100),
      integers: random.randint(key, [50], -3, 9),
      coin: random.bernoulli(key, 0.3, [50]),
      dropped: random.dropout(key, tf.ones([50]), 0.5),
      classes: random.categorical(key, tf.ones([40, 5])),
    });
    const key = random.key(11);
    const expected = tree.leaves(draw(key)).map(values);
    expect(tree.leaves(compile(draw, { mode })(key)).map(values)).toEqual(expected);
  });

  it('draws normal and scaled numbers that agree to 1e-6', () => {
    const draw = (key: Tensor) => [
      random.normal(key, [5001]),
      random.truncatedNormal(key, [5001]),
      random.uniform(key, [5001], -1, 2),
    ];
    const key = random.key(12);
    const compiled = compile(draw, { mode })(key);
    draw(key).forEach((expected, i) => {
      expect(expected.sub(compiled[i]!).abs().max().dataSync()[0]).toBeLessThan(2e-6);
    });
  });

  it('can be called inside another compiled function and differentiated through', () => {
    const inner = compile((x: Tensor) => x.square().sum(), { mode });
    const outer = compile((x: Tensor) => [inner(x), tf.grad((t) => inner(t))(x)], { mode });
    expect(outer(tf.tensor1d([1, 2])).map((t) => values(t))).toEqual([[5], [2, 4]]);
    expect(values(tf.grad((t) => inner(t))(tf.tensor1d([3])))).toEqual([6]);
  });

  it('is tidied as every other tensor operation', () => {
    const f = compile((x: Tensor) => x.add(1), { mode });
    const x = tf.scalar(1);
    const before = tf.memory().numTensors;
    tf.tidy(() => void f(x));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('tracing', () => {
  it('happens once for each structure, shape, dtype and static value', () => {
    let runs = 0;
    const f = compile(
      (o: { x: Tensor; k?: number }) => {
        runs++;
        return o.x.mul(o.k ?? 1);
      },
      { mode: 'graph' },
    );
    const calls: [() => unknown, number][] = [
      [() => f({ x: tf.zeros([2]) }), 1],
      [() => f({ x: tf.ones([2]) }), 1],
      [() => f({ x: tf.ones([3]) }), 2],
      [() => f({ x: tf.ones([3], 'int32') }), 3],
      [() => f({ x: tf.ones([3]), k: 2 }), 4],
      [() => f({ k: 2, x: tf.ones([3]) }), 4],
      [() => f({ x: tf.zeros([2]) }), 4],
    ];
    for (const [call, expected] of calls) {
      call();
      expect(runs).toBe(expected);
    }
    expect(f.report()).toMatchObject({ calls: 7, traced: 4, mode: 'graph' });
  });

  it('frees the least recently used trace', () => {
    const sessions = nativeBackend().binding.getNumOfSavedModels();
    let runs = 0;
    const f = compile(
      (x: Tensor) => {
        runs++;
        return x.add(1);
      },
      { mode: 'graph', maxTraces: 2 },
    );
    for (const n of [1, 2, 1, 3, 1]) f(tf.zeros([n])).dispose();
    expect(runs).toBe(3); // 3 pushed out 2, not 1
    expect(f.report().traces.map((t) => t.inputs)).toEqual([
      ['[0] float32[1]'],
      ['[0] float32[3]'],
    ]);
    expect(nativeBackend().binding.getNumOfSavedModels()).toBeLessThanOrEqual(sessions + 2);
    f.dispose();
    expect(nativeBackend().binding.getNumOfSavedModels()).toBe(sessions);
    expect(values(f(tf.zeros([1])))).toEqual([1]); // traces again
    f.dispose();
  });

  it('warns of a number that changes, and says what to do', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const f = compile((x: Tensor, rate: number) => x.mul(rate), { mode: 'graph', name: 'step' });
    for (let i = 0; i < 7; i++) f(tf.scalar(1), i / 10);
    f.dispose();
    expect(warn.mock.calls).toEqual([
      [
        'compile(step): traced 5 times, which is slow. The last time because argument [1] was 0.3 and is 0.4; pass a number that changes as a tensor.',
      ],
    ]);
    warn.mockRestore();
  });

  it('leaves no file behind', () => {
    const ours = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('dark-matter-')).length;
    const before = ours();
    const f = compile((x: Tensor) => x.add(1), { mode: 'graph' });
    f(tf.scalar(1));
    expect(ours()).toBeLessThanOrEqual(before);
  });

  it('measures graph and XLA in the first calls, and reports', () => {
    const f = compile(
      (x: Tensor) =>
        x
          .matMul(x as never)
          .relu()
          .sum(),
      { name: 'product' },
    );
    const x = tf.ones([32, 32]);
    for (let i = 0; i < 3; i++) f(x);
    expect(f.report().traces[0]!.mode).toBe('measuring');
    for (let i = 0; i < 17; i++) f(x);
    const [report] = f.report().traces;
    expect(['graph', 'xla']).toContain(report!.mode);
    expect(report!.refused).toBeUndefined();
    for (const way of [report!.graph!, report!.xla!])
      expect(Math.min(way.firstCallMs, way.medianMs!)).toBeGreaterThan(0);
    expect(report!.graph!.calls + report!.xla!.calls).toBe(20);
    expect(report).toMatchObject({ inputs: ['[0] float32[32,32]'] });
    expect(report!.nodes).toBeGreaterThan(3);
    f.dispose();
  });
});

describe('what a graph cannot do', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const captured = tf.tensor1d([4, 5, 6]);
  const here = 'test/core/compile.test.ts:\\d+:\\d+';
  const cases: [string, (x: Tensor) => unknown, RegExp][] = [
    [
      'a captured tensor',
      (t) => t.mul(captured),
      new RegExp(
        `compile\\(f\\): mul uses a captured tensor of shape \\[3\\] \\(float32\\) at ${here}.*pass it as an argument`,
      ),
    ],
    ['a captured tensor, not used before', (t) => t.mul(unused), /mul uses a captured tensor/],
    ['a captured tensor returned', () => captured, /the result uses a captured tensor/],
    ['an argument captured as well', (t) => t.add(x), /add uses a captured tensor/],
    [
      'a disposed tensor',
      (t) => {
        const u = t.add(1);
        u.dispose();
        return u.add(1);
      },
      /disposed/,
    ],
    [
      'dataSync',
      (t) => t.mul(t.dataSync()[0]!),
      new RegExp(`the data of a tensor of shape \\[3\\] is read at ${here}.*Return the tensor`),
    ],
    [
      'if on a tensor',
      (t) => ((t.sum().arraySync() as number) > 0 ? t : t.neg()),
      /instead of `if` on a tensor use tf.where/,
    ],
    [
      'print',
      (t) => {
        t.print();
        return t;
      },
      /is read at .* print the result/,
    ],
    [
      'console.log',
      (t) => {
        console.log('step');
        return t;
      },
      new RegExp(`console.log is called at ${here}: it would print once`),
    ],
    [
      'Math.random',
      (t) => t.mul(Math.random()),
      new RegExp(`Math.random is called at ${here}.*with a key`),
    ],
    [
      'tf.randomNormal',
      (t) => t.add(tf.randomNormal([3])),
      /tf.randomNormal draws in JavaScript.*random.normal with a key/,
    ],
    [
      'tf.randomUniform with a seed',
      (t) => t.add(tf.randomUniform([3], 0, 1, 'float32', 7)),
      /tf.randomUniform draws in JavaScript/,
    ],
    ['tf.dropout', (t) => tf.dropout(t, 0.5), /tf.randomUniform draws in JavaScript/],
    ['tf.multinomial', (t) => tf.multinomial(t as never, 2), /random.categorical/],
    ['an async function', async (t) => t.add(1), /the function is asynchronous.*remove `async`/],
    [
      'await data()',
      async (t) => {
        await t.data();
        return t;
      },
      /the data of a tensor of shape \[3\] is read/,
    ],
    [
      'booleanMaskAsync',
      (t) => tf.booleanMaskAsync(t, t.greater(1)),
      /the data of a tensor|asynchronous/,
    ],
    [
      'arraySync of a result',
      (t) => {
        t.add(1).arraySync();
        return t;
      },
      /is read/,
    ],
    [
      'an error swallowed by f',
      (t) => {
        try {
          t.dataSync();
        } catch {
          /* hidden */
        }
        return t;
      },
      /is read/,
    ],
    [
      'strings',
      (t) => {
        tf.tensor1d(['a']).concat(tf.tensor1d(['b']));
        return t;
      },
      /tensor of strings/,
    ],
  ];
  const unused = tf.tensor1d([7, 8, 9]);

  it.each(cases)('%s: is told, and leaves everything usable', (_name, f, message) => {
    const before = tf.memory().numTensors;
    const compiled = compile(f, { mode: 'graph', name: 'f' });
    expect(() => compiled(x)).toThrow(message);
    expect(() => compiled(x)).toThrow(message);
    expect(tf.memory().numTensors).toBe(before);
    expect(values(tf.tidy(() => tf.randomUniform([3]).mul(0).add(x)))).toEqual([1, 2, 3]);
    expect(Math.random()).toBeLessThan(1);
    expect(values(compile((t: Tensor) => t.add(1), { mode: 'graph' })(x))).toEqual([2, 3, 4]);
  });

  it('an error of f passes through, and nothing leaks', () => {
    const f = compile(
      (t: Tensor) => {
        tf.tidy(() => t.add(1));
        throw new RangeError('mine');
      },
      { mode: 'graph' },
    );
    const before = tf.memory().numTensors;
    expect(() => f(x)).toThrow(new RangeError('mine'));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('a disposed argument is named, at the first call and later', () => {
    const f = compile((p: { w: Tensor }) => p.w.add(1), { mode: 'graph', name: 'step' });
    const disposed = tf.scalar(1);
    disposed.dispose();
    expect(() => f({ w: disposed })).toThrow('compile(step): argument [0].w is disposed');
    f({ w: tf.scalar(1) });
    expect(() => f({ w: disposed })).toThrow('compile(step): argument [0].w is disposed');
    expect(values(f({ w: tf.scalar(1) }))).toEqual([2]);
  });

  it('declared constants may be captured, if they are small; they keep the value of the trace', () => {
    const eye = tf.eye(3);
    const f = compile((t: Tensor) => t.mul(eye), { mode: 'graph', constants: { eye } });
    expect(values(f(x))).toEqual([1, 0, 0, 0, 2, 0, 0, 0, 3]);
    const large = tf.zeros([300, 300]).add(1);
    const g = compile((t: Tensor) => t.sum().mul(large), { mode: 'graph', constants: [large] });
    expect(() => g(x)).toThrow('the constant of shape [300,300] is large: pass it as an argument');
  });

  it('literals made and read inside are harmless', () => {
    const f = compile((t: Tensor) => t.mul(tf.tensor1d([2, 3]).arraySync()[1]!), { mode: 'graph' });
    expect(values(f(x))).toEqual([3, 6, 9]);
  });

  it('tensors kept outside by a side effect are disposed, not frozen', () => {
    let leaked: Tensor | undefined;
    compile(
      (t: Tensor) => {
        leaked = t.add(1);
        return t;
      },
      { mode: 'graph' },
    )(x);
    expect(leaked!.isDisposed).toBe(true);
  });
});
