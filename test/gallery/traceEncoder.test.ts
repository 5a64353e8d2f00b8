import { gallery, nn, random, tf } from 'dark-matter';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replay, type Engine } from '../../lib/gallery/page/replay';
import type { AnyLayer, Layer } from '../../lib/nn/layer';

const SIDE = 16;

/** Parameters as training leaves them: statistics and slopes that are not what they began with. */
function trained(layer: AnyLayer, channels: number): unknown {
  const params = (layer as Layer).init(random.key(0));
  const images = random.uniform(random.key(1), [64, SIDE, SIDE, channels]);
  return nn.calibrate(layer as Layer, params, images);
}

const encoders: [string, AnyLayer, 1 | 3][] = [
  [
    'a small convolutional network',
    nn.smallConvNet({ width: 4, features: 8, side: SIDE, channels: 3 }),
    3,
  ],
  ['of grey pictures', nn.smallConvNet({ width: 4, features: 8, side: SIDE }), 1],
  ['a residual network', nn.resnet({ width: 4, channels: 3 }), 3],
  [
    'a multilayer perceptron',
    nn.sequential([nn.flatten(), nn.mlp([SIDE * SIDE, 16, 8], { activation: nn.gelu })]),
    1,
  ],
  [
    'pooling, groups and leaky slopes',
    nn.sequential([
      nn.conv2d(3, 6, 3, { groups: 3 }),
      nn.groupNorm(6, 2),
      nn.leakyRelu(),
      nn.maxPool(2),
      nn.averagePool(2),
      nn.layerNorm(6),
      nn.silu(),
      nn.flatten(),
      nn.dense(96, 5),
    ]),
    3,
  ],
];

describe('an encoder written down', () => {
  let before = 0;
  beforeEach(() => {
    before = tf.memory().numTensors;
  });
  afterEach(async () => {
    await tf.setBackend('tensorflow');
  });

  test.each(encoders)(
    '%s gives in pure JavaScript what it gives in the library',
    async (_, layer, channels) => {
      const params = trained(layer, channels);
      const traced = await gallery.traceEncoder({ layer, params, side: SIDE, channels });
      expect(tf.getBackend()).toBe('tensorflow');
      const images = random.uniform(random.key(2), [3, SIDE, SIDE, channels]);
      const expected = (layer as Layer).apply(params, images, nn.inInference);
      const [pixels, wanted] = [images.dataSync() as Float32Array, expected.dataSync()];
      // What a page gets has been JSON, and knows no native operation.
      const operations = JSON.parse(JSON.stringify(traced.operations)) as typeof traced.operations;
      await tf.setBackend('cpu');
      const size = SIDE * SIDE * channels;
      const dim = expected.shape[1]!;
      const spread = Math.max(...wanted) - Math.min(...wanted);
      expect(spread, 'the embeddings differ').toBeGreaterThan(0.01);
      for (let i = 0; i < 3; i++) {
        const given = replay(
          tf as unknown as Engine,
          operations,
          traced.values,
          pixels.subarray(i * size, (i + 1) * size),
        );
        expect(given).toHaveLength(dim);
        given.forEach((value, d) =>
          expect(Math.abs(value - wanted[i * dim + d]!)).toBeLessThan(1e-4 * Math.max(1, spread)),
        );
      }
    },
  );

  test('what does not depend on the picture is computed once: no reciprocal root is left', async () => {
    const layer = nn.smallConvNet({ width: 4, features: 8, side: SIDE });
    const traced = await gallery.traceEncoder({
      layer,
      params: trained(layer, 1),
      side: SIDE,
      channels: 1,
    });
    const kernels = traced.operations.steps.map(({ kernel }) => kernel);
    expect(kernels.filter((kernel) => kernel === 'Conv2D')).toHaveLength(3);
    expect(kernels).not.toContain('Rsqrt');
  });

  test('leaves the library as it was: its backend, its parameters and no tensor', async () => {
    const layer = nn.resnet({ width: 4 });
    const params = trained(layer, 1);
    const images = random.uniform(random.key(2), [2, SIDE, SIDE, 1]);
    const output = () =>
      tf.tidy(() => [...(layer as Layer).apply(params, images, nn.inInference).dataSync()]);
    const was = output();
    const count = tf.memory().numTensors;
    expect(count).toBeGreaterThan(before);
    await gallery.traceEncoder({ layer, params, side: SIDE, channels: 1 });
    expect(tf.memory().numTensors).toBe(count);
    expect(output()).toEqual(was);
  });

  test('an encoder that fails leaves the library as it was', async () => {
    const layer = nn.batchNorm(1);
    const params = layer.init(random.key(0));
    await expect(gallery.traceEncoder({ layer, params, side: 2, channels: 1 })).rejects.toThrow(
      'calibrated',
    );
    expect(tf.getBackend()).toBe('tensorflow');
    const x = tf.tensor1d([1]);
    expect(x.add(1).dataSync()[0]).toBe(2);
  });

  test('refuses what gives no row, and what does not look at the picture', async () => {
    const trace = (layer: AnyLayer) =>
      gallery.traceEncoder({ layer, params: {}, side: 4, channels: 1 });
    await expect(trace(nn.relu())).rejects.toThrow(
      'encoder: output [1, 4, 4, 1] given, [1, dim] expected',
    );
    await expect(trace(nn.fromFunction('blind', () => tf.ones([1, 3])))).rejects.toThrow(
      'does not depend on the picture',
    );
  });
});
