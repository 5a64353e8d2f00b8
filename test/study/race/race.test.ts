import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  augment,
  measure,
  newestRecord,
  race,
  random,
  tf,
  TrainingDiverged,
  tree,
} from 'dark-matter';
import { afterAll, describe, expect, it } from 'vitest';
import { tinyImageSets } from '../../helpers/imageSets';

const root = mkdtempSync(join(tmpdir(), 'race-test-'));
/** Two classes, bright above or below, of 8 x 8 pixels. */
function part(n: number, seed: number) {
  const labels = Int32Array.from({ length: n }, (_, i) => i % 2);
  const bright = Array.from(labels, (c) =>
    Array.from({ length: 64 }, (_, j) => (j < 32 === (c === 0) ? 0.7 : 0)),
  );
  const images = tf.tidy(() =>
    tf
      .tensor2d(bright)
      .add(random.uniform(random.key(seed), [n, 64]).mul(0.3))
      .reshape([n, 8, 8, 1]),
  );
  return {
    images: images as race.RaceImages['learn']['images'],
    labels: tf.tensor1d(labels, 'int32'),
  };
}
const images: race.RaceImages = {
  name: 'digits',
  learn: part(120, 0),
  validation: part(40, 1),
  test: part(60, 2),
  classes: ['above', 'below'],
  side: 8,
  channels: 1,
  pixels: { mean: 0.3, std: 0.3 },
  view: augment.shift(0.1),
};
const { learn, validation, test } = images;
afterAll(() => {
  tree.dispose([learn, validation, test]);
  rmSync(root, { recursive: true });
});

const turn = {
  seed: 0,
  sets: { train: learn, test },
  signal: undefined,
  first: true,
  progress: () => undefined,
};
const training = { learn, view: images.view, batch: 80 };

describe('every row', () => {
  const rows = race.field(images);

  it.each(Object.keys(rows))(
    '%s learns, has features of the one width, and no leak',
    async (name) => {
      const entry = rows[name]!;
      const knob = entry.knob?.values[0] ?? 0;
      const once = async (rate: number) => {
        const row = entry.contestant({ rate, knob }, { ...training, steps: 2 });
        const ready = await row.ready(turn);
        const features = ready.represent!(turn.sets);
        const found = features.test.features;
        expect(found.shape).toEqual([60, race.features]);
        expect(tf.tidy(() => found.isFinite().all().dataSync()[0])).toBe(1);
        const values = found.dataSync();
        features.dispose();
        ready.dispose();
        tree.dispose(ready.params ?? []);
        return values;
      };
      const still = await once(0);
      const before = tf.memory().numTensors;
      const moved = await once(0.003);
      expect(tf.memory().numTensors).toBe(before);
      expect(Math.max(...moved.map((value, i) => Math.abs(value - still[i]!)))).toBeGreaterThan(
        1e-3,
      );
    },
  );

  it.each(Object.entries(rows).filter(([, { knob }]) => knob))(
    'of %s can be made with each value of its knob, which differ',
    (_, { contestant, knob }) => {
      expect(new Set(knob!.values).size).toBe(3);
      for (const value of knob!.values)
        expect(contestant({ rate: 0.01, knob: value }, { ...training, steps: 2 }).trained).toBe(
          true,
        );
    },
  );

  it('to beat has the one width too', async () => {
    for (const [name, contestant] of Object.entries(race.toBeat(images))) {
      // 64 pixels have no 128 components.
      if (name.startsWith('PCA')) continue;
      const ready = await contestant.ready(turn);
      const features = ready.represent!(turn.sets);
      expect(features.test.features.shape).toEqual([60, race.features]);
      features.dispose();
      ready.dispose();
    }
  });

  it('shows a film of its network, features and energy, from before the first step on', async () => {
    const film = {
      every: 1,
      of: ({ features, energy }: race.Network) =>
        tf.tidy(() => ({
          width: features(test.images).shape[1],
          itself: energy(test.images, test.images).abs().max().dataSync()[0]!,
        })),
    };
    const run = { ...training, steps: 2, film };
    const ready = await rows['SimCLR']!.contestant({ rate: 0.003, knob: 0.2 }, run).ready(turn);
    expect(ready.film!.map(({ step, width }) => [step, width])).toEqual([
      [0, 128],
      [1, 128],
      [2, 128],
    ]);
    for (const { itself } of ready.film!) expect(itself).toBeLessThan(1e-5);
    ready.dispose();
    tree.dispose(ready.params ?? []);
  });

  describe.each(['DeepCluster', 'DeeperCluster'])('%s, which trains in rounds,', (name) => {
    const row = (
      rate: number,
      run: { steps: number; film?: race.Run<{ values: number[] }>['film'] },
    ) => rows[name]!.contestant({ rate, knob: 2 }, { ...training, ...run });

    it('makes the nearest number of updates that its rounds divide, and says so', () => {
      expect(row(0.003, { steps: 200 }).settings).toMatchObject({ updates: 200, rounds: 4 });
      expect(row(0.003, { steps: 130 }).settings).toMatchObject({ updates: 129, rounds: 3 });
    });

    it('has one falling learning rate over all rounds, and a film of every step asked for', async () => {
      const of = ({ features }: race.Network) => ({
        values: tf.tidy(() => Array.from(features(test.images).dataSync())),
      });
      const ready = await row(0.003, { steps: 76, film: { every: 1, of } }).ready(turn);
      const frames = ready.film!;
      expect(frames.map(({ step }) => step)).toEqual(Array.from({ length: 77 }, (_, i) => i));
      const moves = frames
        .slice(1)
        .map(({ values }, i) =>
          measure.mean(values.map((value, j) => Math.abs(value - frames[i]!.values[j]!))),
        );
      // The last rate is a thousandth of the highest; the second of two rounds begins at update 39.
      expect(moves.at(-1)).toBeLessThan(0.05 * Math.max(...moves.slice(38)));
      expect(moves.at(-1)).toBeGreaterThan(0);
      ready.dispose();
      tree.dispose(ready.params ?? []);
    });

    it('diverges as the others do: not chosen, and no tensor is left', async () => {
      const before = tf.memory().numTensors;
      const given = {
        name,
        contestant: ({ rate }: race.Choice) => row(rate, { steps: 2 }),
        data: { learn, validation },
        study: { name: '99-x', folder: root },
      };
      expect((await race.search({ ...given, rates: [1e30, 0.003] })).rate).toBe(0.003);
      await expect(race.search({ ...given, rates: [1e30] })).rejects.toThrow(
        `rates: 1e+30 given, at each of which the training of ${name} diverges`,
      );
      await expect(row(1e30, { steps: 2 }).ready(turn)).rejects.toThrow(TrainingDiverged);
      expect(tf.memory().numTensors).toBe(before);
    });
  });
});

