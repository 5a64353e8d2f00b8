import {
  compile,
  nn,
  noncontrastive,
  optim,
  random,
  schedule,
  tf,
  train,
  tree,
  type Tensor4D,
} from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';
import { smoothL1 } from '../../lib/noncontrastive/smoothL1';
import { targetBlocks } from '../../lib/noncontrastive/targetBlocks';

const { ijepa, standardTokens } = noncontrastive;
type Tensor = ReturnType<typeof tf.tensor>;
const value = (t: { dataSync(): ArrayLike<number> }) => t.dataSync()[0]!;
const encoder = nn.visionTransformer({
  height: 10,
  width: 10,
  channels: 1,
  patch: 2,
  features: 8,
  depth: 1,
  heads: 2,
});
const options = {
  encoder,
  predictor: { features: 4, depth: 1, heads: 1 },
  blocks: 3,
  height: 2,
  width: 2,
};
const method = ijepa(options);
const { params, state } = method.init(random.key(1));
const images = random.uniform(random.key(2), [4, 10, 10, 1]);
const key = random.key(7);
const sizes = { rows: 7, columns: 6, blocks: 4, height: 3, width: 2 };
/** A target encoder that is not the context encoder. */
const other = { target: tree.map((leaf) => leaf.mul(0.8).add(0.01), state.target) };

