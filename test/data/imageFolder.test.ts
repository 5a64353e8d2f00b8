/** A folder of pictures: what is taken, what is left out, what is kept. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { data, tf } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { plain, temporaryFolder, write } from './pictures/files';

const home = temporaryFolder();
let folders = 0;
const newFolder = (files: Parameters<typeof write>[1] = {}): string => {
  const folder = join(home, String(folders++));
  mkdirSync(folder);
  return write(folder, files);
};
const cache = join(home, 'cache');
const open = (path: string, options: data.ImageFolderOptions = {}): Promise<data.PictureFolder> =>
  data.imageFolder(path, { side: 2, cache, progress: false, ...options });
/** The red value of each picture: by it tests tell pictures apart. */
const reds = (pictures: data.PictureFolder, indices?: number[]): number[] =>
  [...pictures.bytes(indices)].filter((_, i) => i % (3 * pictures.shape[0] ** 2) === 0);
/** Paths of the decoded pictures of all folders. */
const cacheFiles = (folder = cache): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /\.(pictures|tmp)$/.test(name),
      )
    : [];

/** Runs `f` as a user who may not read everything, where the tests run as root. */
async function unprivileged<T>(f: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return f();
  process.seteuid!('nobody');
  try {
    return await f();
  } finally {
    process.seteuid!(0);
  }
}

