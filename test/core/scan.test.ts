import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type Mode } from '../../lib/core/compile';
import { tf, type Scalar, type Tensor } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import * as tree from '../../lib/core/pytree';
import { scan } from '../../lib/core/scan';

const values = (tensor: Tensor): number[] => Array.from(tensor.dataSync());
const modes: Mode[] = ['eager', 'graph', 'xla'];

describe.each(modes)('scan, mode %s', (mode) => {
  it('carries a tree through n rounds, numbered from 0', () => {
    const f = compile(
      (x: Tensor) =>
        scan(
          ({ a, b }, i) => [{ a: a.add(b), b: b.add(i.cast('float32')) }, undefined],
          { a: x, b: tf.scalar(1) },
          4,
        ),
      { mode },
    );
    const [carry, ys] = f(tf.tensor1d([0, 10]));
    // b: 1, 1, 2, 4, 7
    expect([values(carry.a), values(carry.b), ys]).toEqual([[8, 18], [7], undefined]);
  });

  it('collects what each round gives, and takes rows', () => {
    const f = compile(
      (xs: { u: Tensor; v: Tensor }) =>
        scan(
          (sum: Tensor, { u, v }: { u: Tensor; v: Tensor }) => {
            const s = sum.add(u.mul(v));
            return [s, { s, big: s.greater(5), same: v }];
          },
          tf.zeros([2]),
          xs,
        ),
      { mode },
    );
    const [last, { s, big, same }] = f({
      u: tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      v: tf.tensor1d([1, 1, 2]),
    });
    expect(values(last)).toEqual([14, 18]);
    expect([s.shape, values(s)]).toEqual([
      [3, 2],
      [1, 2, 4, 6, 14, 18],
    ]);
    expect([big.dtype, values(big)]).toEqual(['bool', [0, 0, 0, 1, 1, 1]]);
    expect(values(same)).toEqual([1, 1, 2]);
  });

  it('uses what is outside: arguments, constants and results of the function', () => {
    const f = compile(
      (x: Tensor, w: Tensor) => {
        const twice = w.mul(2);
        const two = tf.scalar(2);
        return scan(
          (c: Tensor) => [
            c
              .mul(two)
              .add(twice)
              .sub(w.sum([0], true)),
            undefined,
          ],
          x,
          3,
        )[0];
      },
      { mode },
    );
    // c -> 2 c + 2 w - sum(w); w = [1, 2]: + [-1, 1]
    expect(values(f(tf.tensor1d([1, 0]), tf.tensor1d([1, 2])))).toEqual([1, 7]);
  });

  it('differentiates inside a round, and splits keys (a Langevin chain)', () => {
    const energy = (x: Tensor): Scalar => x.square().sub(1).square().sum();
    const chain = (x: Tensor, key: Tensor) =>
      scan(
        (c: { x: Tensor; key: Tensor }) => {
          const [next, noise] = random.split(c.key);
          const gradient = tf.grad((t) => energy(t))(c.x);
          const moved = c.x.sub(gradient.mul(0.01)).add(random.normal(noise, c.x.shape, 0, 0.1));
          return [{ x: moved, key: next }, energy(moved)];
        },
        { x, key },
        20,
      );
    const [x, key] = [random.normal(random.key(1), [5, 3]), random.key(2)];
    const [expected, expectedTrace] = chain(x, key);
    const [given, trace] = compile(chain, { mode })(x, key);
    expect(values(given.key)).toEqual(values(expected.key));
    expect(given.x.sub(expected.x).abs().max().dataSync()[0]).toBeLessThan(1e-5);
    expect(trace.sub(expectedTrace).abs().max().dataSync()[0]).toBeLessThan(1e-3);
  });

  it('nests', () => {
    const f = compile(
      (x: Tensor) =>
        scan(
          (c: Tensor, i) => {
            const [inner] = scan(
              (d: Tensor, j) => [d.add(x).add(i.mul(j).cast('float32')), undefined],
              c,
              3,
            );
            return [inner, undefined];
          },
          x,
          3,
        )[0],
      { mode },
    );
    expect(values(f(tf.scalar(1)))).toEqual([19]); // 1 + 9 x 1 + (0+1+2)(0+1+2)
  });

  it('is differentiated through, unrolled', () => {
    const f = compile(
      (x: Tensor) => tf.grad((t) => scan((c: Tensor) => [c.mul(t), undefined], t, 3)[0].sum())(x),
      { mode },
    );
    expect(values(f(tf.tensor1d([1, 2])))).toEqual([4, 32]); // x^4
  });
});

