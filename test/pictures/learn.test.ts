import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as random from '../../lib/core/random';
import { readLabels } from '../../lib/pictures/labelsFile';
import { learn } from '../../lib/pictures/learn';
import { fromTensor } from '../../lib/pictures/pictureSource';
import { discs, newFolder } from './support';

const source = discs(64);
const text = [
  'file,label',
  ...source.files.slice(0, 24).map((file, i) => `${file},${source.classes![i % 4]}`),
].join('\n');
const labels = readLabels(text, source.files);

describe('learn', () => {
  it(
    'leaves everything in its folder, and says what it is worth',
    { timeout: 120_000 },
    async () => {
      const out = join(newFolder(), 'made', 'on the way');
      const said: string[] = [];
      const learned = await learn(source, {
        out,
        steps: 6,
        labels,
        say: (line) => said.push(line),
      });
      expect(readdirSync(out).sort()).toEqual([
        'checkpoints',
        'embeddings.csv',
        'embeddings.parquet',
        'embeddings.safetensors',
        'encoder',
        'encoder.safetensors',
        'index.html',
        'learn.json',
        'predictions.csv',
        'report.json',
      ]);
      expect(learned.interrupted).toBe(false);
      for (const file of learned.files) expect(existsSync(file)).toBe(true);
      const all = learned.sentences.join('\n');
      expect(all).toContain('SimCLR learned from 52 pictures in 6 steps');
      expect(all).toMatch(/raw pixels/);
      expect(all).toMatch(/5-fold cross-validation\) it is right in [\d.]+% \(95% interval/);
      const report = JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as {
        comparison: { scores: { name: string }[] }[];
      };
      expect(report.comparison).toHaveLength(4);
      expect(report.comparison[0]!.scores.map(({ name }) => name)).toContain('raw pixels');
    },
  );

  it(
    'stopped by a signal writes what there is, and ends where an uninterrupted run does',
    { timeout: 120_000 },
    async () => {
      const [whole, broken] = [newFolder(), newFolder()];
      await learn(source, { out: whole, steps: 12 });
      const stop = new AbortController();
      setTimeout(() => stop.abort(), 0);
      const first = await learn(source, {
        out: broken,
        steps: 12,
        signal: stop.signal,
      });
      expect(first.interrupted).toBe(true);
      expect(existsSync(join(broken, 'embeddings.csv'))).toBe(true);
      await learn(source, { out: broken, steps: 12 });
      const read = (folder: string, name: string) => readFileSync(join(folder, name));
      for (const name of ['embeddings.csv', 'encoder.safetensors'])
        expect(read(broken, name).equals(read(whole, name)), name).toBe(true);
    },
  );

  it('says of a collapse once, while it trains, and what to do', { timeout: 120_000 }, async () => {
    const said: string[] = [];
    const options = { out: newFolder(), steps: 120, say: (line: string) => said.push(line) };
    const { collapse } = await learn(source, { ...options, method: 'agreement' });
    expect(collapse.verdict).toBe('collapsed');
    expect(said.filter((line) => /^Collapse: .* What to do: /.test(line))).toHaveLength(1);
  });

  it('leaks nothing', { timeout: 120_000 }, async () => {
    const run = () => learn(source, { out: newFolder(), steps: 3, labels });
    await run();
    const before = tf.memory().numTensors;
    await run();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('what cannot be', () => {
  const settings = { steps: 2 };

  it('another run in the folder is refused, and stays as it is', async () => {
    const out = newFolder();
    await learn(source, { out, ...settings });
    const before = readFileSync(join(out, 'embeddings.csv'));
    await expect(learn(source, { out, ...settings, method: 'vicreg', seed: 4 })).rejects.toThrow(
      /holds another run: method is simclr there and vicreg here; seed is 0 there and 4 here/,
    );
    await expect(learn(discs(60), { out, ...settings })).rejects.toThrow('its pictures are others');
    const all = source.images();
    const turned = fromTensor(all.reverse(2)); // as many, and of the same shape
    await expect(learn(turned, { out, ...settings })).rejects.toThrow('its pictures are others');
    all.dispose();
    expect(readFileSync(join(out, 'embeddings.csv')).equals(before)).toBe(true);
  });

  it("somebody's files in the folder are refused, and stay", async () => {
    const out = newFolder();
    writeFileSync(join(out, 'novel.txt'), 'Call me Ishmael.');
    await expect(learn(source, { out, ...settings })).rejects.toThrow(
      'holds files that are no results',
    );
    expect(readdirSync(out)).toEqual(['novel.txt']);
  });

  it('a file where the folder should be, and a folder that cannot be made, are said', async () => {
    const out = join(newFolder(), 'file');
    writeFileSync(out, '');
    await expect(learn(source, { out, ...settings })).rejects.toThrow(`${out} is a file`);
    await expect(learn(source, { out: join(out, 'below'), ...settings })).rejects.toThrow(
      /cannot be written \(ENOTDIR\)/,
    );
    await expect(learn(source, { out: '/proc/none', ...settings })).rejects.toThrow(
      'cannot be written',
    );
  });

  it('one picture, and three, are too few', async () => {
    for (const [n, words] of [
      [1, '1 picture given'],
      [3, '3 pictures given'],
    ] as const) {
      const few = fromTensor(random.uniform(random.key(0), [n, 8, 8, 3]));
      const out = join(newFolder(), 'out');
      await expect(learn(few, { out, ...settings })).rejects.toThrow(
        `${words}, at least 16 expected`,
      );
      expect(existsSync(out)).toBe(false);
    }
  });

  it('a damaged learn.json is said', async () => {
    const out = newFolder();
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'learn.json'), '{');
    await expect(learn(source, { out, ...settings })).rejects.toThrow('is damaged');
  });
});
