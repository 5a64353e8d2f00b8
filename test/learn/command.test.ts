/** `npm run learn` as a user runs it, on folders that are fine and on folders that are not. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';
import { pictures, tf, type Tensor4D } from '../../lib/index';
import { discs } from '../pictures/support';
import { runCommand, temporaryFolder } from '../setup/support';

const learn = (args: string[], at?: (child: { kill(signal: 'SIGINT'): unknown }) => void) =>
  runCommand(cloneRoot, 'learn', args, {
    env: { DARK_MATTER_FORGOTTEN: '' },
    ...(at && { at }),
  });

/** A folder with so many pictures, a class a folder. */
async function folderOf(count: number, classes = true): Promise<string> {
  const folder = join(temporaryFolder(), 'my 写真');
  const source = discs(count, 16);
  const images = source.images();
  const names = source.files.map((file, i) =>
    classes ? `${source.classes![source.labels![i]!]}/${file}` : file,
  );
  await pictures.writePictures(folder, images, names);
  images.dispose();
  return folder;
}

describe('what cannot be learned from is said in a sentence, and ends with 2', () => {
  /** Folders of a test end with it. */
  let good: string;
  beforeEach(async () => {
    good = await folderOf(40);
  });
  const refused = async (args: string[], message: string | RegExp): Promise<void> => {
    const { code, stderr, stdout } = await learn([...args, '--steps', '2', '--side', '16']);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at .*\(/m); // no stack
    expect(stderr).toContain('npm run learn -- --help tells what there is.');
    expect([code, stdout]).toEqual([2, '']);
  };

  it('no folder, two folders, a method that there is not', async () => {
    await refused([], /FOLDER: none given/);
    await refused(['a', 'b'], /FOLDER: a, b given/);
    await refused([good, '--method', 'magic'], /--method: "magic" given, simclr, vicreg/);
  });

  it('an empty folder, and one that is not there', async () => {
    const out = join(temporaryFolder(), 'out');
    await refused([temporaryFolder(), '--out', out], /holds no picture that can be decoded/);
    await refused([join(good, 'none'), '--out', out], /FOLDER: .*none/);
    expect(existsSync(join(out, 'learn.json'))).toBe(false);
  });

  it('one picture, and three classes of one', async () => {
    const out = join(temporaryFolder(), 'out');
    await refused(
      [await folderOf(1, false), '--out', out],
      /1 picture given, at least 16 expected/,
    );
    await refused([await folderOf(3), '--out', out], /3 pictures given, at least 16 expected/);
  });

  it('labels that cannot be read, or that fit no picture', async () => {
    const table = join(temporaryFolder(), 'labels.csv');
    await refused([good, '--labels', table], /--labels: .*labels\.csv cannot be read \(ENOENT\)/);
    writeFileSync(table, 'file,label\nlost.png,a\ngone.png,b\n');
    const out = join(temporaryFolder(), 'out');
    await refused(
      [good, '--labels', table, '--out', out],
      /2 of 2 rows name no picture.*lost\.png/,
    );
  });

  it("results in a file's place, in the pictures, or among somebody's files", async () => {
    const place = temporaryFolder();
    writeFileSync(join(place, 'novel.txt'), 'Call me Ishmael.');
    await refused([good, '--out', join(place, 'novel.txt')], /is a file; a folder expected/);
    await refused([good, '--out', join(good, 'out')], /lies in the folder of the pictures/);
    await refused([good, '--out', place], /holds files that are no results/);
    expect(readdirSync(place)).toEqual(['novel.txt']);
  });
});

describe('a folder of pictures', () => {
  it(
    'is learned from; Ctrl-C keeps what there is, and the same command ends where an uninterrupted run does',
    { timeout: 180_000 },
    async () => {
      const folder = await folderOf(48);
      writeFileSync(join(folder, 'broken.jpg'), 'no picture');
      const place = temporaryFolder();
      const table = join(place, 'labels.csv');
      const named = discs(48).labels!;
      const rows = Array.from({ length: 20 }, (_, i) => `disc-${i}.png,${'ab'[named[i]! % 2]}`);
      writeFileSync(table, ['file,label', ...rows, 'lost.png,a'].join('\n'));
      const args = [folder, '--steps', '300', '--side', '16', '--labels', table];

      const [whole, broken] = [join(place, 'whole'), join(place, 'broken')];
      const first = await learn([...args, '--out', broken], (child) => {
        const signs = join(broken, 'checkpoints', 'signs.jsonl');
        const wait = setInterval(() => {
          if (!existsSync(signs) || !readFileSync(signs, 'utf8').includes('"step":15,')) return;
          clearInterval(wait);
          child.kill('SIGINT');
        }, 20);
      });
      expect(first.code).toBe(130);
      expect(first.stderr).toMatch(/Stopped after \d+ of 300 steps/);
      expect(readdirSync(broken)).toContain('embeddings.parquet');

      const second = await learn([...args, '--out', broken]);
      const straight = await learn([...args, '--out', whole]);
      expect([second.code, straight.code]).toEqual([0, 0]);
      for (const file of ['encoder.safetensors', 'embeddings.csv', 'predictions.csv'])
        expect(readFileSync(join(broken, file)).equals(readFileSync(join(whole, file))), file).toBe(
          true,
        );
      expect(straight.stdout).toMatch(/SimCLR learned from 39 pictures in 300 steps/);
      expect(straight.stdout).toMatch(/raw pixels/);
      expect(straight.stdout).toMatch(/1 of 21 rows name no picture.*lost\.png/);
      expect(straight.stdout).toMatch(/broken\.jpg/);

      expect(readFileSync(join(whole, 'index.html'), 'utf8')).toContain('disc-7.png');

      // Another run does not write over it.
      const other = await learn([...args, '--out', whole, '--method', 'vicreg']);
      expect(other.stderr).toMatch(/holds another run: method is simclr there and vicreg here/);
      expect(other.code).toBe(2);
    },
  );
});

it('PNG files read back are the pictures', async () => {
  const folder = temporaryFolder();
  const images = tf.tensor4d([0, 0.5, 1, 1, 0.2, 0, 0, 0, 1, 0.3, 0.3, 0.3], [1, 2, 2, 3]);
  await pictures.writePictures(folder, images as Tensor4D, ['a b/写.png']);
  const read = tf.node.decodePng(readFileSync(join(folder, 'a b/写.png')), 3);
  expect([...read.dataSync()]).toEqual([0, 128, 255, 255, 51, 0, 0, 0, 255, 77, 77, 77]);
  await expect(pictures.writePictures(folder, images as Tensor4D, ['../x.png'])).rejects.toThrow(
    "files: '../x.png' given, a path in the folder expected",
  );
});
