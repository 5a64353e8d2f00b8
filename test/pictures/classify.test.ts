import { describe, expect, it } from 'vitest';
import { tf, type Tensor2D } from '../../lib/core/engine';
import { hostGenerator } from '../../lib/core/random';
import { classify, describeClassifier } from '../../lib/pictures/classify';
import { crossValidate, softmaxRows, temperatureOf } from '../../lib/pictures/crossValidate';

/** Points of two classes around -1 and 1 in the first of `dim` directions. */
function clouds(n: number, spread: number, dim = 6, seed = 0) {
  const generator = hostGenerator(seed);
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const data = Float32Array.from({ length: n * dim }, (_, at) =>
    generator.normal(at % dim === 0 ? 2 * labels[Math.floor(at / dim)]! - 1 : 0, spread),
  );
  return { data, dim, labels };
}

describe('temperatureOf', () => {
  it('undoes a known overconfidence: labels drawn from softmax(z), logits 3 z', () => {
    const generator = hostGenerator(1);
    const [n, classes] = [20_000, 3];
    const z = Float64Array.from({ length: n * classes }, () => generator.normal(0, 1.5));
    const p = softmaxRows(z, classes);
    const labels = Int32Array.from({ length: n }, (_, i) => {
      let u = generator.uniform();
      for (let c = 0; c < classes - 1; c++) if ((u -= p[i * classes + c]!) < 0) return c;
      return classes - 1;
    });
    expect(
      temperatureOf(
        z.map((v) => 3 * v),
        labels,
        classes,
      ),
    ).toBeCloseTo(3, 0.7);
    expect(
      temperatureOf(
        z.map((v) => v / 4),
        labels,
        classes,
      ),
    ).toBeCloseTo(0.25, 1);
  });

  it('makes the mean confidence of one repeated answer equal to how often it is right', () => {
    // 100 times logits (5, 0, 0), right 70 times: p = e^(5/T) / (e^(5/T) + 2) = 0.7.
    const logits = Array.from({ length: 300 }, (_, i) => (i % 3 === 0 ? 5 : 0));
    const labels = Array.from({ length: 100 }, (_, i) => (i < 70 ? 0 : 1 + (i % 2)));
    const T = temperatureOf(logits, labels, 3);
    expect(5 / T).toBeCloseTo(Math.log((0.7 * 2) / 0.3), 4);
  });
});

describe('a few labels that are all right', () => {
  it('make it sure, and never certain: below 1 - 1 / (4 n) in the mean', () => {
    const { data, dim, labels } = clouds(400, 0.3);
    const rows = Int32Array.from({ length: 20 }, (_, i) => i);
    const few = { rows, labels: labels.slice(0, 20), classes: ['left', 'right'] };
    const { confidence, quality } = classify({ data, dim }, few);
    expect(quality!.accuracy).toBe(1);
    const mean = confidence.reduce((sum, value) => sum + value, 0) / confidence.length;
    expect(mean).toBeGreaterThan(0.8);
    expect(mean).toBeLessThan(1 - 1 / 80);
  });
});

describe('crossValidate', () => {
  it('is right where classes are far apart, and at chance where labels mean nothing', () => {
    const { data, dim, labels } = clouds(60, 0.2);
    const features = tf.tensor2d(data, [60, dim]);
    const accuracy = (y: Int32Array) =>
      crossValidate({ features, labels: y }, 2).hits.reduce((sum, hit) => sum + hit, 0) / 60;
    expect(accuracy(labels)).toBe(1);
    const shuffled = hostGenerator(5)
      .permutation(60)
      .map((i) => labels[i]!);
    expect(accuracy(shuffled)).toBeLessThan(0.7);
  });

  it('never shows a row its own label: flipping it leaves its own logits as they are', () => {
    const { data, dim, labels } = clouds(20, 1);
    const features = tf.tensor2d(data, [20, dim]);
    // As many folds as rows, so that the folds are the same however the labels are.
    const logits = (y: Int32Array) =>
      crossValidate({ features, labels: y }, 2, { folds: 20 }).logits;
    const flipped = Int32Array.from(labels);
    flipped[7] = 1 - flipped[7]!;
    const [a, b] = [logits(labels), logits(flipped)];
    expect([...a.subarray(14, 16)]).toEqual([...b.subarray(14, 16)]);
    expect([...a.subarray(0, 2)]).not.toEqual([...b.subarray(0, 2)]);
  });

  it('does not change when features are moved, scaled and turned', () => {
    const { data, dim, labels } = clouds(40, 1, 2);
    const x = tf.tensor2d(data, [40, dim]);
    const turn = tf.tensor2d([
      [0.6, -0.8],
      [0.8, 0.6],
    ]);
    const y = tf.matMul(x, turn).mul(70).add(13) as Tensor2D;
    const hits = (features: Tensor2D) => [...crossValidate({ features, labels }, 2).hits];
    expect(hits(y)).toEqual(hits(x));
  });

  it('takes more dimensions than rows, as raw pixels have', () => {
    const { data, dim, labels } = clouds(30, 0.1, 500);
    const { hits } = crossValidate({ features: tf.tensor2d(data, [30, dim]), labels }, 2);
    expect(hits.every((hit) => hit === 1)).toBe(true);
  });
});

