import { compile, denoising, optim, random, train, tree, valueAndGrad, tf } from 'dark-matter';
import { expect, test } from 'vitest';
import { expectGradientMatchesFiniteDifferences } from '../helpers/gradients';
import { expectNoLeak } from '../helpers/memory';

type Tokens = ReturnType<typeof tf.tensor2d>;
const [vocabulary, length] = [24, 8];
const base = {
  vocabulary,
  length,
  width: 16,
  depth: 1,
  heads: 2,
  hidden: 32,
  neighbours: 1,
  masking: { count: 3, mask: 1, words: [4, vocabulary] as const },
  generator: { width: 8, hidden: 16 },
};
const method = denoising.replacedTokens(base);
/** Texts that count: each word is the one before plus one. */
const counting = (rows: number, seed: number): Tokens =>
  tf.tidy(() => {
    const start = random.randint(random.key(seed), [rows, 1], 0, 20);
    return start
      .add(tf.range(0, length, 1, 'int32'))
      .toInt()
      .mod(tf.scalar(20, 'int32'))
      .add(tf.scalar(4, 'int32'))
      .toInt() as Tokens;
  });
const values = (x: { dataSync(): ArrayLike<number> }) => Array.from(x.dataSync());
type Params = ReturnType<typeof method.init>['params'];
const zeroed = <P>(params: P): P => tree.map((leaf) => tf.zerosLike(leaf), params);
const objective = (of: typeof method, params: Params, tokens: Tokens, seed = 3) =>
  of.objective(params, { tokens }, random.key(seed), {});

test('at logits of 0 the loss is log(vocabulary) + weight log 2', () => {
  const { params } = method.init(random.key(1));
  for (const weight of [0, 1, 50]) {
    const { loss, metrics } = objective(
      denoising.replacedTokens({ ...base, weight }),
      zeroed(params),
      counting(16, 1),
    );
    expect(metrics['discriminator']!.dataSync()[0]).toBeCloseTo(Math.log(2), 6);
    expect(loss.dataSync()[0]).toBeCloseTo(Math.log(vocabulary) + weight * Math.log(2), 4);
  }
});

test('at a constant logit b the discriminator’s term is softplus(b) - r b, r the share of replaced tokens', () => {
  const { params } = method.init(random.key(1));
  const { judge, encoder } = params.discriminator;
  const b = 0.7;
  const constant = {
    ...params,
    discriminator: {
      encoder,
      judge: { ...zeroed(judge), out: { ...zeroed(judge.out), bias: tf.tensor1d([b]) } },
    },
  } as Params;
  const text = counting(64, 2);
  const { replaced } = method.corrupt(constant, text, random.key(3));
  const share = replaced.mean().dataSync()[0]!;
  expect(share).toBeGreaterThan(0.2);
  expect(objective(method, constant, text).metrics['discriminator']!.dataSync()[0]).toBeCloseTo(
    Math.log1p(Math.exp(b)) - share * b,
    5,
  );
});

test('a word drawn for itself is original: a generator that is always right replaces nothing', () => {
  const { params } = method.init(random.key(1));
  // All texts are the same word; the generator's bias leaves no doubt of it.
  const same = tf.fill([8, length], 7, 'int32') as Tokens;
  const sure = (word: number): Params => ({
    ...params,
    generator: {
      ...params.generator,
      bias: tf
        .oneHot(tf.tensor1d([word], 'int32'), vocabulary)
        .toFloat()
        .mul(1e4)
        .reshape([-1]) as typeof params.generator.bias,
    },
  });
  const right = method.corrupt(sure(7), same, random.key(2));
  expect(values(right.tokens)).toEqual(values(same));
  expect(right.replaced.sum().dataSync()[0]).toBe(0);
  const wrong = method.corrupt(sure(9), same, random.key(2));
  expect(wrong.replaced.sum(1).dataSync()).toEqual(
    Float32Array.from({ length: 8 }, () => base.masking.count),
  );
  expect(values(wrong.tokens.equal(9).toFloat())).toEqual(values(wrong.replaced));
});

test('the generator fills in answers only', () => {
  const some = denoising.replacedTokens({ ...base, answers: [10, 16] });
  const { params } = some.init(random.key(6));
  const text = counting(32, 6);
  const { tokens, replaced } = some.corrupt(params, text, random.key(1));
  const [seen, own, changed] = [values(tokens), values(text), values(replaced)];
  expect(changed.some((value) => value === 1)).toBe(true);
  seen.forEach((id, i) => {
    if (changed[i] === 0) expect(id).toBe(own[i]);
    else for (const each of [id, own[i]!]) expect(each >= 10 && each < 16).toBe(true);
  });
  expect(objective(some, zeroed(params), text).metrics['generator']!.dataSync()[0]).toBeCloseTo(
    Math.log(6),
    5,
  );
});

test('no gradient of the discriminator’s loss reaches the generator, nor of the generator’s the discriminator', () => {
  const { params } = method.init(random.key(4));
  const text = counting(16, 4);
  const gradients = (weight: number) =>
    valueAndGrad(
      (p: Params) => ({
        value: objective(denoising.replacedTokens({ ...base, weight }), p, text).loss,
        aux: [],
      }),
      params,
    ).grads;
  const [none, much] = [gradients(0), gradients(50)];
  tree
    .leaves(none.generator)
    .forEach((leaf, i) => expect(values(tree.leaves(much.generator)[i]!)).toEqual(values(leaf)));
  expect(tree.leaves(none.generator).some((leaf) => leaf.abs().max().dataSync()[0]! > 1e-3)).toBe(
    true,
  );
  for (const leaf of tree.leaves(none.discriminator))
    expect(leaf.abs().max().dataSync()[0]).toBe(0);
  expect(
    tree.leaves(much.discriminator).some((leaf) => leaf.abs().max().dataSync()[0]! > 1e-3),
  ).toBe(true);
});