describe('scan', () => {
  it('equals a JavaScript loop for any number of rounds, unrolled or not', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.boolean(),
        fc.integer({ min: 0, max: 3 }),
        (n, unroll, seed) => {
          const x = random.uniform(random.key(seed), [3]);
          const f = compile(
            (x: Tensor) =>
              scan(
                (c: Tensor, i) => {
                  const s = c.mul(0.5).add(i.cast('float32'));
                  return [s, s];
                },
                x,
                n,
                { unroll },
              ),
            { mode: 'graph' },
          );
          const [last, all] = f(x);
          let expected = values(x);
          const rows: number[] = [];
          for (let i = 0; i < n; i++)
            rows.push(...(expected = expected.map((v) => Math.fround(v * 0.5 + i))));
          expect([values(last), values(all)]).toEqual([expected, rows]);
          tree.dispose([x, last, all]);
          f.dispose();
        },
      ),
      { numRuns: 20 },
    );
  });

  it('traces a step once in a loop, whatever n, and the graph does not grow', () => {
    let runs = 0;
    const make = (n: number) =>
      compile(
        (x: Tensor) =>
          scan(
            (c: Tensor) => {
              runs++;
              return [c.add(1), undefined];
            },
            x,
            n,
          )[0],
        { mode: 'graph' },
      );
    const nodes = [10, 1000].map((n) => {
      const f = make(n);
      expect(values(f(tf.scalar(0)))).toEqual([n]);
      return f.report().traces[0]!.nodes;
    });
    expect(runs).toBe(2);
    expect(nodes[0]).toBe(nodes[1]);
  });

  it('carries more than a constant may hold, and writes none of it into the graph', () => {
    const long = compile(
      (x: Tensor) => scan((carry: Tensor) => [carry.add(1), undefined], x, 3)[0],
      { mode: 'graph' },
    );
    const short = compile(
      (x: Tensor) => scan((carry: Tensor) => [carry.add(1), undefined], x, 3)[0],
      { mode: 'graph' },
    );
    expect(
      long(tf.zeros([300, 300]))
        .max()
        .dataSync()[0],
    ).toBe(3);
    expect(
      short(tf.zeros([3]))
        .max()
        .dataSync()[0],
    ).toBe(3);
    expect(long.report().traces[0]!.nodes).toBe(short.report().traces[0]!.nodes);
    long.dispose();
    short.dispose();
  });

  it('leaves no tensor behind, eager and compiled', () => {
    const run = (x: Tensor) => scan((c: Tensor) => [c.add(1), c], x, 5);
    const compiled = compile(run, { mode: 'graph' });
    const x = tf.scalar(0);
    tree.dispose(compiled(x));
    const before = tf.memory().numTensors;
    for (const f of [run, compiled]) tree.dispose(f(x));
    expect(tf.memory().numTensors).toBe(before);
    expect(x.isDisposed).toBe(false);
  });

  it('says what is wrong with its arguments', () => {
    const x = tf.zeros([2]);
    const cases: [() => unknown, string][] = [
      [
        () => scan((c: Tensor) => [c, undefined], x, 0),
        'scan: n = 0 given, a positive integer expected',
      ],
      [
        () => scan((c: Tensor) => [c.concat(c), undefined], x, 2),
        "the step's carry (root) is float32[4], float32[2] expected",
      ],
      [
        () => scan((c: Tensor) => [c.cast('int32'), undefined], x, 2),
        'is int32[2], float32[2] expected',
      ],
      [
        () => scan((c: unknown) => [[c], undefined], x as unknown, 2),
        "the step's carry is [*], * expected",
      ],
      [
        () =>
          scan((c: Tensor, _row: { a: Tensor; b: Tensor }) => [c, undefined], x, {
            a: tf.zeros([2]),
            b: tf.zeros([3]),
          }),
        'b has 3 rows, a has 2; equal numbers expected',
      ],
    ];
    for (const [f, message] of cases) {
      expect(f).toThrow(message);
      expect(() => compile(f, { mode: 'graph', constants: x })()).toThrow(message);
    }
  });
});