describe('classify', () => {
  const { data, dim, labels } = clouds(400, 1);
  const rows = Int32Array.from({ length: 60 }, (_, i) => i);
  const few = { rows, labels: labels.slice(0, 60), classes: ['minus', 'plus'] };
  const said = classify({ data, dim }, few);

  it('gives each picture probabilities that sum to 1, the largest of which is its confidence', () => {
    for (let i = 0; i < 400; i++) {
      const [a, b] = [said.probabilities[2 * i]!, said.probabilities[2 * i + 1]!];
      expect(a + b).toBeCloseTo(1, 12);
      expect(said.confidence[i]).toBeCloseTo(Math.max(a, b), 6);
      expect(said.index[i]).toBe(a >= b ? 0 : 1);
    }
  });

  it('is calibrated on pictures whose labels it never saw', () => {
    const unseen = Array.from({ length: 340 }, (_, i) => i + 60);
    const right = unseen.filter((i) => said.index[i] === labels[i]).length / 340;
    const sure = unseen.reduce((sum, i) => sum + said.confidence[i]!, 0) / 340;
    expect(right).toBeGreaterThan(0.75);
    expect(Math.abs(sure - right)).toBeLessThan(0.06);
    // The error that the interval was to hold.
    const { interval } = said.quality!;
    expect(right).toBeGreaterThan(interval.low);
    expect(right).toBeLessThan(interval.high);
  });

  it('says of a labelled picture what a classifier says that did not see its label', () => {
    const wrong = { ...few, labels: few.labels.map((label, i) => (i === 3 ? 1 - label : label)) };
    const { index, confidence } = classify({ data, dim }, wrong);
    const far = classify({ data: clouds(400, 0.1).data, dim }, wrong);
    expect(far.index[3]).toBe(labels[3]); // against the label that was given
    expect(confidence[3]).toBeGreaterThan(0.5);
    expect(index).toHaveLength(400);
  });

  it('cannot tell how good it is from one label a class, and says so', () => {
    const one = {
      rows: Int32Array.of(0, 1),
      labels: Int32Array.of(0, 1),
      classes: ['minus', 'plus'],
    };
    const { quality, index } = classify({ data, dim }, one);
    expect(quality).toBeUndefined();
    expect(index).toHaveLength(400);
    expect(describeClassifier({ ...said, quality }, 2).join(' ')).toContain('cannot be told');
  });

  it('says where the labels show nothing', () => {
    const noise = {
      ...few,
      labels: hostGenerator(3)
        .permutation(60)
        .map((i) => labels[i]!),
    };
    expect(describeClassifier(classify({ data, dim }, noise), 60).join(' ')).toContain(
      'do not show that it has learned anything',
    );
    expect(describeClassifier(said, 60).join(' ')).not.toContain('do not show');
  });

  it('refuses one class, and positions that are none', () => {
    const same = { ...few, labels: new Int32Array(60) };
    expect(() => classify({ data, dim }, same)).toThrow("only 'minus' given, at least two");
    const beyond = { ...few, rows: rows.map((row) => row + 380) };
    expect(() => classify({ data, dim }, beyond)).toThrow('positions below 400');
  });

  it('leaks nothing', () => {
    const before = tf.memory().numTensors;
    classify({ data, dim }, few);
    expect(tf.memory().numTensors).toBe(before);
  });
});
