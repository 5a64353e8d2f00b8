import { random } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { tf, type Tensor2D, type Tensor4D } from '../../lib/core/engine';
import { rawPixels } from '../../lib/measure/features';
import { compareOn, describeQuestion, mcNemar, type Score } from '../../lib/pictures/comparison';
import { contenders } from '../../lib/pictures/contenders';
import { embedAll, encoderOf } from '../../lib/pictures/encoder';
import { holdOut } from '../../lib/pictures/holdOut';
import { learner } from '../../lib/pictures/learner';
import { findsLabel, findsTwin } from '../../lib/pictures/retrieval';
import { unseenChange } from '../../lib/pictures/views';
import { classes, discs } from './support';

const source = discs(120);
const simclr = learner({ shape: source.shape, width: 4 });
const parts = holdOut(source.count, { seed: 3 });
const labels = { index: source.labels!, classes };

it('a picture that is turned shows no corners that it has not: white stays white, but for the noise', () => {
  const white = tf.ones([4, 20, 30, 3]) as Tensor4D;
  const turned = unseenChange()(white, random.key(0));
  expect(turned.shape).toEqual(white.shape);
  expect(turned.min().dataSync()[0]).toBeGreaterThan(0.7);
  const ramp = tf.tile(tf.linspace(0, 1, 30).reshape([1, 1, 30, 1]), [4, 20, 1, 3]) as Tensor4D;
  expect(unseenChange()(ramp, random.key(1)).sub(ramp).abs().max().dataSync()[0]).toBeGreaterThan(
    0.2,
  );
});

describe('holdOut', () => {
  it('keeps a fifth and at most 1,000, each picture in one part', () => {
    for (const [count, held] of [
      [20, 4],
      [2000, 400],
      [30_000, 1000],
    ] as const) {
      const { train, test } = holdOut(count);
      expect([train.length, test.length]).toEqual([count - held, held]);
      expect(new Set([...train, ...test]).size).toBe(count);
    }
    expect(holdOut(50, { seed: 1 }).test).not.toEqual(holdOut(50, { seed: 2 }).test);
  });
});

describe('retrieval', () => {
  it('finds twins wherever the mean of all lies', () => {
    const bank = tf.tensor2d([
      [100, 1],
      [101, -1],
      [99, 0.5],
    ]);
    expect([...findsTwin(bank.add(0.01) as Tensor2D, bank)]).toEqual([1, 1, 1]);
    expect([...findsTwin(bank.reverse(0) as Tensor2D, bank)]).toEqual([0, 1, 0]);
    const collapsed = tf.ones([3, 2]) as Tensor2D;
    expect([...findsTwin(collapsed, collapsed)]).toEqual([0, 0, 0]);
  });

  it('a picture is no neighbour of itself', () => {
    const features = tf.tensor2d([
      [1, 0],
      [0, 1],
      [-1, 0],
      [0, -1.2],
    ]);
    // Were it one, all four would have their own label.
    const hits = findsLabel(
      { features, labels: [0, 1, 2, 3], rows: [0, 1, 2, 3] },
      { features, labels: [0, 1, 2, 3] },
    );
    expect([...hits]).toEqual([0, 0, 0, 0]);
    const stranger = findsLabel(
      { features, labels: [0, 1, 2, 3], rows: [-1, -1, -1, -1] },
      { features, labels: [0, 1, 2, 3] },
    );
    expect([...stranger]).toEqual([1, 1, 1, 1]);
  });
});

