import { afterAll, expect, test } from 'vitest';
import {
  contrastive,
  nn,
  random,
  represent,
  representSets,
  tree,
  type Tensor,
  type Tensor2D,
} from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { gaussian } from '../measure/support';

const encoder = nn.sequential([nn.dense(5, 8), nn.batchNorm(8), nn.relu(), nn.dense(8, 3)]);
const method = contrastive.simclr({ encoder, projector: nn.dense(3, 2) });
const { params } = method.init(random.key(0));
const train = { images: gaussian(64, 5), labels: new Int32Array(64) };
const held = { images: gaussian(10, 5, 1), labels: new Int32Array(10) };
afterAll(() => tree.dispose([params, train.images, held.images]));

const numbers = (x: Tensor): number[] => Array.from(x.dataSync());
const close = (a: number[], b: number[]): void =>
  a.forEach((value, i) => expect(value).toBeCloseTo(b[i]!, 5));

test('the statistics are those of the training images, for all sets and whatever the chunk', () => {
  const sets = { train, test: held };
  const whole = represent(method, params, sets);
  const chunked = represent(method, params, sets, { chunk: 3 });
  const calibrated = method.calibrate!(params, train.images);
  close(numbers(whole.test.features), numbers(method.embed!(calibrated, held.images)));
  close(numbers(chunked.test.features), numbers(whole.test.features));
  close(numbers(chunked.train.features), numbers(whole.train.features));
  expect(whole.test.labels).toBe(held.labels);
  tree.dispose(calibrated);
  whole.dispose();
  chunked.dispose();
});

test('one tensor alone is calibrated on itself, on as many of its images as is said', () => {
  const all = represent(method, params, train.images);
  const fewer = represent(method, params, train.images, { calibrateOn: 8 });
  const calibrated = method.calibrate!(params, train.images);
  close(numbers(all), numbers(method.embed!(calibrated, train.images)));
  expect(numbers(fewer)).not.toEqual(numbers(all));
  tree.dispose([calibrated, all, fewer]);
});

test('further sets are found by name; a wrong name and a method that does not embed are refused', () => {
  const sets = representSets((x) => x.clone() as Tensor2D, {
    train,
    test: held,
    also: { moved: held },
  });
  expect(numbers(sets.set('moved').features)).toEqual(numbers(held.images));
  expect(() => sets.set('other')).toThrow("'other' given, one of moved, train, test expected");
  sets.dispose();
  expect(() => represent({ name: 'word2vec' }, {}, train.images)).toThrow(
    'method: word2vec given, one that embeds expected',
  );
});

test('where a set cannot be embedded, those before it are freed', () => {
  const moved = { images: gaussian(2, 4), labels: [0, 0] };
  const broken = { train, test: held, also: { moved } };
  expectNoLeak(() => expect(() => represent(method, params, broken)).toThrow());
  moved.images.dispose();
});

test('only the features are left', () => {
  expectNoLeak(() => represent(method, params, { train, test: held }).dispose());
  expectNoLeak(() => represent(method, params, train.images, { calibrateOn: 8 }).dispose());
});
