/** Pictures made on the spot: coloured discs on coloured grounds, four kinds of them. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf, type Tensor4D } from '../../lib/core/engine';
import { hostGenerator } from '../../lib/core/random';
import { fromTensor } from '../../lib/pictures/pictureSource';

export const classes = ['large red', 'large blue', 'small red', 'small blue'];

/** `count` pictures of side x side; picture i shows class i mod 4, at a place and in a shade of its own. */
export function discs(count: number, side = 12, seed = 0) {
  const generator = hostGenerator(seed);
  const values = new Float32Array(count * side * side * 3);
  for (let i = 0; i < count; i++) {
    const kind = i % 4;
    const radius = (kind < 2 ? 0.42 : 0.2) * side;
    const [x, y] = [generator.uniform(0.35, 0.65) * side, generator.uniform(0.35, 0.65) * side];
    const shade = generator.uniform(0.5, 1);
    const ground = generator.uniform(0, 0.4);
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const inside = Math.hypot(column + 0.5 - x, row + 0.5 - y) < radius;
        for (let c = 0; c < 3; c++) {
          const ink = c === (kind % 2 === 0 ? 0 : 2) ? shade : 0.1;
          values[((i * side + row) * side + column) * 3 + c] = inside ? ink : ground;
        }
      }
  }
  const images = tf.tensor4d(values, [count, side, side, 3]) as Tensor4D;
  const labels = Int32Array.from({ length: count }, (_, i) => i % 4);
  return fromTensor(images, {
    labels,
    classes,
    files: Array.from(labels, (_, i) => `disc-${i}.png`),
  });
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'pictures-'));