describe('the comparison', () => {
  const encoder = encoderOf(source, simclr, undefined, parts);
  const all = contenders(source, simclr, encoder, parts);
  const questions = compareOn(source, simclr, all, { test: parts.test, labels });

  it('has raw pixels, PCA and the untrained encoder beside the trained one, in every question', () => {
    expect(questions.map(({ name }) => name)).toEqual([
      'another view',
      'an unseen change',
      'nearest neighbour',
      'classifier',
    ]);
    for (const { scores, n } of questions) {
      expect(scores.map(({ name }) => name)).toEqual([
        'SimCLR',
        'untrained encoder',
        'PCA, 95',
        'raw pixels',
      ]);
      for (const { hits, score, low, high } of scores) {
        expect(hits).toHaveLength(n);
        expect(low).toBeLessThanOrEqual(score);
        expect(high).toBeGreaterThanOrEqual(score);
      }
    }
  });

  it('an encoder that was not trained is level with the untrained one, to the picture', () => {
    for (const { scores } of questions) expect(scores[0]!.hits).toEqual(scores[1]!.hits);
  });

  it('asks about pictures that nobody learned from', () => {
    expect(questions[0]).toMatchObject({ n: 24, chance: 1 / 24 });
  });

  it('no picture is its own neighbour by chance', () => {
    const { index } = labels;
    const alike = Array.from(index, (label) => index.filter((other) => other === label).length - 1);
    const expected = alike.reduce((sum, count) => sum + count / (index.length - 1), 0);
    expect(questions[2]!.name).toBe('nearest neighbour');
    expect(questions[2]!.n).toBe(index.length); // few are held out: all are asked about
    expect(questions[2]!.fairness).toContain('those of the training are asked about too');
    expect(questions[2]!.chance).toBeCloseTo(expected / index.length, 9);
  });

  it('PCA of all dimensions finds the neighbours that raw pixels find', () => {
    const few = discs(30, 4);
    const { train, test } = holdOut(few.count);
    const own = learner({ shape: few.shape, width: 4 });
    const trained = encoderOf(few, own, undefined, { train });
    const [, , pca] = [...contenders(few, own, trained, { train })];
    const images = few.images(test);
    const distance = (z: Tensor2D) =>
      tf.norm(z.slice([0, 0], [1, -1]).sub(z.slice([1, 0], [1, -1]))).dataSync()[0]!;
    // The held-out pictures lie nearly in the span of the 24 others: a projection shortens.
    expect(distance(pca!.embed(images))).toBeLessThanOrEqual(distance(rawPixels(images)) + 1e-4);
    expect(distance(pca!.embed(images))).toBeGreaterThan(0.8 * distance(rawPixels(images)));
  });

  it('leaks nothing', () => {
    const run = () => {
      const rivals = contenders(source, simclr, encoder, parts);
      compareOn(source, simclr, rivals, { test: parts.test, labels });
      rivals.dispose();
    };
    run();
    const before = tf.memory().numTensors;
    run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('embedding in chunks is embedding at once', () => {
  const embed = (images: Tensor4D) => rawPixels(images);
  const whole = embedAll(source, embed);
  expect(embedAll(source, embed, undefined, 7).data).toEqual(whole.data);
  expect(whole.dim).toBe(12 * 12 * 3);
});

describe('who won, in a sentence', () => {
  const score = (name: string, right: number, trained = false): Score => ({
    name,
    trained,
    score: right / 100,
    low: right / 100 - 0.05,
    high: right / 100 + 0.05,
    hits: Uint8Array.from({ length: 100 }, (_, i) => Number(i < right)),
  });
  const question = (scores: readonly Score[]) =>
    describeQuestion({
      name: 'x',
      counts: 'finds it',
      fairness: 'Fair.',
      n: 100,
      chance: 0.01,
      scores,
    });

  it('a baseline that wins is named first, with what to do', () => {
    const text = question([
      score('SimCLR', 60, true),
      score('PCA, 64', 62),
      score('raw pixels', 90),
    ]);
    expect(text).toContain('SimCLR finds it in 60.0% of 100 cases');
    expect(text).toContain(
      'worse than raw pixels (90.0%); with no difference shown to PCA, 64 (62.0%).',
    );
    expect(text).toContain('For this, use raw pixels rather than');
  });

  it('where the trained one wins, nothing is advised', () => {
    const text = question([score('SimCLR', 80, true), score('raw pixels', 20)]);
    expect(text).toContain('better than raw pixels (20.0%). Fair.');
    expect(text).not.toContain('For this, use');
  });

  it("McNemar's exact test: binomial over the pictures that only one got right", () => {
    const [a, b] = [score('a', 60).hits, score('b', 51).hits];
    expect(mcNemar(a, b)).toBeCloseTo(2 * 0.5 ** 9, 12);
    expect(mcNemar(a, a)).toBe(1);
  });
});