describe('imageFolder: which files', () => {
  it('takes pictures by their contents, in natural order, from folders within folders', async () => {
    const pictures = await open(
      newFolder({
        'b10.png': plain(3, 0, 0),
        'b9.png': plain(2, 0, 0),
        'no ending': plain(5, 0, 0),
        'wrong ending.txt': plain(6, 0, 0),
        'a/deep/er.PNG': plain(1, 0, 0),
        'b.jpg': plain(7, 0, 0),
      }),
    );
    expect(pictures.files).toEqual([
      'a/deep/er.PNG',
      'b.jpg',
      'b9.png',
      'b10.png',
      'no ending',
      'wrong ending.txt',
    ]);
    expect(reds(pictures)).toEqual([1, 7, 2, 3, 5, 6]);
    expect(pictures.shape).toEqual([2, 2, 3]);
    pictures.close();
  });

  it('names what is broken with the reason, and counts apart what is no picture', async () => {
    const whole = plain(1, 2, 3);
    const folder = newFolder({
      'good.png': whole,
      'text.jpg': 'Dear diary, today nothing happened.',
      'page.png': '<!DOCTYPE html><p>404',
      'lfs.png': 'version https://git-lfs.github.com/spec/v1\noid sha256:1',
      'empty.gif': '',
      'zeros.webp': Buffer.alloc(100),
      'short.png': whole.subarray(0, 50),
      'phone.heic': Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
      'camera.nef': Buffer.from('II*\0', 'latin1'),
      'old.bmp': Buffer.from('BM\x3a\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\x01\0\0\0', 'latin1'),
      'notes.txt': 'text',
      'film.mp4': Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'),
      '.hidden.png': whole,
      '.hidden/a.png': whole,
    });
    const pictures = await open(folder);
    expect(pictures.files).toEqual(['good.png']);
    expect(pictures.ignored).toEqual(['film.mp4', 'notes.txt']);
    const reasons = Object.fromEntries(pictures.broken.map(({ file, reason }) => [file, reason]));
    const formats = 'JPEG, PNG, WebP, AVIF, GIF or TIFF expected';
    expect(reasons).toEqual({
      'text.jpg': `named .jpg, but its content is text; ${formats}`,
      'page.png': `named .png, but its content is a web page; ${formats}`,
      'lfs.png': `named .png, but its content is a Git LFS pointer (\`git lfs pull\` fetches the picture); ${formats}`,
      'empty.gif': 'it is empty (0 bytes)',
      'zeros.webp': `named .webp, but its content is zeros; ${formats}`,
      'short.png': expect.stringMatching(/^damaged or cut short \(/),
      'phone.heic': `HEIC is not decoded; ${formats}`,
      'camera.nef': "a camera's raw file, which is not decoded; export it as JPEG or TIFF",
      'old.bmp': `BMP is not decoded; ${formats}`,
    });
    expect(pictures.summary()).toMatch(
      /^1 picture; 9 broken, left out: camera\.nef \(a camera.*\), empty\.gif \(it is empty \(0 bytes\)\), .* and 6 more; 2 other files ignored$/,
    );
    pictures.close();
  });

  it('follows links, takes every file once, and does not run in circles', async () => {
    const elsewhere = newFolder({ 'far.png': plain(9, 0, 0) });
    const folder = newFolder({ 'a/1.png': plain(1, 0, 0), 'b/2.png': plain(2, 0, 0) });
    symlinkSync('..', join(folder, 'a', 'up'));
    symlinkSync('b', join(folder, 'also b'));
    symlinkSync(join('..', 'a', '1.png'), join(folder, 'b', 'again.png'));
    symlinkSync(elsewhere, join(folder, 'linked'));
    symlinkSync('nowhere', join(folder, 'a', 'lost.png'));
    const pictures = await open(folder);
    expect(pictures.files).toEqual(['a/1.png', 'b/2.png', 'linked/far.png']);
    expect(pictures.broken).toEqual([
      { file: 'a/lost.png', reason: expect.stringContaining('a link that leads nowhere') },
    ]);
    pictures.close();
    // The folder itself may be a link.
    symlinkSync(folder, join(home, 'link to it'));
    const linked = await open(join(home, 'link to it'));
    expect(linked.files).toEqual(pictures.files);
    linked.close();
  });

  it('reads names with spaces, brackets and letters of any script', async () => {
    const names = [
      'ein Bild.png',
      'фото/один.png',
      '写真 1.png',
      'a[1]',
      'b[page=2].png',
      '😀.png',
      'it\'s "so".png',
    ];
    const folder = newFolder(Object.fromEntries(names.map((name, i) => [name, plain(i, 0, 0)])));
    const moved = join(home, 'мои картинки 📷');
    renameSync(folder, moved);
    const pictures = await open(moved);
    expect([...pictures.files].sort()).toEqual([...names].sort());
    expect(pictures.broken).toEqual([]);
    expect(reds(pictures)).toEqual(pictures.files.map((file) => names.indexOf(file)));
    pictures.close();
  });
});

describe('imageFolder: labels', () => {
  it("are the subfolders, sorted as torchvision's ImageFolder sorts them", async () => {
    // Python: sorted(['cat10', 'cat9', 'Zebra', 'été', '\U0001F600', '\uFF21']).
    const names = ['Zebra', 'cat10', 'cat9', 'été', '\uFF21', '😀'];
    const folder = newFolder(
      Object.fromEntries(names.map((name, i) => [`${name}/deep/x.png`, plain(i, 0, 0)])),
    );
    const pictures = await open(folder);
    expect(pictures.classes).toEqual(names);
    expect([...pictures.labels!]).toEqual(reds(pictures));
    pictures.close();
  });

  const two = { 'cat/1.png': plain(1, 0, 0), 'dog/1.png': plain(2, 0, 0), 'dog/x.txt': 'text' };
  it('are not given where pictures lie beside the folders, or there is one folder only', async () => {
    const without: Parameters<typeof write>[1][] = [
      { ...two, 'loose.png': plain(3, 0, 0) },
      { 'all/1.png': plain(1, 0, 0) },
    ];
    for (const files of without) {
      const pictures = await open(newFolder(files));
      expect([pictures.labels, pictures.classes]).toEqual([undefined, undefined]);
      expect(() => pictures.imageSet()).toThrow('imageSet: the folder has no classes');
      expect(() => pictures.labelled()).toThrow('labelled: the folder has no classes');
      expect(() => pictures.labelledSource({ batch: 1 })).toThrow('labelledSource: the folder');
      pictures.close();
    }
  });

  it("can be demanded ('folders') or refused ('none')", async () => {
    const loose = newFolder({ ...two, 'loose.png': plain(3, 0, 0) });
    await expect(open(loose, { labels: 'folders' })).rejects.toThrow(
      "labels: 'folders' given, but 1 of the 3 pictures lie in no subfolder, loose.png for one",
    );
    const refused = await open(newFolder(two), { labels: 'none' });
    expect(refused.labels).toBeUndefined();
    refused.close();
    const one = await open(newFolder({ 'all/1.png': plain(1, 0, 0) }), { labels: 'folders' });
    expect(one.classes).toEqual(['all']);
    one.close();
    // What is refused leaves no file open.
    const openFiles = () => readdirSync('/proc/self/fd').length;
    const before = existsSync('/proc/self/fd') ? openFiles() : 0;
    for (let i = 0; i < 20; i++)
      await expect(open(loose, { labels: 'folders' })).rejects.toThrow('no subfolder');
    if (before > 0) expect(openFiles()).toBeLessThan(before + 10);
    await expect(open(loose, { labels: 'names' as 'none' })).rejects.toThrow(
      "labels: 'names' given",
    );
  });
});

describe('imageFolder: bad input', () => {
  it('names the nearest folder that exists', async () => {
    await expect(open(join(home, 'no', 'such'))).rejects.toThrow(
      `path: there is no folder ${join(home, 'no', 'such')}; the nearest that exists is ${home}`,
    );
    const file = join(newFolder({ 'a.png': plain(0, 0, 0) }), 'a.png');
    await expect(open(file)).rejects.toThrow(
      `path: ${file} is a file, a folder of pictures expected`,
    );
    await expect(open(join(file, 'b'))).rejects.toThrow(`the nearest that exists is ${file}`);
    await expect(open('')).rejects.toThrow('path: "" given, the path of a folder expected');
  });

  it('says that there is no permission, for the folder and for one in it', async () => {
    const folder = newFolder({ 'a.png': plain(1, 0, 0), 'closed/b.png': plain(2, 0, 0) });
    const free = newFolder();
    for (const each of [home, free]) chmodSync(each, 0o777);
    chmodSync(join(folder, 'closed'), 0o000);
    const pictures = await unprivileged(() => open(folder, { cache: free }));
    expect(pictures.broken).toEqual([{ file: 'closed/', reason: 'no permission to read it' }]);
    pictures.close();
    chmodSync(folder, 0o000);
    await expect(unprivileged(() => open(folder, { cache: free }))).rejects.toThrow(
      `path: no permission to read ${folder}`,
    );
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'closed'), 0o755);
  });

  it('says what is in a folder without pictures', async () => {
    const empty = newFolder();
    await expect(open(empty)).rejects.toThrow(
      `${empty} holds no picture that can be decoded: it is empty`,
    );
    await expect(open(newFolder({ '.a.png': plain(0, 0, 0) }))).rejects.toThrow(
      'all in it is hidden',
    );
    await expect(open(newFolder({ 'a.txt': 'a', 'b.txt': 'b' }))).rejects.toThrow(
      'holds no picture that can be decoded: 2 other files are in it, a.txt for one',
    );
    await expect(open(newFolder({ 'a.png': 'a', 'b.png': '' }))).rejects.toThrow(
      /2 broken: a\.png \(named \.png, but its content is text; .*\), b\.png \(it is empty/,
    );
  });

  it('says that the cache cannot be used', async () => {
    const folder = newFolder({ 'a.png': plain(0, 0, 0) });
    await expect(open(folder, { cache: join(folder, 'a.png') })).rejects.toThrow(
      /^cache: .* cannot be used \(ENOTDIR.*; give another folder/,
    );
  });

  it('makes one picture a folder like any other', async () => {
    const pictures = await open(newFolder({ 'one.png': plain(1, 2, 3) }));
    expect(pictures.count).toBe(1);
    expect(() => pictures.split()).toThrow(
      'at least 2 pictures of each class expected, one to train and one to test; the folder has 1',
    );
    pictures.close();
  });
});

describe('imageFolder: reading', () => {
  const files = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`${i % 3}/${i}.png`, plain(i, 255 - i, 0)]),
  );
  it('gives bytes and numbers of the pictures asked for, in that order', async () => {
    const pictures = await open(newFolder(files));
    const at = [29, 0, 1, 2, 15, 15];
    expect([...pictures.bytes(at)]).toEqual(at.flatMap((i) => [...pictures.bytes([i])]));
    const images = pictures.images(at);
    expect(images.shape).toEqual([6, 2, 2, 3]);
    expect(images.dataSync()).toEqual(Float32Array.from(pictures.bytes(at), (byte) => byte / 255));
    images.dispose();
    expect(pictures.bytes()).toHaveLength(30 * 12);
    expect(() => pictures.bytes([30])).toThrow('indices[0]: 30 given, a whole number from 0 to 29');
    expect(() => pictures.bytes([0, -1])).toThrow('indices[1]: -1 given');
    expect(() => pictures.bytes([0.5])).toThrow('indices[0]: 0.5 given');
    expectNoLeak(() => pictures.images([1]).dispose());
    pictures.close();
    pictures.close();
    expect(() => pictures.bytes()).toThrow('imageFolder: it was closed');
  });

  it('splits each class alike, into parts that share nothing', async () => {
    const pictures = await open(newFolder(files));
    const { train, test } = pictures.split({ test: 0.2, seed: 1 });
    expect([...train, ...test].sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
    const counts = [0, 0, 0];
    for (const i of test) counts[pictures.labels![i]!]!++;
    expect(counts).toEqual([2, 2, 2]);
    expect(pictures.split({ seed: 1 })).toEqual({ train, test });
    expect(pictures.split({ seed: 2 }).test).not.toEqual(test);
    const set = pictures.imageSet({ test: 0.01 });
    expect([set.train.images.shape[0], set.test.images.shape[0]]).toEqual([27, 3]);
    expect([...set.test.labels.dataSync()].sort()).toEqual([0, 1, 2]);
    expect(set.classes).toEqual(['0', '1', '2']);
    tf.dispose([set.train.images, set.train.labels, set.test.images, set.test.labels]);
    expect(() => pictures.split({ test: 1 })).toThrow('test: 1 given');
    pictures.close();
  });

  it('cannot split three classes of one picture each, and says so', async () => {
    const pictures = await open(
      newFolder({
        'a/1.png': plain(1, 0, 0),
        'b/1.png': plain(2, 0, 0),
        'c/1.png': plain(3, 0, 0),
      }),
    );
    expect(() => pictures.split()).toThrow('a has 1, b has 1, c has 1. Add pictures, or open');
    pictures.close();
  });

  it("draws a step's batch as train draws it from tensors, from all or from a part", async () => {
    const pictures = await open(newFolder(files));
    const all = pictures.images();
    const { batchIndices } = await import('dark-matter');
    const source = pictures.source({ batch: 4, seed: 7 });
    for (const step of [0, 9, 3]) {
      const indices = batchIndices({ seed: 7, step, size: 30, batch: 4 });
      const { images } = source(step);
      const expected = all.gather(tf.tensor1d(indices, 'int32'));
      expect(images.dataSync()).toEqual(expected.dataSync());
      tf.dispose([images, expected]);
    }
    const part = [3, 5, 8, 13];
    const { images, labels } = pictures.labelledSource({ batch: 4, indices: part })(0);
    const drawn = [...images.dataSync()]
      .filter((_, i) => i % 12 === 0)
      .map((x) => Math.round(x * 255));
    expect([...drawn].sort((a, b) => a - b)).toEqual(reds(pictures, part).sort((a, b) => a - b));
    expect([...labels.dataSync()]).toEqual(drawn.map((red) => red % 3));
    tf.dispose([images, labels, all]);
    expect(() => pictures.source({ batch: 31 })).toThrow('source: batch: 31 given');
    pictures.close();
  });
});

