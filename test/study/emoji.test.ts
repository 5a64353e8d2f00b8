import { data, emojiTasks, judgeEmoji, measure, representSets, tf } from 'dark-matter';
import { describe, expect, it, vi } from 'vitest';

vi.spyOn(process.stderr, 'write').mockReturnValue(true);

describe("the emoji's tasks", () => {
  it('are judged by artist in rows that belong together: raw pixels find noto in twemoji as by hand', async () => {
    const before = tf.memory().numTensors;
    const set = await data.emoji({ artists: ['noto', 'twemoji', 'openmoji'], test: 200 });
    const { data: sets, also, dispose } = emojiTasks(set);
    expect(sets.test.images.shape).toEqual([600, 32, 32, 3]);
    expect(sets.train.images.shape[0]).toBe(3 * set.train.names.length);
    const features = representSets(measure.rawPixels, { ...sets, also });
    const figures = judgeEmoji(features, { artists: set.artists, perClass: 5, draws: 2 });
    const flat = [set.test.images.noto, set.test.images.twemoji].map(measure.rawPixels);
    const byHand = measure.retrieval(flat[0]!, flat[1]!);
    tf.dispose(flat);
    expect(figures['noto to twemoji, top-1, %']).toBeCloseTo(100 * byHand.top(1), 6);
    const pairs = Object.entries(figures).filter(([name]) => name.includes(' to '));
    expect(pairs).toHaveLength(6);
    const mean = pairs.reduce((sum, [, value]) => sum + value, 0) / 6;
    expect(figures['same idea, top-1, %']).toBeCloseTo(mean, 6);
    expect(figures['same idea, top-5, %']).toBeGreaterThan(mean);
    expect(figures['5 labels a class, %']).toBeGreaterThan(100 / 9);

    const unseen = judgeEmoji(features, {
      artists: set.artists,
      groups: set.test.groups,
      unseen: 'openmoji',
      perClass: 5,
      draws: 2,
    });
    const others = pairs.filter(([name]) => !name.includes('openmoji'));
    const theirs = pairs.filter(([name]) => name.includes('openmoji'));
    const of = (some: typeof pairs): number =>
      some.reduce((sum, [, value]) => sum + value, 0) / some.length;
    expect(unseen['same idea, top-1, %']).toBeCloseTo(of(others), 6);
    expect(unseen['same idea, openmoji unseen, top-1, %']).toBeCloseTo(of(theirs), 6);
    expect(unseen['same idea, variants aside, top-1, %']).toBeGreaterThan(of(others));
    features.dispose();
    dispose();
    set.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