test('the gradients are those of finite differences, in both networks', () => {
  const { params } = method.init(random.key(5));
  const text = counting(4, 5);
  const one = denoising.replacedTokens({ ...base, weight: 1 });
  const { discriminator, generator } = params;
  const lossAt = (changed: Partial<Params>) => objective(one, { ...params, ...changed }, text).loss;
  expectGradientMatchesFiniteDifferences(
    (kernel) =>
      lossAt({
        discriminator: {
          ...discriminator,
          judge: {
            ...discriminator.judge,
            out: { ...discriminator.judge.out, kernel } as typeof discriminator.judge.out,
          },
        },
      }),
    discriminator.judge.out.kernel,
  );
  // The generator's own term: where it changes the words drawn, the other jumps, and has no
  // derivative to be compared with.
  const alone = denoising.replacedTokens({ ...base, weight: 0 });
  expectGradientMatchesFiniteDifferences(
    (bias) =>
      objective(
        alone,
        { ...params, generator: { ...generator, bias: bias as typeof generator.bias } },
        text,
      ).loss,
    generator.bias,
  );
});

test('padding is never filled in, and changes neither loss', () => {
  const padded = denoising.replacedTokens({ ...base, padding: 0 });
  const { params } = padded.init(random.key(2));
  const short = counting(6, 5).slice([0, 0], [6, 5]);
  const wide = tf.pad(short, [
    [0, 0],
    [0, 3],
  ]) as Tokens;
  for (const seed of [1, 2, 3]) {
    const { tokens, replaced } = padded.corrupt(params, wide, random.key(seed));
    expect(tokens.slice([0, 5], [6, 3]).abs().sum().dataSync()[0]).toBe(0);
    expect(replaced.slice([0, 5], [6, 3]).sum().dataSync()[0]).toBe(0);
  }
  const [a, b] = [
    values(padded.detect(params, short)),
    values(padded.detect(params, wide).slice([0, 0], [6, 5])),
  ];
  a.forEach((value, i) => expect(b[i]).toBeCloseTo(value, 4));
  // Its mean is over the five words of each row: with constant logits it stays log 2.
  expect(
    objective(padded, zeroed(params), wide).metrics['discriminator']!.dataSync()[0],
  ).toBeCloseTo(Math.log(2), 6);
  values(padded.embed(params, short)).forEach((value, i) =>
    expect(values(padded.embed(params, wide))[i]).toBeCloseTo(value, 4),
  );
});

test('the energy of a word is the logit that it was replaced, in its place', () => {
  const { params } = method.init(random.key(1));
  const text = counting(3, 3);
  const hidden = tf.tidy(() =>
    tf
      .where(tf.range(0, length, 1, 'int32').equal(tf.scalar(5, 'int32')), tf.onesLike(text), text)
      .toInt(),
  );
  const truth = text.slice([0, 5], [3, 1]).reshape([3]);
  const logits = values(method.detect(params, text).slice([0, 5], [3, 1]));
  values(method.energy(params, hidden, truth)).forEach((energy, i) =>
    expect(energy).toBeCloseTo(logits[i]!, 5),
  );
});

test('learns to see which word does not belong, and gives it the higher energy', async () => {
  const trained = await train({
    method,
    data: { tokens: counting(512, 1) },
    batch: 64,
    steps: 150,
    display: 'none',
    optimizer: optim.adam({ learningRate: 1e-2 }),
  });
  const text = counting(200, 9);
  const { tokens, replaced } = denoising.substituteTokens(text, random.key(7), {
    rate: 0.15,
    words: base.masking.words,
  });
  const right = method
    .detect(trained.params, tokens)
    .greater(0)
    .toFloat()
    .equal(replaced)
    .toFloat()
    .mean()
    .dataSync()[0]!;
  expect(right).toBeGreaterThan(0.93); // all "original" would be right for 0.86 of them
  expect(trained.history.metrics['spotted']!.at(-1)).toBeGreaterThan(0.5);
  trained.dispose();
});

test('the same key spoils alike, compiled or not; another key does not; no tensor is left', () => {
  const { params } = method.init(random.key(1));
  const text = counting(16, 1);
  const compiled = compile((p: Params, x: Tokens, key: random.Key) => ({
    ...method.corrupt(p, x, key),
  }));
  const [a, b, c] = [
    method.corrupt(params, text, random.key(6)),
    compiled(params, text, random.key(6)),
    method.corrupt(params, text, random.key(7)),
  ];
  expect(values(b.tokens)).toEqual(values(a.tokens));
  expect(values(c.tokens)).not.toEqual(values(a.tokens));
  const [key, words] = [
    random.key(2),
    tf.tensor1d(
      Array.from({ length: 16 }, () => 5),
      'int32',
    ),
  ];
  expectNoLeak(() => tf.tidy(() => void method.objective(params, { tokens: text }, key, {})));
  expectNoLeak(() => method.energy(params, text, words).dispose());
  expectNoLeak(() => method.detect(params, text).dispose());
  expectNoLeak(() => tf.dispose({ ...method.corrupt(params, text, key) }));
  expectNoLeak(() => tree.dispose(method.init(key).params));
});

test('says what is wrong with its arguments', () => {
  expect(() => denoising.replacedTokens({ ...base, weight: -1 })).toThrow(
    'replacedTokens: weight: -1 given',
  );
  expect(() =>
    method.detect(method.init(random.key(1)).params, tf.zeros([1, length + 1], 'int32')),
  ).toThrow(`length ${length + 1} given`);
});