describe('imageFolder: the cache', () => {
  /** Opens a folder and counts what it decoded. */
  const decoded = async (folder: string, options: data.ImageFolderOptions = {}) => {
    let count = 0;
    const pictures = await open(folder, { ...options, progress: () => void count++ });
    const result = {
      count,
      reds: reds(pictures),
      fingerprint: pictures.fingerprint,
      broken: pictures.broken,
      file: pictures.cacheFile,
    };
    pictures.close();
    return result;
  };

  it('decodes a file once, and again when it changed, was added, or is asked for otherwise', async () => {
    const folder = newFolder({
      '1.png': plain(1, 0, 0),
      '2.png': plain(2, 0, 0),
      'bad.png': 'bad',
      'a.txt': 'text',
    });
    const first = await decoded(folder);
    expect([first.count, first.reds]).toEqual([4, [1, 2]]);
    const second = await decoded(folder);
    expect(second).toEqual({ ...first, count: 0 });

    write(folder, { '10.png': plain(10, 0, 0), '2.png': plain(22, 0, 0) });
    const third = await decoded(folder);
    expect([third.count, third.reds]).toEqual([2, [1, 22, 10]]);
    expect(third.fingerprint).not.toBe(first.fingerprint);

    // The same size and the same time of modification: the time of change tells.
    const { atime, mtime } = statSync(join(folder, '1.png'));
    write(folder, { '1.png': plain(11, 0, 0) });
    utimesSync(join(folder, '1.png'), atime, mtime);
    expect((await decoded(folder)).reds).toEqual([11, 22, 10]);

    rmSync(join(folder, '2.png'));
    const fifth = await decoded(folder);
    expect([fifth.count, fifth.reds]).toEqual([0, [11, 10]]);
    expect((await decoded(folder, { side: 3 })).count).toBe(4);
    expect((await decoded(folder, { ground: 'black' })).count).toBe(4);
    expect((await decoded(folder)).count).toBe(0);
  });

  it('keeps one file for a folder and its settings, and nothing temporary', async () => {
    const own = join(home, 'own cache');
    const folder = newFolder({ '1.png': plain(1, 0, 0) });
    await decoded(folder, { cache: own });
    write(folder, { '2.png': plain(2, 0, 0) });
    await decoded(folder, { cache: own });
    expect(cacheFiles(own)).toHaveLength(1);
  });

  it('has the same fingerprint wherever the pictures lie, and another for other ones', async () => {
    const files = { '1.png': plain(1, 0, 0), '2.png': plain(2, 0, 0) };
    const here = await decoded(newFolder(files));
    expect((await decoded(newFolder(files))).fingerprint).toBe(here.fingerprint);
    const others = await decoded(newFolder({ ...files, '2.png': plain(3, 0, 0) }));
    expect(others.fingerprint).not.toBe(here.fingerprint);
  });

  it('goes on where an aborted run was', async () => {
    const folder = newFolder(
      Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}.png`, plain(i, 0, 0)])),
    );
    const controller = new AbortController();
    let before = 0;
    const aborted = open(folder, {
      signal: controller.signal,
      progress: ({ done }) => {
        before = done;
        if (done === 20) controller.abort(new Error('enough'));
      },
    });
    await expect(aborted).rejects.toThrow('enough');
    expect(before).toBeLessThan(40);
    const rest = await decoded(folder);
    expect(rest.count).toBe(40 - before);
    expect(rest.reds).toEqual([...Array(40).keys()]);
  });

  it('is kept where the system cannot read it, which says nothing of what is in it', async () => {
    const folder = newFolder({ '1.png': plain(1, 0, 0) });
    const { file } = await decoded(folder);
    renameSync(file, `${file}.aside`);
    mkdirSync(file); // what nobody can read as a file, not even root
    await expect(open(folder)).rejects.toThrow(/^cache: .*\(EISDIR/);
    rmSync(file, { recursive: true });
    renameSync(`${file}.aside`, file);
    expect((await decoded(folder)).count).toBe(0);
  });

  it('is made anew where its file is damaged', async () => {
    const folder = newFolder({ '1.png': plain(1, 0, 0), '2.png': plain(2, 0, 0) });
    const { file } = await decoded(folder);
    truncateSync(file, statSync(file).size - 1);
    expect(await decoded(folder)).toMatchObject({ count: 2, reds: [1, 2] });
    const { file: next } = await decoded(folder);
    writeFileSync(next, 'nonsense');
    expect(await decoded(folder)).toMatchObject({ count: 2, reds: [1, 2] });
  });

  it('asks again for what the system refused, not for what is damaged', async () => {
    const folder = newFolder({ '1.png': plain(1, 0, 0), '2.png': plain(2, 0, 0), 'x.png': 'text' });
    const cacheOfAll = join(home, 'for all');
    mkdirSync(cacheOfAll, { mode: 0o777 });
    chmodSync(cacheOfAll, 0o777);
    chmodSync(home, 0o755);
    chmodSync(join(folder, '2.png'), 0o000);
    const refused = await unprivileged(() => decoded(folder, { cache: cacheOfAll }));
    expect(refused).toMatchObject({
      count: 3,
      reds: [1],
      broken: [
        { file: '2.png', reason: 'no permission to read it' },
        { file: 'x.png', reason: expect.stringContaining('its content is text') },
      ],
    });
    const again = await unprivileged(() => decoded(folder, { cache: cacheOfAll }));
    expect(again).toEqual({ ...refused, count: 1 });
  });

  it('removes what was begun long ago, and leaves what may still be written', async () => {
    const folder = newFolder({ '1.png': plain(1, 0, 0) });
    const { file } = await decoded(folder);
    const [old, young] = ['old', 'young'].map((name) => join(file, '..', `${name}.pictures.tmp`));
    writeFileSync(old!, 'rows');
    writeFileSync(young!, 'rows');
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    utimesSync(old!, longAgo, longAgo);
    await decoded(folder);
    expect([existsSync(old!), existsSync(young!)]).toEqual([false, true]);
  });

  it('serves several at once', async () => {
    const folder = newFolder(
      Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i}.png`, plain(i, 0, 0)])),
    );
    const all = await Promise.all(Array.from({ length: 4 }, () => open(folder)));
    for (const pictures of all) expect(reds(pictures)).toEqual([...Array(60).keys()]);
    // One that is open reads on while the next run clears up.
    const next = await decoded(folder);
    expect(next.count).toBe(0);
    for (const pictures of all) {
      expect(reds(pictures)).toEqual([...Array(60).keys()]);
      pictures.close();
    }
    expect(readdirSync(join(next.file, '..'))).toHaveLength(1);
  });

  const script = join(__dirname, 'pictures', 'openAndDie.mjs');
  it('is whole after a run that was killed in the middle', async () => {
    const count = 50;
    const folder = newFolder(
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${i}.png`, plain(i, 0, 0)])),
    );
    const own = join(home, 'cache of the killed');
    const killed = spawnSync(process.execPath, [script, folder, own, '20'], { encoding: 'utf8' });
    expect(killed).toMatchObject({ signal: 'SIGKILL', stdout: '' });
    expect(cacheFiles(own).filter((name) => name.endsWith('.pictures'))).toEqual([]);
    const next = await decoded(folder, { side: 1, cache: own });
    expect(next.count).toBe(count);
    expect(await decoded(folder, { side: 1, cache: own })).toEqual({ ...next, count: 0 });
  }, 60_000);

  it('serves processes that fill it at the same time', async () => {
    const expected = Array.from({ length: 200 }, (_, i) => i);
    const folder = newFolder(Object.fromEntries(expected.map((i) => [`${i}.png`, plain(i, 0, 0)])));
    const own = join(home, 'cache of three');
    const run = promisify(execFile);
    const printed = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, [script, folder, own])),
    );
    for (const { stdout } of printed) expect(stdout.trim()).toBe(expected.join());
    expect((await decoded(folder, { side: 1, cache: own })).count).toBe(0);
    expect(cacheFiles(own)).toHaveLength(1);
  }, 60_000);

  it('false: is gone after close()', async () => {
    const pictures = await open(newFolder({ '1.png': plain(1, 0, 0) }), { cache: false });
    expect(reds(pictures)).toEqual([1]);
    expect(existsSync(pictures.cacheFile)).toBe(true);
    pictures.close();
    expect(existsSync(pictures.cacheFile)).toBe(false);
  });
});

describe('imageFolder: memory', () => {
  it('does not grow with the pictures: their bytes stay in the file', () => {
    const printed = execFileSync(
      process.execPath,
      ['--expose-gc', join(__dirname, 'pictures', 'memoryOfFolder.mjs'), '2000', '160'],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const { megabytes, decoding, reading, wrong } = JSON.parse(printed) as Record<string, number>;
    expect(megabytes).toBeGreaterThan(146);
    expect(decoding).toBeLessThan(70);
    expect(reading).toBeLessThan(70);
    expect(wrong).toEqual([]);
  }, 120_000);
});
