import { data, random, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const images = random.uniform(random.key(1), [40, 28, 28, 1]) as ReturnType<typeof tf.tensor4d>;
const values = (x: { dataSync(): ArrayLike<number> }) => Array.from(x.dataSync());
/** The centre of mass of each picture, [right, down]. */
const centres = (frames: ReturnType<typeof tf.tensor3d>) =>
  tf.tidy(() => {
    const line = tf.range(0, 20);
    const mass = frames.sum([1, 2]);
    return tf
      .stack(
        [
          frames.mul(line).sum([1, 2]).div(mass),
          frames
            .mul(line.reshape([20, 1]))
            .sum([1, 2])
            .div(mass),
        ],
        1,
      )
      .arraySync() as number[][];
  });
const frame = (video: ReturnType<typeof tf.tensor4d>, i: number) =>
  video.slice([0, 0, 0, i], [-1, -1, -1, 1]).squeeze([3]) as ReturnType<typeof tf.tensor3d>;
const option = (all: ReturnType<typeof tf.tensor4d>, i: number) =>
  all.slice([0, i, 0, 0], [-1, 1, -1, -1]).squeeze([1]) as ReturnType<typeof tf.tensor3d>;

test('the digit turns by what was asked, left, not at all and right, and loses nothing on the way', () => {
  const world = data.movingDigits(images, random.key(2));
  const [from, at] = [centres(frame(world.past, 0)), centres(frame(world.past, 1))];
  [-Math.PI / 2, 0, Math.PI / 2].forEach((angle, i) => {
    const to = centres(option(world.plausible, i));
    to.forEach(([x, y], k) => {
      const [before, after] = [
        [at[k]![0]! - from[k]![0]!, at[k]![1]! - from[k]![1]!],
        [x! - at[k]![0]!, y! - at[k]![1]!],
      ] as [number[], number[]];
      expect(after[0]).toBeCloseTo(Math.cos(angle) * before[0]! - Math.sin(angle) * before[1]!, 3);
      expect(after[1]).toBeCloseTo(Math.sin(angle) * before[0]! + Math.cos(angle) * before[1]!, 3);
    });
    const mass = values(option(world.plausible, i).sum([1, 2]));
    values(frame(world.past, 0).sum([1, 2])).forEach((m, k) => expect(mass[k]).toBeCloseTo(m, 3));
  });
});

test('what came is one of what may come, the one it says; without turns it is straight on', () => {
  const world = data.movingDigits(images, random.key(3));
  const turn = values(world.turn);
  expect(new Set(turn)).toEqual(new Set([0, 1, 2]));
  const all = world.plausible.arraySync();
  world.next.arraySync().forEach((next, i) => expect(next).toEqual(all[i]![turn[i]!]));
  const sure = data.movingDigits(images, random.key(3), { turns: [0] });
  expect(values(sure.next)).toEqual(values(option(world.plausible, 1)));
});

test('the same key gives the same world, no tensor is left, and bad input is told of', () => {
  const key = random.key(4);
  expect(values(data.movingDigits(images, key).past)).toEqual(
    values(data.movingDigits(images, key).past),
  );
  expectNoLeak(() => tf.dispose({ ...data.movingDigits(images, key) }));
  expect(() => data.movingDigits(tf.zeros([2, 20, 20, 1]), key)).toThrow(
    'images: shape [2, 20, 20, 1] given',
  );
  expect(() => data.movingDigits(images, key, { turns: [0.5] })).toThrow('turns: [0.5] given');
});
