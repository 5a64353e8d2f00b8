import { describe, expect, it } from 'vitest';
import { compile } from '../../lib/core/compile';
import { tf, type Tensor } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { key } from '../../lib/core/random';
import {
  calibrate,
  conv2d,
  regnet,
  regnetCost,
  regnets,
  regnetStages,
  type RegNetDesign,
} from '../../lib/nn';
import { grad } from '../../lib/train/grad';
import { leakFree, normals } from './support';

const tiny: RegNetDesign = { depth: 3, w0: 8, wa: 8, wm: 2, groupWidth: 4 };
const frame = { side: 12, channels: 1, stem: 8, stemStride: 1 };
const designs: [string, RegNetDesign][] = [
  ['X', tiny],
  ['Y', { ...tiny, squeeze: true }],
];

describe('regnet', () => {
  it.each(designs)('%s has as many parameters as were counted beforehand', (_, design) => {
    const params = regnet(design, frame).init(key(0));
    expect(tree.count(params)).toBe(regnetCost(design, { ...frame, classes: 0 }).parameters);
    tree.dispose(params);
  });

  it('the published RegNetY-200MF, made, has as many parameters as were counted', () => {
    const params = regnet(regnets['RegNetY-200MF']).init(key(0));
    expect(tree.count(params)).toBe(
      regnetCost(regnets['RegNetY-200MF'], { classes: 0 }).parameters,
    );
    tree.dispose(params);
  });

  it('for images of 32 pixels the stem keeps their extent: as many parameters, four times the cost', () => {
    const colour = { side: 32, channels: 3, stem: 8 };
    const [small, large] = [1, 2].map((stemStride) =>
      regnetCost(tiny, { ...colour, stemStride, classes: 0 }),
    );
    expect(small!.parameters).toBe(large!.parameters);
    expect(small!.flops).toBe(4 * large!.flops);
    tf.tidy(() => {
      const net = regnet(tiny, { ...colour, stemStride: 1 });
      const params = net.init(key(0));
      expect(tree.count(params)).toBe(small!.parameters);
      const width = regnetStages(tiny).at(-1)!.width;
      expect(net.apply(params, normals([2, 32, 32, 3])).shape).toEqual([2, width]);
    });
  });

  it.each(designs)('%s maps images of any extent to the width of its last stage', (_, design) => {
    tf.tidy(() => {
      const net = regnet(design, frame);
      const params = net.init(key(0));
      for (const side of [12, 15])
        expect(net.apply(params, normals([2, side, side, 1])).shape).toEqual([
          2,
          regnetStages(design).at(-1)!.width,
        ]);
    });
  });

  it.each(designs)(
    '%s compiled gives the gradients that it gives eagerly, and all are there',
    (_, design) => {
      tf.tidy(() => {
        const net = regnet(design, frame);
        const [params, x] = [net.init(key(0)), normals([4, 12, 12, 1])];
        const gradient = (p: typeof params, images: Tensor) =>
          grad((q: typeof params) => net.apply(q, images).square().mean() as never)(p);
        const compiled = compile(gradient);
        const [fast, slow] = [tree.leaves(compiled(params, x)), tree.leaves(gradient(params, x))];
        slow.forEach((leaf, i) => {
          const scale = Math.max(1e-3, leaf.abs().max().dataSync()[0]!);
          expect(fast[i]!.sub(leaf).abs().max().dataSync()[0]! / scale).toBeLessThan(1e-3);
        });
        compiled.dispose();
      });
    },
  );

  it('calibrated, an image embeds alike alone and in a batch', () => {
    tf.tidy(() => {
      const net = regnet({ ...tiny, squeeze: true }, frame);
      const x = normals([8, 12, 12, 1]);
      const params = calibrate(net, net.init(key(0)), x);
      const [alone, together] = [
        net.apply(params, x.slice([3], [1])),
        net.apply(params, x).slice([3], [1]),
      ];
      expect(alone.sub(together).abs().max().dataSync()[0]!).toBeLessThan(1e-4);
    });
  });

  it('leaks nothing', () => {
    leakFree(() => {
      const net = regnet({ ...tiny, squeeze: true }, frame);
      const [k, x] = [key(0), normals([2, 12, 12, 1])];
      const params = net.init(k);
      tree.dispose([net.apply(params, x), params, k, x]);
    });
  });
});

describe('a convolution in groups', () => {
  it('is the direct loop over positions, taps and the channels of a group', () => {
    tf.tidy(() => {
      const [side, channels, width] = [5, 6, 2];
      const layer = conv2d(channels, channels, 3, { groups: channels / width, bias: false });
      const params = layer.init(key(1));
      const x = normals([1, side, side, channels]);
      const [image, kernel] = [
        x.arraySync() as number[][][][],
        params.kernel.arraySync() as number[][][][],
      ];
      const direct = Array.from({ length: side }, (_, row) =>
        Array.from({ length: side }, (_, column) =>
          Array.from({ length: channels }, (_, out) => {
            const group = Math.floor(out / width);
            let sum = 0;
            for (let i = 0; i < 3; i++)
              for (let j = 0; j < 3; j++)
                for (let c = 0; c < width; c++) {
                  sum +=
                    (image[0]![row + i - 1]?.[column + j - 1]?.[group * width + c] ?? 0) *
                    kernel[i]![j]![c]![out]!;
                }
            return sum;
          }),
        ),
      );
      expect(
        layer
          .apply(params, x)
          .sub(tf.tensor([direct]))
          .abs()
          .max()
          .dataSync()[0]!,
      ).toBeLessThan(1e-5);
    });
  });
});