describe('a race', () => {
  const options = {
    rows: ['SimCLR'],
    steps: { short: 2, long: 3 },
    batch: 80,
    rates: [0.003, 0.001],
    folder: root,
    codeHash: 'c',
  };
  const linesOf = async (name: string) => measure.readResults(name, { folder: root });
  const names = ['race-tuning-digits', 'race-short-digits', 'race-long-digits'];

  it('made in pieces repeats no training, and its record is whole', async () => {
    await race.run(images, { ...options, seeds: [0] });
    const first = await Promise.all(names.map(linesOf));
    // Two rates, then the knob's two other values; then the one seed at each length.
    expect(first.map(({ length }) => length)).toEqual([4, 1, 1]);
    await race.run(images, { ...options, seeds: [0, 1] });
    const second = await Promise.all(names.map(linesOf));
    expect(second.map(({ length }) => length)).toEqual([4, 2, 2]);
    expect(second.map((lines, i) => lines.slice(0, first[i]!.length))).toEqual(first);
    const record = await newestRecord('race-short-digits', {
      folder: root,
      codeHash: 'c',
      seeds: 2,
    });
    expect(record!.values('SimCLR', 'linear, %')).toHaveLength(2);
    expect(record!.values('SimCLR', 'updates')).toEqual([2, 2]);
    expect(Math.min(...record!.values('SimCLR', 'training, core-s'))).toBeGreaterThan(0);
    expect(record!.changed).toBe(false);
  });

  it('has two lengths that differ in nothing but steps', async () => {
    const [short, long] = await Promise.all(
      names.slice(1).map((name) => newestRecord(name, { folder: root, codeHash: 'c', seeds: 2 })),
    );
    expect(long!.settings).toEqual({ ...short!.settings, steps: 3 });
    for (const figure of ['learning rate', 'knob'])
      expect(long!.values('SimCLR', figure)).toEqual(short!.values('SimCLR', figure));
  });

  it('chooses by the validation part alone: that of the greatest score in the record', async () => {
    const tried = (await linesOf(names[0]!)).flatMap(({ figures }) =>
      Object.entries(figures).map(
        ([row, of]) => [row, of['linear on validation, %']![0]!] as const,
      ),
    );
    const most = Math.max(...tried.map(([, score]) => score));
    const [[row]] = tried.filter(([, score]) => score === most) as [readonly [string, number]];
    const [line] = await linesOf(names[1]!);
    const { 'learning rate': rate, knob } = line!.figures['SimCLR']!;
    expect(row).toBe(`SimCLR, rate ${rate![0]}, temperature ${knob![0]}`);
  });

  it('is read back, and where there is none the command that makes it is told', async () => {
    const read = await race.record('digits', 'long', { folder: root, codeHash: 'c', seeds: 2 });
    expect(Object.keys(read.figures)).toEqual(['SimCLR']);
    await expect(race.record('emoji', 'long', { folder: root })).rejects.toThrow(
      'none of emoji, long, with 5 seeds: npm run race -- --data emoji',
    );
    await expect(race.record('digit' as 'digits', 'long')).rejects.toThrow(
      "record: set: 'digit' given, 'digits' or ",
    );
    await expect(race.record('digits', 'middle' as 'long')).rejects.toThrow(
      "record: length: 'middle' given, 'short' or 'long' expected",
    );
  });

  it('of a row that there is not is none', async () => {
    await expect(race.run(images, { ...options, rows: ['SimCLr'] })).rejects.toThrow(
      "rows: 'SimCLr' given, some of baselines | supervised | ",
    );
  });
});

