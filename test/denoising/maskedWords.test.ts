import { denoising, optim, random, tf, train, tree } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectNoLeak } from '../helpers/memory';

const [vocabulary, length] = [24, 8];
const base = {
  vocabulary,
  length,
  width: 16,
  depth: 1,
  heads: 2,
  hidden: 32,
  masking: { count: 2, mask: 1, words: [4, vocabulary] as const },
};
const method = denoising.maskedWords({ ...base, neighbours: 1 });
/**
 * Texts that count: each word is the one before plus one. A hidden word follows from its
 * neighbours.
 */
const counting = (rows: number, seed: number) =>
  tf.tidy(() => {
    const start = random.randint(random.key(seed), [rows, 1], 0, 20);
    return start
      .add(tf.range(0, length, 1, 'int32'))
      .toInt()
      .mod(tf.scalar(20, 'int32'))
      .add(tf.scalar(4, 'int32'))
      .toInt() as ReturnType<typeof tf.tensor2d>;
  });
const values = (x: { dataSync(): ArrayLike<number> }) => Array.from(x.dataSync());

test('the energy of a word is the negative log of its softmax: over all words e^-F sums to one', () => {
  const { params } = method.init(random.key(1));
  const text = counting(1, 3);
  const hidden = tf.tidy(() =>
    tf
      .where(tf.range(0, length, 1, 'int32').equal(tf.scalar(5, 'int32')), tf.onesLike(text), text)
      .toInt(),
  );
  const all = tf.tile(hidden, [vocabulary, 1]);
  const energies = values(method.energy(params, all, tf.range(0, vocabulary, 1, 'int32')));
  expect(energies.reduce((sum, f) => sum + Math.exp(-f), 0)).toBeCloseTo(1, 5);
  const logits = values(
    method.logits(params, hidden as typeof text, tf.tensor2d([[5]], [1, 1], 'int32')),
  );
  expect(energies[7]! - energies[9]!).toBeCloseTo(logits[9]! - logits[7]!, 5);
});

test('learns what follows from the neighbours, with them mixed in and with attention alone', async () => {
  for (const neighbours of [0, 1]) {
    const learner = denoising.maskedWords({ ...base, neighbours });
    const trained = await train({
      method: learner,
      data: { tokens: counting(512, 1) },
      batch: 64,
      steps: neighbours ? 100 : 250,
      display: 'none',
      optimizer: optim.adam({ learningRate: 1e-2 }),
    });
    const accuracy =
      trained.history.metrics['accuracy']!.slice(-10).reduce((a, b) => a + b, 0) / 10;
    expect(accuracy).toBeGreaterThan(0.7);
  }
});

test('what stands in the padding does not matter, to attention or to neighbours; and padding is not asked for', () => {
  for (const neighbours of [0, 1]) {
    const padded = denoising.maskedWords({ ...base, neighbours, padding: 0 });
    const { params } = padded.init(random.key(2));
    const short = counting(2, 5).slice([0, 0], [2, 5]);
    const wide = tf.pad(short, [
      [0, 0],
      [0, 3],
    ]) as typeof short;
    const [a, b] = [
      values(padded.states(params, short)),
      values(padded.states(params, wide).slice([0, 0, 0], [2, 5, 16])),
    ];
    a.forEach((value, i) => expect(b[i]).toBeCloseTo(value, 4));
    values(padded.embed(params, short)).forEach((value, i) =>
      expect(values(padded.embed(params, wide))[i]).toBeCloseTo(value, 4),
    );
    // Of nothing but padding nothing is asked, so nothing is lost.
    expect(
      padded
        .objective(params, { tokens: tf.zerosLike(wide) }, random.key(1), {})
        .loss.dataSync()[0],
    ).toBe(0);
  }
});

test('no tensor is left, and a text that is too long is told of', () => {
  const { params } = method.init(random.key(1));
  const [text, words, key] = [counting(4, 1), tf.tensor1d([4, 5, 6, 7], 'int32'), random.key(2)];
  expectNoLeak(() => method.energy(params, text, words).dispose());
  expectNoLeak(() => tf.tidy(() => void method.objective(params, { tokens: text }, key, {})));
  expect(() => method.states(params, tf.zeros([1, length + 1], 'int32'))).toThrow(
    `length ${length + 1} given, at most ${length} expected`,
  );
});

test('a model that does not see itself has at each place what it has there when the word is hidden, and is the same whatever stands there', () => {
  const blind = denoising.maskedWords({ ...base, depth: 0, neighbours: 2, seesItself: false });
  const { params } = blind.init(random.key(3));
  const text = counting(2, 7);
  const places = tf.tensor2d([[4], [4]], undefined, 'int32');
  const other = tf.tidy(() =>
    text.add(tf.oneHot(tf.tensor1d([4, 4], 'int32'), length).toInt()).toInt(),
  ) as typeof text;
  expect(values(blind.logits(params, other, places))).toEqual(
    values(blind.logits(params, text, places)),
  );
  const neighbour = tf.tidy(() =>
    text.add(tf.oneHot(tf.tensor1d([3, 3], 'int32'), length).toInt()).toInt(),
  ) as typeof text;
  expect(values(blind.logits(params, neighbour, places))).not.toEqual(
    values(blind.logits(params, text, places)),
  );
  expect(() => denoising.maskedWords({ ...base, neighbours: 2, seesItself: false })).toThrow(
    'depth: 1 given, 0 expected',
  );
  expect(() => denoising.maskedWords({ ...base, depth: 0, seesItself: false })).toThrow(
    'neighbours',
  );
});