describe('I-JEPA', () => {
  it('no patch is both seen and predicted, in any image; the context has as many patches as are surely left', () => {
    const { context, targets } = targetBlocks(key, 200, sizes);
    expect([context.shape, targets.shape]).toEqual([
      [200, 42 - 24],
      [200, 24],
    ]);
    const asked = targets.arraySync();
    context.arraySync().forEach((row, i) => {
      expect(new Set(row).size).toBe(18);
      for (const place of row) expect(asked[i]).not.toContain(place);
    });
  });

  it('targets are rectangles of the size asked for, within the grid, and every corner comes up', () => {
    const { targets } = targetBlocks(key, 300, sizes);
    const corners = new Set<number>();
    for (const row of targets.reshape([1200, 6]).arraySync() as number[][]) {
      const corner = row[0]!;
      corners.add(corner);
      expect(row).toEqual([0, 1, 6, 7, 12, 13].map((step) => corner + step));
      expect(corner % 6).toBeLessThan(5);
      expect(corner + 13).toBeLessThan(42);
    }
    expect(corners.size).toBe(5 * 5);
  });

  it('a context block is a rectangle less all targets: what is seen lies within it, and what only fills the row does not count', () => {
    const context = { height: 6, width: 5 };
    const { context: places, seen, targets } = targetBlocks(key, 200, { ...sizes, context });
    // No more than its 30 patches, and of the grid's 42 no more than a single target of 6 leaves.
    expect([places.shape, seen!.shape]).toEqual([
      [200, 30],
      [200, 30],
    ]);
    const [asked, counts] = [targets.arraySync(), seen!.arraySync()];
    const corners = new Set<string>();
    places.arraySync().forEach((row, i) => {
      const own = row.filter((_, j) => counts[i]![j] === 1);
      expect(new Set(row).size).toBe(30);
      expect(own.length).toBeGreaterThanOrEqual(30 - 24);
      for (const place of own) expect(asked[i]).not.toContain(place);
      const [down, across] = [own.map((p) => Math.floor(p / 6)), own.map((p) => p % 6)];
      expect(Math.max(...down) - Math.min(...down)).toBeLessThan(6);
      expect(Math.max(...across) - Math.min(...across)).toBeLessThan(5);
      // Nothing that is free within the block is left out: it fits one of the four blocks exactly.
      const fits = [0, 1].flatMap((top) =>
        [0, 1].filter((side) => {
          const free = Array.from({ length: 42 }, (_, p) => p).filter((p) => {
            const [y, x] = [Math.floor(p / 6) - top, (p % 6) - side];
            return y >= 0 && y < 6 && x >= 0 && x < 5 && !asked[i]!.includes(p);
          });
          const same = free.length === own.length && free.every((p) => own.includes(p));
          if (same) corners.add(`${top} ${side}`);
          return same;
        }),
      );
      expect(fits.length).toBeGreaterThan(0);
    });
    expect(corners.size).toBe(4);
  });

  it('keep looks at no more of the context block than it says, drawn among all of it', () => {
    const context = { height: 7, width: 6, keep: 10 };
    const { context: places, seen } = targetBlocks(key, 300, { ...sizes, context });
    expect(places.shape).toEqual([300, 10]);
    expect(value(seen!.min())).toBe(1); // 42 - 24 are left at the least
    expect(new Set(places.dataSync()).size).toBe(42);
    expect(() => targetBlocks(key, 1, { ...sizes, context: { height: 8, width: 5 } })).toThrow(
      'context.height: 8 given',
    );
    expect(() => targetBlocks(key, 1, { ...sizes, context: { height: 4, width: 6 } })).toThrow(
      "fewer than the context's 4 x 6 expected",
    );
    expect(() =>
      targetBlocks(key, 1, { ...sizes, context: { height: 7, width: 6, keep: 40 } }),
    ).toThrow('context.keep: 40 given');
  });

  it('with a context block predictions depend on its patches alone, not on what fills the row, and the loss is their mean square', () => {
    const own = ijepa({ ...options, context: { height: 4, width: 4 } });
    const blocks = own.blocks(key, 4);
    const counts = blocks.seen!.arraySync();
    const inside = blocks.context
      .arraySync()
      .map((row, i) => row.filter((_, j) => counts[i]![j] === 1));
    expect(inside.some((row) => row.length < blocks.context.shape[1])).toBe(true);
    const at = nn.unpatchify(
      tf.tensor3d(
        inside.map((row) =>
          Array.from({ length: 25 }, (_, p) => Array<number>(4).fill(row.includes(p) ? 1 : 0)),
        ),
      ),
      encoder.grid,
    );
    const told = (x: Tensor) => own.predict(params, x, blocks);
    const moved = (x: Tensor) => value(told(x).sub(told(images)).abs().max());
    expect(moved(images.add(tf.sub(1, at)))).toBeLessThan(1e-5);
    expect(moved(images.add(at))).toBeGreaterThan(1e-4);
    const goal = own.targets(other.target, images, blocks);
    expect(value(own.objective(params, { images }, key, other).loss)).toBeCloseTo(
      value(told(images).sub(goal).square().mean()),
      5,
    );
    expect(own.energy(params, images, images).shape).toEqual([4]);
    expectNoLeak(() =>
      tree.tidy(() => {
        own.objective(params, { images }, key, other);
        own.energy(params, images, images);
      }),
    );
  });

  it('is the mean square between predictions and the target encoder’s standardised tokens; a silent predictor pays their variance, 1', () => {
    const silent = {
      ...params,
      predictor: {
        ...params.predictor,
        widen: tree.map((leaf) => leaf.mul(0), params.predictor.widen),
      },
    };
    expect(value(method.objective(silent, { images }, key, state).loss)).toBeCloseTo(1, 3);
    // With a bias b the loss is the mean of (b - t)^2, by hand from the tokens.
    const bias = tf.range(0, 8).div(10);
    const biased = {
      ...silent,
      predictor: { ...silent.predictor, widen: { ...silent.predictor.widen, bias: bias as never } },
    };
    const tokens = standardTokens(encoder.tokens(other.target, images)).arraySync() as number[][][];
    const errors = method
      .blocks(key, 4)
      .targets.arraySync()
      .flatMap((row, i) =>
        row.flatMap((place) => tokens[i]![place]!.map((t, k) => (k / 10 - t) ** 2)),
      );
    expect(value(method.objective(biased, { images }, key, other).loss)).toBeCloseTo(
      errors.reduce((a, b) => a + b) / errors.length,
      4,
    );
  });

  it('smooth L1 is half the square up to 1 and the size less a half beyond, with the slope of either', () => {
    const differences = tf.tensor1d([-3, -1, -0.5, 0, 0.5, 1, 2]);
    expect([...smoothL1(differences).dataSync()]).toEqual([2.5, 0.5, 0.125, 0, 0.125, 0.5, 1.5]);
    expectGradientMatchesFiniteDifferences(
      (d) => smoothL1(d).sum() as ReturnType<typeof tf.scalar>,
      tf.tensor1d([-3, -0.8, -0.5, 0, 0.5, 0.9, 2]),
    );
  });

  it('with smoothL1 loss and energy are its mean over the blocks, by hand from the tokens', () => {
    const own = ijepa({ ...options, loss: 'smoothL1' });
    // A predictor that says its bias, k / 5 for feature k.
    const { widen } = params.predictor;
    const says = {
      ...params,
      predictor: {
        ...params.predictor,
        widen: { kernel: tf.zerosLike(widen.kernel), bias: tf.range(0, 8).div(5) as never },
      },
    };
    const expected = (vit: typeof params.encoder, places: number[][]) => {
      const tokens = standardTokens(encoder.tokens(vit, images)).arraySync() as number[][][];
      return places.map((row, i) => {
        const sizes = row.flatMap((place) => tokens[i]![place]!.map((t, k) => Math.abs(k / 5 - t)));
        // The mean is of both branches.
        expect(new Set(sizes.map((d) => d < 1)).size).toBe(2);
        return sizes.reduce((sum, d) => sum + (d < 1 ? d ** 2 / 2 : d - 0.5), 0) / sizes.length;
      });
    };
    const losses = expected(other.target, own.blocks(key, 4).targets.arraySync());
    expect(value(own.objective(says, { images }, key, other).loss)).toBeCloseTo(
      losses.reduce((a, b) => a + b) / 4,
      4,
    );
    const one = own.blocks(random.key(0), 1).targets.arraySync()[0]!;
    const energies = expected(params.encoder, [one, one, one, one]);
    own
      .energy(says, images, images)
      .dataSync()
      .forEach((energy, i) => expect(energy).toBeCloseTo(energies[i]!, 4));
    expect(() => ijepa({ ...options, loss: 'l1' as never })).toThrow(
      "ijepa: loss: 'l1' given, 'l2' or 'smoothL1' expected",
    );
  });

  it('no gradient flows into the target encoder; without the average it does flow into the context encoder by the targets', () => {
    const slopes = (own: typeof method, leaf: 'target' | 'encoder') => {
      const given = leaf === 'target' ? other.target : params.encoder;
      const { kernel } = given.patches;
      const put = (x: Tensor) => ({
        ...given,
        patches: { ...given.patches, kernel: x as typeof kernel },
      });
      const slope = tf.grad(
        (x) =>
          own.objective(
            leaf === 'encoder' ? { ...params, encoder: put(x) } : params,
            { images },
            key,
            leaf === 'target' ? { target: put(x) } : other,
          ).loss,
      )(kernel);
      return value(slope.abs().sum());
    };
    expect(slopes(method, 'target')).toBe(0);
    expect(slopes(method, 'encoder')).toBeGreaterThan(1e-4);
    // A silent predictor leaves only the way by the targets.
    const silent = {
      ...params,
      predictor: {
        ...params.predictor,
        widen: tree.map((leaf) => leaf.mul(0).add(0.3), params.predictor.widen),
      },
    };
    const byTargets = (averages: boolean) => {
      const own = ijepa({ ...options, averages });
      const still = {
        ...silent,
        predictor: {
          ...silent.predictor,
          widen: {
            ...silent.predictor.widen,
            kernel: tf.zerosLike(silent.predictor.widen.kernel),
            bias: tf.range(0, 8) as never,
          },
        },
      };
      const slope = tf.grad(
        (x) =>
          own.objective(
            {
              ...still,
              encoder: {
                ...params.encoder,
                patches: { ...params.encoder.patches, kernel: x as never },
              },
            },
            { images },
            key,
            other,
          ).loss,
      )(params.encoder.patches.kernel);
      return value(slope.abs().sum());
    };
    expect(byTargets(true)).toBe(0);
    expect(byTargets(false)).toBeGreaterThan(1e-4);
  });

  it('has the gradient of its finite differences, into the mask’s vector', () => {
    const at = (mask: Tensor) =>
      method.objective(
        {
          ...params,
          predictor: { ...params.predictor, mask: mask as typeof params.predictor.mask },
        },
        { images },
        key,
        other,
      ).loss;
    expectGradientMatchesFiniteDifferences(at, params.predictor.mask, { tolerance: 2e-2 });
  });

  it('the target starts as the context encoder and follows it as the closed form says', () => {
    const own = ijepa({ ...options, momentum: 0.9 });
    const moved = { ...params, encoder: tree.map((leaf) => leaf.add(1), params.encoder) };
    let current = state;
    for (let k = 1; k <= 3; k++) {
      current = own.afterUpdate!(moved, current, tf.scalar(0));
      const target = tree.leaves(current.target);
      tree.leaves(moved.encoder).forEach((leaf, i) =>
        leaf
          .sub(target[i]!)
          .dataSync()
          .forEach((gap) => expect(gap).toBeCloseTo(0.9 ** k, 5)),
      );
    }
    // A quarter of the way from 0.9 to 1, in a straight line.
    const quarter = tree.leaves(own.afterUpdate!(moved, state, tf.scalar(0.25)).target);
    tree.leaves(moved.encoder).forEach((leaf, i) => {
      for (const gap of leaf.sub(quarter[i]!).dataSync()) expect(gap).toBeCloseTo(0.925, 5);
    });
    const last = tree.leaves(own.afterUpdate!(moved, current, tf.scalar(1)).target);
    tree
      .leaves(current.target)
      .forEach((leaf, i) => expect(last[i]!.dataSync()).toEqual(leaf.dataSync()));
  });

  it('is the same compiled: other blocks for another key', () => {
    const loss = (p: typeof params, x: Tensor, k: Tensor, s: typeof state) =>
      method.objective(p, { images: x }, k, s).loss;
    const compiled = compile(loss);
    for (const seed of [7, 8])
      expect(value(compiled(params, images, random.key(seed), other))).toBeCloseTo(
        value(loss(params, images, random.key(seed), other)),
        4,
      );
    expect(value(compiled(params, images, random.key(7), other))).not.toBe(
      value(compiled(params, images, random.key(8), other)),
    );
  });

  it('without the average what the encoder says of an image depends less and less on it, which the loss rewards; with it less so', async () => {
    // Bars, each at a place of its own.
    const bars = tf.tidy(() => {
      const at = random.randint(random.key(5), [256, 1, 1], 0, 9);
      const place = tf.range(0, 10, 1, 'int32').reshape([1, 1, 10]);
      return tf
        .tile(place.sub(at).abs().toFloat().mul(-0.7).exp(), [1, 10, 1])
        .expandDims(3) as Tensor4D;
    });
    /** How much of the standardised tokens' variance, 1, is between images. */
    const between = (own: typeof params.encoder) =>
      value(tf.moments(standardTokens(encoder.tokens(own, bars)), 0).variance.mean());
    const fit = async (averages: boolean) => {
      const steps = 300;
      const optimizer = optim.adam({
        learningRate: schedule.warmupCosine({ peak: 5e-3, warmup: 10, steps }),
      });
      const own = ijepa({ ...options, averages, momentum: 0.98 });
      const { params, history } = await train({
        method: own,
        data: { images: bars },
        batch: 64,
        steps,
        seed: 1,
        optimizer,
        display: 'none',
      });
      return { between: between(params.encoder), loss: history.loss.at(-1)! };
    };
    const [whole, alone] = [await fit(true), await fit(false)];
    expect(alone.loss).toBeLessThan(0.5 * whole.loss);
    expect(alone.between).toBeLessThan(0.5 * whole.between);
    expect(alone.between).toBeLessThan(0.1 * between(params.encoder));
  }, 60_000);

  it('the switch that invites collapse says so in the mechanism', () => {
    expect(method.mechanism).toBe('asymmetric');
    expect(ijepa({ ...options, averages: false }).mechanism).toBe('none');
  });

  it('leaks no tensor, and says what is wrong with its input', () => {
    expectNoLeak(() => tree.dispose(ijepa(options).init(key)));
    expectNoLeak(() =>
      tree.tidy(() => {
        method.objective(params, { images }, key, state);
        method.afterUpdate!(params, state, tf.scalar(0.5));
      }),
    );
    expectNoLeak(() =>
      tree.dispose([
        method.blocks(key, 3),
        method.energy(params, images, images),
        method.embed(params, images),
      ]),
    );
    expect(method.energy(params, images, images).shape).toEqual([4]);
    expect(() => ijepa({ ...options, momentum: 2 })).toThrow('momentum: 2 given');
    expect(() => ijepa({ ...options, blocks: 7 })).toThrow('nothing is left to see');
    expect(() => ijepa({ ...options, height: 6 })).toThrow('height: 6 given');
  });
});
