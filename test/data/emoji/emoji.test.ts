/** The set as it is, of the packages that are installed: drawn once into a cache of this file's own. */
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { compile, data, random, tf, type Tensor2D, type Tensor4D } from 'dark-matter';
import type { EmojiPart } from '../../../lib/data/emoji';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { emojiVersions } from '../../../lib/data/emoji/packages';
import { pathOf, pictures } from '../../../lib/data/emoji/pictures';
import { expectNoLeak } from '../../helpers/memory';

const saved = process.env['DARK_MATTER_CACHE'];
const folder = mkdtempSync(join(tmpdir(), 'dark-matter-emoji-'));
const grey = [0.5, 0.5, 0.5] as const;
const everybody = data.emojiArtists;
/** One drawing for all tests that need tones or a ground on which white is not blank. */
const tones = { skinTones: true, ground: grey } as const;

const groupsOf = (parts: readonly Pick<EmojiPart, 'names' | 'groups'>[]): Map<string, string> =>
  new Map(parts.flatMap(({ names, groups }) => names.map((name, i) => [name, groups[i]!])));

beforeAll(() => {
  process.env['DARK_MATTER_CACHE'] = folder;
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterAll(() => {
  vi.restoreAllMocks();
  if (saved === undefined) delete process.env['DARK_MATTER_CACHE'];
  else process.env['DARK_MATTER_CACHE'] = saved;
  rmSync(folder, { recursive: true, force: true });
});

describe('emoji', () => {
  it('are the same ideas by four artists, in rows that belong together, of nine categories', async () => {
    const before = tf.memory().numTensors;
    const { artists, categories, train, test, dispose } = await data.emoji();
    expect(artists).toEqual(['noto', 'twemoji', 'openmoji', 'fluent']);
    expect(categories).toHaveLength(9);
    expect(test.names).toHaveLength(400);
    expect(train.names.length).toBeGreaterThan(1150);
    for (const part of [train, test]) {
      expect(new Set(part.names).size).toBe(part.names.length);
      expect(part.labels.shape).toEqual([part.names.length]);
      for (const artist of artists) {
        expect(part.images[artist].shape).toEqual([part.names.length, 32, 32, 3]);
        const [low, high] = [part.images[artist].min(), part.images[artist].max()];
        expect([low.dataSync()[0], high.dataSync()[0]]).toEqual([0, 1]);
        tf.dispose([low, high]);
      }
    }
    expect(new Set([...train.labels.dataSync(), ...test.labels.dataSync()]).size).toBe(9);
    dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('have the red apple red, by each artist, and in the category of food', async () => {
    const { categories, train, test, dispose } = await data.emoji();
    const part = train.names.includes('red-apple') ? train : test;
    const at = part.names.indexOf('red-apple');
    expect(categories[part.labels.dataSync()[at]!]).toBe('Food & Drink');
    for (const images of Object.values(part.images)) {
      const [red, green, blue] = tf.tidy(() => images.slice(at, 1).mean([0, 1, 2]).dataSync());
      expect(red).toBeGreaterThan(1.2 * green!);
      expect(red).toBeGreaterThan(1.2 * blue!);
    }
    dispose();
  });

  it('with another seed are parted otherwise, with the same alike; the ideas are the same', async () => {
    const [a, again, other] = await Promise.all([0, 0, 1].map((seed) => data.emoji({ seed })));
    expect(again!.test.names).toEqual(a!.test.names);
    expect(other!.test.names).not.toEqual(a!.test.names);
    const all = ({ train, test }: typeof other & {}) => [...train.names, ...test.names].sort();
    expect(all(other!)).toEqual(all(a!));
    for (const set of [a, again, other]) set!.dispose();
  });

  it('come in skin tones where asked for, each in the group of the yellow one', async () => {
    const { train, test, dispose } = await data.emoji(tones);
    expect(train.names.length + test.names.length).toBeGreaterThan(3000);
    const groups = groupsOf([train, test]);
    for (const tone of ['light', 'medium-light', 'medium', 'medium-dark', 'dark']) {
      expect(groups.get(`waving-hand-${tone}-skin-tone`)).toBe('hand');
      expect(groups.get(`woman-farmer-${tone}-skin-tone`)).toBe('farmer');
    }
    for (const [name, group] of groups)
      if (name.endsWith('-skin-tone'))
        expect(group).toBe(
          groups.get(name.replace(/(-(light|medium|dark))+-skin-tone$/, '')) ?? group,
        );
    expect([...groups.values()].filter((group) => group.endsWith('-skin-tone'))).toEqual([]);
    dispose();
  });

  it('can be set aside to tune on: from the training part, by group, and the test part stays', async () => {
    const [whole, tuned] = await Promise.all([data.emoji(), data.emoji({ validation: 150 })]);
    expect(whole.validation).toBeUndefined();
    const { train, validation, test } = tuned;
    expect(test.names).toEqual(whole.test.names);
    expect(validation!.names).toHaveLength(150);
    expect([...train.names, ...validation!.names].sort()).toEqual([...whole.train.names].sort());
    const groups = new Set(train.groups);
    expect(validation!.groups.filter((group) => groups.has(group))).toEqual([]);
    // Its rows are theirs: a picture is that of its name.
    const name = validation!.names[7]!;
    const at = whole.train.names.indexOf(name);
    const apart = tf.tidy(
      () =>
        whole.train.images.fluent
          .slice(at, 1)
          .sub(validation!.images.fluent.slice(7, 1))
          .abs()
          .max()
          .dataSync()[0],
    );
    expect(apart).toBe(0);
    whole.dispose();
    tuned.dispose();
  });

  it('of one group are in one part: skins, sexes, hair, directions, clocks, signs, hands, faces', async () => {
    for (const options of [{}, { test: 700, seed: 3 }, { ...tones, seed: 1 }]) {
      const { train, test, dispose } = await data.emoji(options);
      const [here, there] = [new Set(train.groups), new Set(test.groups)];
      expect([...there].filter((group) => here.has(group))).toEqual([]);
      dispose();
    }
    const { train, test, dispose } = await data.emoji();
    const groups = groupsOf([train, test]);
    for (const [one, other] of [
      ['man-farmer', 'woman-farmer'],
      ['farmer', 'man-farmer'],
      ['woman-running', 'man-running-facing-right'],
      ['person-red-hair', 'man-bald'],
      ['one-oclock', 'ten-thirty'],
      ['keycap-1', 'keycap-9'],
      ['thumbs-up', 'thumbs-down'],
      ['grinning-face', 'smiling-face'],
      ['blue-heart', 'green-heart'],
      ['black-flag', 'pirate-flag'],
      ['mermaid', 'merman'],
      ['santa-claus', 'mrs-claus'],
    ] as const) {
      expect(groups.get(one), one).toBeDefined();
      expect(groups.get(one), `${one}, ${other}`).toBe(groups.get(other));
    }
    for (const [one, other] of [
      ['dog', 'cat'],
      ['palm-tree', 'thumbs-up'],
      ['old-key', 'old-man'],
      ['farmer', 'teacher'],
      ['red-apple', 'green-apple'],
    ] as const)
      expect(groups.get(one), `${one}, ${other}`).not.toBe(groups.get(other));
    dispose();
  });

  it.each([
    ['four artists, in all skin tones', { artists: undefined, skinTones: true }],
    ['five artists', { artists: everybody, skinTones: true }],
    ['the artists of flags', { artists: ['twemoji', 'openmoji', 'emojione'], skinTones: true }],
  ] as const)(
    'of two groups are never nearly the same picture by the same artist: cosine at most 0.96 on grey: %s',
    async (_name, options) => {
      const { artists, train, test, dispose } = await data.emoji({ ...tones, ...options });
      const names = [...train.names, ...test.names];
      const groups = [...train.groups, ...test.groups];
      const kinds = [...new Set(groups)];
      const place = tf.tensor1d(
        groups.map((group) => kinds.indexOf(group)),
        'int32',
      );
      for (const artist of artists) {
        const alike = tf.tidy(() => {
          const x = tf.concat([train.images[artist], test.images[artist]], 0);
          const flat = x.reshape([names.length, -1]) as Tensor2D;
          const centred = flat.sub(flat.mean(0));
          const unit = centred.div(centred.norm(2, 1, true)) as Tensor2D;
          const parted = place.expandDims(1).notEqual(place.expandDims(0)).toFloat();
          const cosine = tf.matMul(unit, unit, false, true).mul(parted);
          return [cosine.max(1).dataSync(), cosine.argMax(1).dataSync()] as const;
        });
        const found = names.flatMap((name, i) =>
          alike[0][i]! > 0.96 ? [`${artist}: ${name}, ${names[alike[1][i]!]}`] : [],
        );
        expect(found).toEqual([]);
      }
      place.dispose();
      dispose();
    },
  );

  it('that resvg cannot draw cost themselves: they are named, and no idea of the set', async () => {
    const { train, test, undrawn, dispose } = await data.emoji({ artists: ['noto', 'fluent'] });
    expect(undrawn.map(({ artist, name }) => `${artist} ${name}`).sort()).toEqual([
      'noto package',
      'noto rainbow-flag',
    ]);
    for (const { name, reason } of undrawn) {
      expect(reason).toMatch(/resvg ended/);
      expect([...train.names, ...test.names]).not.toContain(name);
    }
    dispose();
    const others = await data.emoji({ artists: ['twemoji', 'fluent'] });
    expect(others.undrawn).toEqual([]);
    expect([...others.train.names, ...others.test.names]).toContain('package');
    others.dispose();
  });

  it('stand on the ground asked for: its colour is in the corners of a round thing', async () => {
    const { train, test, dispose } = await data.emoji({ ground: grey });
    const part = train.names.includes('red-circle') ? train : test;
    const corner = tf.tidy(() =>
      part.images.twemoji.slice([part.names.indexOf('red-circle'), 0, 0], [1, 1, 1]).dataSync(),
    );
    for (const value of corner) expect(value).toBeCloseTo(128 / 255, 6);
    dispose();
  });

  it.each([
    [{ artists: ['noto'] }, /artists: \[noto\] given, two or more different ones expected/],
    [{ artists: ['noto', 'noto'] }, /two or more different ones/],
    [{ artists: ['noto', 'apple'] }, /artists: 'apple' given, 'noto' or 'twemoji' or/],
    [{ side: 4 }, /side: 4 given, a whole number at least 8 and at most 128/],
    [{ side: 32.5 }, /side: 32.5 given/],
    [{ ground: 'grey' }, /ground: "grey" given, 'white', 'black' or \[red/],
    [{ ground: [0, 0, 300] }, /ground: \[0,0,300\] given/],
    [{ test: 0 }, /test: 0 given, a whole number at least 1/],
    [{ test: 1600 }, /test: 1600 given, at most \d+ expected/],
    [{ validation: 1150 }, /validation: 1150 given, at most \d+ expected/],
    [{ seed: 0.5 }, /seed: 0.5 given/],
  ])('refuse %j', async (options, message) => {
    await expect(data.emoji(options as never)).rejects.toThrow(message);
  });
});

describe('the file of the pictures', () => {
  const options = { side: 8, ground: [255, 255, 255], skinTones: false } as const;

  it('is written whole, and read from then on; one that was cut short is drawn anew', async () => {
    const told: string[] = [];
    const tell = (line: string) => void told.push(line);
    const first = await pictures(options, tell);
    expect(told.at(-1)).toMatch(/2 could not be drawn: noto's rainbow-flag, noto's package/);
    const path = pathOf(options, await emojiVersions());
    const size = statSync(path).size;
    expect(readdirSync(dirname(path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    told.length = 0;
    const second = await pictures(options, tell);
    expect(told).toEqual([]);
    expect(Buffer.compare(second.pixels, first.pixels)).toBe(0);
    expect(second.ideas).toEqual(first.ideas);
    expect(second.undrawn).toEqual(first.undrawn);
    for (const cut of [size - 1, 1000, 3, 0]) {
      truncateSync(path, cut);
      told.length = 0;
      const again = await pictures(options, tell);
      expect(told.length).toBeGreaterThan(0);
      expect(Buffer.compare(again.pixels, first.pixels)).toBe(0);
      expect(statSync(path).size).toBe(size);
    }
  });

  it('is another for other sides, grounds, tones, and for other versions of any package', async () => {
    const versions = await emojiVersions();
    expect(versions).toHaveLength(data.emojiArtists.length + 1);
    const paths = [
      pathOf(options, versions),
      pathOf({ ...options, side: 9 }, versions),
      pathOf({ ...options, ground: [255, 255, 254] }, versions),
      pathOf({ ...options, skinTones: true }, versions),
      ...versions.map((_, i) =>
        pathOf(
          options,
          versions.map((version, j) => (i === j ? `${version}-other` : version)),
        ),
      ),
    ];
    expect(new Set(paths).size).toBe(paths.length);
    expect(pathOf({ ...options }, [...versions])).toBe(paths[0]);
  });

  it('that cannot be written costs the next run its time, and this one nothing', async () => {
    const kept = process.env['DARK_MATTER_CACHE'];
    const blocked = join(folder, 'a-file');
    writeFileSync(blocked, '');
    process.env['DARK_MATTER_CACHE'] = blocked;
    const told: string[] = [];
    try {
      const { ideas } = await pictures(options, (line) => void told.push(line));
      expect(ideas.length).toBeGreaterThan(1500);
      expect(told.at(-1)).toMatch(/cannot be kept in .*a-file/);
    } finally {
      process.env['DARK_MATTER_CACHE'] = kept;
    }
  });
});

describe('artistPair', () => {
  /** Pictures whose one pixel says whose they are and of which idea: 100 artist + idea. */
  const told = (artists: number, batch: number): Record<string, Tensor4D> =>
    Object.fromEntries(
      Array.from({ length: artists }, (_, a) => [
        `artist${a}`,
        tf
          .range(0, batch)
          .add(100 * a)
          .reshape([batch, 1, 1, 1]) as Tensor4D,
      ]),
    );

  it('gives each idea by two different artists, all pairs equally often', () => {
    const images = told(3, 90);
    const seen: Record<string, number> = {};
    for (let seed = 0; seed < 20; seed++) {
      const { x, y } = data.artistPair(images, random.key(seed));
      const [xs, ys] = [x.dataSync(), y.dataSync()];
      for (let i = 0; i < 90; i++) {
        expect([xs[i]! % 100, ys[i]! % 100]).toEqual([i, i]);
        const pair = `${Math.floor(xs[i]! / 100)} ${Math.floor(ys[i]! / 100)}`;
        seen[pair] = (seen[pair] ?? 0) + 1;
      }
    }
    expect(Object.keys(seen).sort()).toEqual(['0 1', '0 2', '1 0', '1 2', '2 0', '2 1']);
    // 1800 draws among six: 300 each, give or take five standard deviations of 15.8.
    for (const times of Object.values(seen)) expect(Math.abs(times - 300)).toBeLessThan(79);
  });

  it('draws the same within a compiled step as outside, and anew with each key', async () => {
    const images = told(4, 50);
    const step = compile((given: typeof images, key: random.Key) => data.artistPair(given, key));
    for (const seed of [0, 1]) {
      const [there, here] = [
        step(images, random.key(seed)),
        data.artistPair(images, random.key(seed)),
      ];
      expect(there.x.dataSync()).toEqual(here.x.dataSync());
      expect(there.y.dataSync()).toEqual(here.y.dataSync());
    }
    const [a, b] = [0, 1].map((seed) => data.artistPair(images, random.key(seed)).x.dataSync());
    expect(a).not.toEqual(b);
  });

  it('leaves no tensor but its two, and refuses one artist and pictures that do not belong together', () => {
    const images = told(2, 5);
    const key = random.key(0);
    expectNoLeak(() => tf.dispose(Object.values(data.artistPair(images, key))));
    expect(() => data.artistPair(told(1, 5), key)).toThrow(/two or more artists expected/);
    expect(() => data.artistPair({ ...told(1, 5), other: tf.zeros([4, 1, 1, 1]) }, key)).toThrow(
      /images.other: shape \[4, 1, 1, 1\] given, \[5, 1, 1, 1\] expected/,
    );
  });
});

describe('unseenArtist', () => {
  it('takes an artist out of the training part, and leaves the test part whole', async () => {
    const set = await data.emoji({ test: 50 });
    const { train, test, seen, unseen } = data.unseenArtist(set, 'openmoji');
    expect(Object.keys(train.images)).toEqual(['noto', 'twemoji', 'fluent']);
    expect([seen, unseen]).toEqual([['noto', 'twemoji', 'fluent'], 'openmoji']);
    expect(train.names).toEqual(set.train.names);
    expect(test).toBe(set.test);
    expect(() => data.unseenArtist(set, 'emojione' as 'noto')).toThrow(
      /'emojione' given, one of noto/,
    );
    set.dispose();
  });

  it('needs two others to learn from', async () => {
    const set = await data.emoji({ artists: ['noto', 'twemoji'], test: 50 });
    expect(() => data.unseenArtist(set, 'noto')).toThrow(/two others expected to learn from/);
    set.dispose();
  });
});

describe('emojiByCategory', () => {
  it('labels every picture by its category, and parts ideas, not pictures', async () => {
    const before = tf.memory().numTensors;
    const { train, test, classes } = await data.emojiByCategory();
    expect(classes).toEqual(data.emojiCategories);
    expect(test.images.shape).toEqual([1600, 32, 32, 3]);
    expect(train.images.shape[0]).toBe(train.labels.shape[0]);
    expect(train.images.shape[0]).toBeGreaterThan(4600);
    const set = await data.emoji();
    // Twemoji's picture of a held-out idea is in the test part and not in the training part.
    const one = set.test.images.twemoji.slice(0, 1);
    const nearest = (images: Tensor4D): number =>
      tf.tidy(() => images.sub(one).abs().max([1, 2, 3]).min().dataSync()[0]!);
    expect(nearest(test.images)).toBe(0);
    expect(nearest(train.images)).toBeGreaterThan(0.1);
    one.dispose();
    set.dispose();
    tf.dispose([train.images, train.labels, test.images, test.labels]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives as many pictures as asked for, each category with its share', async () => {
    const few = await data.emojiByCategory({ train: 500, test: 200, seed: 2 });
    const all = await data.emojiByCategory({ seed: 2 });
    expect([few.train.images.shape[0], few.test.images.shape[0]]).toEqual([500, 200]);
    const count = (labels: ArrayLike<number>, c: number): number =>
      Array.from(labels).filter((label) => label === c).length;
    const [chosen, every] = [few.train.labels.dataSync(), all.train.labels.dataSync()];
    for (let c = 0; c < 9; c++)
      expect(Math.abs(count(chosen, c) - (500 * count(every, c)) / every.length)).toBeLessThan(1);
    for (const set of [few, all])
      tf.dispose([set.train.images, set.train.labels, set.test.images, set.test.labels]);
  });

  it.each([
    [
      { train: 6000 },
      /emojiByCategory: train: 6000 given, a finite number at least 1 and at most 4\d+ expected/,
    ],
    [{ test: 1601 }, /emojiByCategory: test: 1601 given, .* at most 1600 expected/],
    [{ train: 0 }, /emojiByCategory: train: 0 given/],
  ])('refuses %j', async (options, message) => {
    await expect(data.emojiByCategory(options)).rejects.toThrow(message);
  });
});