test('the states at some places are those among all states, with blocks and without, with padding and without', () => {
  const places = tf.tensor2d(
    [
      [4, 0, 7],
      [1, 6, 2],
    ],
    undefined,
    'int32',
  );
  for (const own of [
    { depth: 1, neighbours: 1 },
    { depth: 0, neighbours: 2 },
    { depth: 0, neighbours: 2, seesItself: false },
    { depth: 0 },
  ]) {
    const encoder = denoising.textEncoder({ ...base, ...own });
    const params = encoder.init(random.key(4));
    const text = counting(2, 9);
    for (const mask of [
      undefined,
      tf.tensor2d([
        [1, 1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 0, 0, 0],
      ]),
    ]) {
      const all = encoder.apply(params, text, { mask }).arraySync() as number[][][];
      const expected = (places.arraySync() as number[][]).flatMap((row, i) =>
        row.flatMap((place) => all[i]![place]!),
      );
      values(encoder.at(params, text, places, { mask })).forEach((value, i) =>
        expect(value).toBeCloseTo(expected[i]!, 5),
      );
      expectNoLeak(() => tf.tidy(() => void encoder.at(params, text, places, { mask })));
    }
    expect(() => encoder.at(params, tf.zeros([2, length + 1], 'int32'), places)).toThrow(
      `length ${length + 1} given, at most ${length} expected`,
    );
  }
});

test('of tokens that are no answers nothing is asked: their energy is Infinity, and the answers’ e^-F sums to one', () => {
  const answers = [10, 20] as const;
  const some = denoising.maskedWords({ ...base, depth: 0, neighbours: 2, answers });
  const every = denoising.maskedWords({ ...base, depth: 0, neighbours: 2 });
  const { params } = some.init(random.key(5));
  const text = tf.tidy(() =>
    tf.tile(tf.tensor2d([[7, 8, 9, 1, 11, 12, 13, 14]], undefined, 'int32'), [vocabulary, 1]),
  );
  const energies = values(some.energy(params, text, tf.range(0, vocabulary, 1, 'int32')));
  energies.forEach((energy, id) =>
    expect(Number.isFinite(energy)).toBe(id >= answers[0] && id < answers[1]),
  );
  expect(energies.reduce((sum, f) => sum + Math.exp(-f), 0)).toBeCloseTo(1, 5);
  // Among the answers the differences are those of a softmax over everything.
  const all = values(every.energy(params, text, tf.range(0, vocabulary, 1, 'int32')));
  expect(energies[11]! - energies[17]!).toBeCloseTo(all[11]! - all[17]!, 4);
  // A row without any answer is asked nothing, so it costs nothing; with equal logits each answer
  // costs the logarithm of their number.
  const none = tf.fill([3, length], 5, 'int32') as ReturnType<typeof counting>;
  expect(some.objective(params, { tokens: none }, random.key(1), {}).loss.dataSync()[0]).toBe(0);
  const flat = { ...params, head: tree.map((leaf) => tf.zerosLike(leaf), params.head) };
  expect(
    some.objective(flat, { tokens: counting(8, 1) }, random.key(1), {}).loss.dataSync()[0],
  ).toBeCloseTo(Math.log(10), 5);
  expect(() => denoising.maskedWords({ ...base, answers: [4, vocabulary + 1] })).toThrow(
    `answers: ${vocabulary + 1} given`,
  );
  expect(() => denoising.maskedWords({ ...base, answers: [20, 20] })).toThrow('answers: 20 given');
});

test('what is read on either side: one side is blind to the other, none to all, and [n, n] is n', () => {
  const places = tf.tensor2d([[4], [4]], undefined, 'int32');
  const text = counting(2, 7);
  const changedAt = (place: number) =>
    tf.tidy(() =>
      text.sub(tf.oneHot(tf.tensor1d([place, place], 'int32'), length).toInt()).toInt(),
    ) as typeof text;
  const reading = (neighbours: number | readonly [number, number]) => {
    const model = denoising.maskedWords({ ...base, depth: 0, neighbours, seesItself: false });
    const { params } = model.init(random.key(3));
    const own = values(model.logits(params, text, places));
    const dependsOn = (place: number) =>
      values(model.logits(params, changedAt(place), places)).some((value, i) => value !== own[i]);
    return { own, read: Array.from({ length }, (_, i) => i).filter(dependsOn) };
  };
  expect(reading([2, 0]).read).toEqual([2, 3]);
  expect(reading([0, 1]).read).toEqual([5]);
  expect(reading([1, 2]).read).toEqual([3, 5, 6]);
  expect(reading([0, 0]).read).toEqual([]);
  expect(reading([2, 2]).own).toEqual(reading(2).own);
  expect(() => reading([1, -1])).toThrow('neighbours');
});
