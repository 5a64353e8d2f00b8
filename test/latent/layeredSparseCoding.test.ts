import {
  compile,
  latent,
  random,
  tf,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { normBound } from '../../lib/latent/layeredSparseCoding';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

const normal = (seed: number, shape: number[]) =>
  random.normal(random.key(seed), shape) as Tensor4D;
const pictures = random.uniform(random.key(1), [3, 8, 8, 2]) as Tensor4D;
const layers = [
  { filters: 6, size: 4, stride: 2, alpha: 0.1 },
  { filters: 5, size: 3, stride: 2, alpha: 0.05 },
];
const options = { channels: 2, layers, agreement: 0.7, iterations: 1500 };
const method = latent.layeredSparseCoding(options);
const { params } = method.init(random.key(2));
const first = (t: Tensor) => t.dataSync()[0]!;

describe('layered sparse codes', () => {
  it('of filters that cover the picture are non-negative sparse codes of its pixels', () => {
    const filters = normal(3, [4, 4, 2, 20]);
    const x = normal(4, [5, 4, 4, 2]);
    const one = [{ filters: 20, size: 4, stride: 4, alpha: 0.3 }];
    const [codes] = latent.layeredCodes(x, [filters], { layers: one, iterations: 2000 });
    const dictionary = tf.transpose(filters.reshape([32, 20])) as Tensor2D;
    const pixels = x.reshape([5, 32]) as Tensor2D;
    const expected: Tensor2D = latent.fista(pixels, dictionary, {
      alpha: 0.3,
      iterations: 2000,
      nonNegative: true,
    });
    const energy = latent.layeredEnergy(x, [codes!], [filters], { layers: one });
    const known = latent.sparseEnergy(pixels, expected, dictionary, 0.3);
    expect(first(energy.sub(known).abs().max())).toBeLessThan(1e-3);
  });

  it('are nowhere below 0, and no small change that stays so lowers the energy', () => {
    const filters = method.filters(params);
    const codes = method.codes(params, pictures);
    const least = first(latent.layeredEnergy(pictures, codes, filters, options).sum());
    for (const z of codes) expect(first(z.min())).toBeGreaterThanOrEqual(0);
    for (const layer of [0, 1])
      for (const seed of [5, 6, 7]) {
        const changed = codes.map((z, l) =>
          l === layer ? (tf.relu(z.add(normal(seed, z.shape).mul(0.03))) as Tensor4D) : z,
        );
        const other = first(latent.layeredEnergy(pictures, changed, filters, options).sum());
        expect(other).toBeGreaterThan(least - 1e-4);
      }
  });

  it('come out alike from a compiled loop', () => {
    const filters = method.filters(params);
    const few = { ...options, iterations: 12 };
    const run = compile((x: Tensor4D, f: Tensor4D[]) => latent.layeredCodes(x, f, few), {
      mode: 'graph',
    });
    const eager = latent.layeredCodes(pictures, filters, few);
    run(pictures, filters).forEach((z, l) =>
      expect(first(z.sub(eager[l]!).abs().max())).toBeLessThan(1e-5),
    );
    run.dispose();
  });

  it('have steps that no picture makes too long: the bound is at least the norm', () => {
    const filters = normal(8, [5, 5, 2, 7]);
    for (const stride of [1, 2, 3, 5]) {
      // Power iteration on D^T D.
      const side = Math.ceil(12 / stride);
      let z = normal(9, [1, side, side, 7]);
      let norm = 0;
      for (let i = 0; i < 60; i++) {
        const back = tf.conv2d(
          tf.conv2dTranspose(z, filters, [1, 12, 12, 2], stride, 'same') as Tensor4D,
          filters,
          stride,
          'same',
        );
        norm = first(back.norm());
        z = back.div(norm) as Tensor4D;
      }
      expect(first(normBound(filters, stride))).toBeGreaterThan(norm * 0.9999);
    }
  });

  it('have a bound that is exact for orthogonal filters that do not overlap', () => {
    const filters = tf.eye(8).mul(3).reshape([2, 2, 2, 8]) as Tensor4D;
    expect(first(normBound(filters, 2))).toBeCloseTo(9, 4);
  });
});

describe('layered sparse coding', () => {
  it('has the gradient of its finite differences, though the codes are held fixed', () => {
    const small = latent.layeredSparseCoding({
      channels: 1,
      layers: [
        { filters: 2, size: 2, stride: 2, alpha: 0.1 },
        { filters: 2, size: 2, stride: 2, alpha: 0.1 },
      ],
      iterations: 400,
    });
    const x = random.uniform(random.key(3), [4, 4, 4, 1]) as Tensor4D;
    const start = small.init(random.key(4)).params.filters.map((f) => f.abs() as Tensor4D);
    for (const layer of [0, 1])
      expectGradientMatchesFiniteDifferences(
        (moved) =>
          small.objective(
            { filters: start.map((f, l) => (l === layer ? (moved as Tensor4D) : f)) },
            { x },
            random.key(0),
            {},
          ).loss,
        start[layer]!,
        { tolerance: 2e-2 },
      );
  });

  it('has a lower energy the less its layers must agree', () => {
    const of = (agreement: number) => {
      const own = latent.layeredSparseCoding({ ...options, agreement });
      return first(own.energy(params, pictures, pictures).mean());
    };
    expect(of(0.01)).toBeLessThan(of(1));
  });

  it('says which option is wrong', () => {
    const wrong = [{ ...layers[0]!, stride: 0 }];
    expect(() => latent.layeredSparseCoding({ channels: 2, layers: wrong })).toThrow(
      'layers[0].stride: 0 given',
    );
    expect(() => latent.layeredSparseCoding({ channels: 2, layers: [] })).toThrow('layers');
    expect(() => method.embed(params, tf.zeros([1, 8, 8, 1]))).toThrow('x: shape [1, 8, 8, 1]');
  });

  it('leaves no tensors behind', () => {
    const quick = latent.layeredSparseCoding({ ...options, iterations: 3 });
    const key = random.key(0);
    expectNoLeak(() =>
      tf.dispose([
        quick.energy(params, pictures, pictures),
        quick.embed(params, pictures),
        ...quick.codes(params, pictures),
        ...quick.filters(params),
      ]),
    );
    expectNoLeak(() =>
      tf.dispose(tf.tidy(() => quick.objective(params, { x: pictures }, key, {}).loss)),
    );
  });
});