describe('a landscape', () => {
  const network = {
    features: () => tf.zeros([1, 1]) as ReturnType<race.Network['features']>,
    /** How far the brightest columns are apart, in pixels. */
    energy: (x: Parameters<race.Network['energy']>[0], y: typeof x) =>
      tf.tidy(
        () =>
          tf
            .sub(x.sum([1, 3]).argMax(1), y.sum([1, 3]).argMax(1))
            .abs()
            .toFloat() as ReturnType<race.Network['energy']>,
      ),
  };
  /** A bright column each, at 3, 3 and 5. */
  const columns = tf.tidy(() =>
    tf.tile(tf.oneHot([3, 3, 5], 8).toFloat().reshape([3, 1, 8, 1]), [1, 8, 1, 1]),
  ) as race.RaceImages['learn']['images'];
  afterAll(() => columns.dispose());

  it('is in the energy’s unit: pixels of a shift to the right, and of other images', () => {
    const look = race.landscape(columns, { turns: [0], shifts: [-2, 0, 1] });
    expect(look(network)).toEqual({ energies: [[2, 0, 1]], others: (0 + 2 + 2) / 3 });
  });

  it('turns counter-clockwise: what was a column on the right is a row above', () => {
    const seen: (readonly number[])[] = [];
    const watch = {
      ...network,
      energy: (x: Parameters<race.Network['energy']>[0], y: typeof x) => {
        seen.push(Array.from(tf.tidy(() => y.slice(2, 1).sum([0, 2, 3]).round().dataSync())));
        return network.energy(x, y);
      },
    };
    race.landscape(columns, { turns: [90], shifts: [0] })(watch);
    expect(seen[0]).toEqual([0, 0, 8, 0, 0, 0, 0, 0]);
  });

  it('leaves no tensors behind', () => {
    const look = race.landscape(columns, { turns: [0, 30], shifts: [0, 1] });
    look(network);
    const before = tf.memory().numTensors;
    look(network);
    expect(tf.memory().numTensors).toBe(before);
    const without = (): never => {
      throw new Error('no energy of pairs');
    };
    expect(() => look({ ...network, energy: without })).toThrow('no energy of pairs');
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the parts of a set', () => {
  /** One of each picture, of its pixels. */
  const digests = (all: race.RaceImages['learn']['images']): string[] => {
    const [values, size] = [all.dataSync(), all.size / all.shape[0]];
    return Array.from({ length: all.shape[0] }, (_, i) =>
      createHash('sha1')
        .update(values.slice(i * size, (i + 1) * size))
        .digest('hex'),
    );
  };

  it('of digits are disjoint, with equal shares of each class', async () => {
    const made = await race.images('digits', { learn: 300, validation: 100, test: 100 });
    const rows = [made.learn, made.validation, made.test].map(({ images: all }) =>
      (all.reshape([all.shape[0], -1]).arraySync() as number[][]).map((row) => row.join()),
    );
    expect(new Set(rows.flat()).size).toBe(500);
    const counts = tf.tidy(() => tf.bincount(made.validation.labels, [], 10).dataSync());
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(3);
    tree.dispose([made.learn, made.validation, made.test]);
  });

  it.each(['fashionMnist', 'cifar10'] as const)('of %s come from its files', async (name) => {
    const files = tinyImageSets();
    try {
      const made = await race.images(name, { learn: 60, validation: 30, test: 20 });
      const { side, channels } = made;
      expect(made.learn.images.shape).toEqual([60, side, side, channels]);
      expect([made.validation.labels.size, made.test.labels.size]).toEqual([30, 20]);
      tree.dispose([made.learn, made.validation, made.test]);
      await expect(race.images(name, { learn: 90, validation: 20, test: 20 })).rejects.toThrow(
        'train: 110 given, at most 100 expected',
      );
    } finally {
      files.remove();
    }
  });

  it('of emoji are four artists’ drawings of the ideas that each part has, in colour', async () => {
    const made = await race.images('emoji');
    expect([made.learn, made.validation, made.test].map(({ labels }) => labels.size)).toEqual([
      3956, 800, 1600,
    ]);
    expect([made.side, made.channels, made.classes.length]).toEqual([32, 3, 9]);
    const [own, held, judging] = [made.learn, made.validation, made.test].map(
      ({ images: all }) => new Set(digests(all)),
    ) as [Set<string>, Set<string>, Set<string>];
    expect([...held, ...judging].filter((picture) => own.has(picture))).toEqual([]);
    expect([...judging].filter((picture) => held.has(picture))).toEqual([]);
    tree.dispose([made.learn, made.validation, made.test]);
  });
});
