/**
 * What a folder of pictures takes, in a process of its own: `node --expose-gc memoryOfFolder.mjs
 * FILES SIDE`. Prints JSON: megabytes of the decoded pictures, and by how many the resident set
 * grew at most while they were decoded, and while they were read in batches.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { data, tf } from 'dark-matter';

const [files, side] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), 'memory-of-folder-'));

/** A PNG of one colour. */
function png(r, g, b) {
  const chunk = (name, content) => {
    const named = Buffer.concat([Buffer.from(name), content]);
    const numbers = Buffer.alloc(8);
    numbers.writeUInt32BE(content.length, 0);
    numbers.writeUInt32BE(crc32(named), 4);
    return Buffer.concat([numbers.subarray(0, 4), named, numbers.subarray(4)]);
  };
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.from([0, r, g, b]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const pictures = (count, place) => {
  mkdirSync(place);
  for (let i = 0; i < count; i++)
    writeFileSync(join(place, `${i}.png`), png(i % 256, (i >> 8) % 256, 7));
  return place;
};
const resident = () => {
  gc();
  return process.memoryUsage().rss / 2 ** 20;
};
/** By how many megabytes the resident set grows at most while `f` runs. */
async function growth(f) {
  const before = resident();
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss / 2 ** 20);
  }, 20);
  const result = await f();
  clearInterval(watch);
  return [Math.max(most, resident()) - before, result];
}

try {
  const cache = join(folder, 'cache');
  const options = { side, cache, progress: false };
  // What is loaded and made once is not counted.
  const few = await data.imageFolder(pictures(300, join(folder, 'few')), options);
  tf.dispose(few.source({ batch: 8 })(0));
  few.close();

  pictures(files, join(folder, 'many'));
  const start = performance.now();
  const [decoding, many] = await growth(() => data.imageFolder(join(folder, 'many'), options));
  const seconds = (performance.now() - start) / 1000;
  const again = performance.now();
  many.close();
  const opened = await data.imageFolder(join(folder, 'many'), options);
  const secondsAgain = (performance.now() - again) / 1000;
  const source = opened.source({ batch: 8 });
  const [reading] = await growth(async () => {
    for (let step = 0; step < files / 8; step++) {
      tf.dispose(source(step));
      if (step % 16 === 0) await new Promise((done) => setTimeout(done));
    }
  });
  const wrong = [0, 255, 256, files - 1].filter((i) => {
    const [r, g, b] = opened.bytes([opened.files.indexOf(`${i}.png`)]);
    return r !== i % 256 || g !== (i >> 8) % 256 || b !== 7;
  });
  opened.close();
  const megabytes = (files * side * side * 3) / 2 ** 20;
  console.log(JSON.stringify({ megabytes, decoding, reading, seconds, secondsAgain, wrong }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
