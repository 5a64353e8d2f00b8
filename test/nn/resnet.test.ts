import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import {
  batchNorm,
  conv2d,
  globalAveragePool,
  maxPool,
  relu,
  residual,
  resnet,
  sequential,
  type ResNetOptions,
} from '../../lib/nn';
import { leakFree, normals } from './support';

describe('resnet', () => {
  it('gives an embedding four times as wide as its first stage', () => {
    tf.tidy(() => {
      const net = resnet({ width: 4, blocks: 2 });
      expect(net.apply(net.init(key(0)), normals([3, 14, 14, 1])).shape).toEqual([3, 16]);
    });
  });

  /** How many numbers a network has. */
  const parametersOf = (options: ResNetOptions): number => {
    const params = resnet({ channels: 3, ...options }).init(key(0));
    const count = tree.count(params);
    tree.dispose(params);
    return count;
  };

  // Table 6 of the paper, to the last digit as its reimplementations count. Its shortcuts have no
  // parameters (option A); ours have 16 x 32 + 32 x 64 and two norms. Its classifier has 650.
  it.each([
    [20, 269_722],
    [32, 464_154],
    [44, 658_586],
    [56, 853_018],
  ])('of (depth - 2) / 6 blocks a stage is ResNet-%i, with %i parameters', (depth, count) => {
    const shortcuts = 16 * 32 + 2 * 32 + 32 * 64 + 2 * 64;
    expect(parametersOf({ blocks: (depth - 2) / 6 }) - shortcuts + 650).toBe(count);
  });

  it('of one block a stage is ResNet-8, whose parameters a sum over its layers gives', () => {
    const conv = (size: number, inputs: number, outputs: number) =>
      size ** 2 * inputs * outputs + 2 * outputs;
    const stages = [
      [16, 16],
      [16, 32],
      [32, 64],
    ].map(([from, to]) => conv(3, from!, to!) + conv(3, to!, to!));
    const sum = conv(3, 3, 16) + stages.reduce((a, b) => a + b) + conv(1, 16, 32) + conv(1, 32, 64);
    expect(parametersOf({})).toBe(sum);
  });

  it("is torchvision's ResNet-18 and ResNet-34 with the stem for large images", () => {
    const classifier = 512 * 1000 + 1000;
    const large = { width: 64, stem: 'imagenet' } as const;
    expect(parametersOf({ ...large, blocks: [2, 2, 2, 2] }) + classifier).toBe(11_689_512);
    expect(parametersOf({ ...large, blocks: [3, 4, 6, 3] }) + classifier).toBe(21_797_672);
  });

  it('with the stem for small ones ResNet-18 has 11,173,962, its classifier of 10 classes included', () => {
    expect(parametersOf({ width: 64, blocks: [2, 2, 2, 2] }) + 512 * 10 + 10).toBe(11_173_962);
  });

  it.each([
    ['cifar', [conv2d(3, 4, 3, { bias: false }), batchNorm(4), relu()]],
    [
      'imagenet',
      [conv2d(3, 4, 7, { stride: 2, bias: false }), batchNorm(4), relu(), maxPool(3, 2, 'same')],
    ],
  ] as const)('with the stem %s is the chain of layers that the paper draws', (stem, before) => {
    const chain = sequential([
      ...before,
      residual(
        sequential([
          conv2d(4, 4, 3, { bias: false }),
          batchNorm(4),
          relu(),
          conv2d(4, 4, 3, { bias: false }),
          batchNorm(4),
        ]),
      ),
      relu(),
      globalAveragePool(),
    ]);
    tf.tidy(() => {
      const net = resnet({ channels: 3, width: 4, blocks: [1], stem });
      const [params, x] = [net.init(key(0)), normals([2, 32, 32, 3])];
      const [ours, chained] = [net.apply(params, x), chain.apply(params as never, x)];
      expect(ours.shape).toEqual([2, 4]);
      expect(ours.sub(chained).abs().max().dataSync()[0]).toBe(0);
    });
  });

  it('leaks nothing', () => {
    leakFree(() => {
      const net = resnet({ width: 4 });
      const [k, x] = [key(0), normals([2, 8, 8, 1])];
      const params = net.init(k);
      tree.dispose([net.apply(params, x), params, k, x]);
    });
  });

  it('refuses what is no width, no stages and no stem', () => {
    expect(() => resnet({ width: 0 })).toThrow('width: 0 given');
    expect(() => resnet({ blocks: [] })).toThrow('blocks: [] given');
    expect(() => resnet({ blocks: [2, 0] })).toThrow('blocks: 0 given');
    expect(() => resnet({ stem: 'mnist' as never })).toThrow(
      'stem: mnist given, one of cifar, imagenet expected',
    );
  });
});
