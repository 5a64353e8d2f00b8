import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { fetchWheel } from '../../kernel-setup/engine/download.mjs';
import type { Wheel } from '../../kernel-setup/engine/wheels.mjs';
import { Fault, Interrupted } from '../../kernel-setup/setup/fault.mjs';
import { emptyClone, fakeProgram } from './support';

const contents = 'the contents of a wheel';
const wheel: Wheel = {
  project: 'tensorflow-cpu',
  platform: 'manylinux_2_27_x86_64',
  sha256: createHash('sha256').update(contents).digest('hex'),
  bytes: contents.length,
  unpacked: 1000,
  libraries: [],
};
const signal = new AbortController().signal;
let paths = emptyClone();

beforeEach(() => {
  paths = emptyClone();
});

/** A pip whose n-th download brings the n-th contents. */
function pipBrings(...downloads: string[]): void {
  const count = join(paths.root, 'count');
  fakeProgram(
    paths.python,
    `const n = fs.existsSync(${JSON.stringify(count)}) ? Number(fs.readFileSync(${JSON.stringify(count)})) : 0;
     fs.writeFileSync(${JSON.stringify(count)}, String(n + 1));
     const folder = argv[argv.indexOf('--dest') + 1];
     fs.mkdirSync(folder, { recursive: true });
     console.log('Progress 23 of 23');
     fs.writeFileSync(path.join(folder, 'tensorflow_cpu-cp312.whl'), ${JSON.stringify(downloads)}[n]);`,
  );
}

/** A pip that never ends, and writes its process id to a file. */
function pipHangs(): string {
  const started = join(paths.root, 'started');
  fakeProgram(
    paths.python,
    `const folder = argv[argv.indexOf('--dest') + 1];
     fs.mkdirSync(folder, { recursive: true });
     fs.writeFileSync(path.join(folder, 'half.whl'), 'the con');
     fs.writeFileSync(${JSON.stringify(`${started}.draft`)}, String(process.pid));
     fs.renameSync(${JSON.stringify(`${started}.draft`)}, ${JSON.stringify(started)});
     setInterval(() => {}, 1000);`,
  );
  return started;
}

const downloads = () => Number(readFileSync(join(paths.root, 'count'), 'utf8'));
const leftovers = () => readdirSync(paths.engines);

describe('fetchWheel', () => {
  it('keeps a wheel whose checksum is right, and fetches it once', async () => {
    pipBrings(contents);
    const first = await fetchWheel(wheel, paths, signal);
    expect(readFileSync(first, 'utf8')).toBe(contents);
    expect(await fetchWheel(wheel, paths, signal)).toBe(first);
    expect(downloads()).toBe(1);
    expect(leftovers()).toHaveLength(1);
  });

  it('deletes a damaged download and fetches it again', async () => {
    pipBrings('damaged', contents);
    expect(readFileSync(await fetchWheel(wheel, paths, signal), 'utf8')).toBe(contents);
    expect(downloads()).toBe(2);
  });

  it('gives up after two damaged downloads, in words, and leaves nothing behind', async () => {
    pipBrings('damaged', 'damaged again', contents);
    const failure = fetchWheel(wheel, paths, signal);
    await expect(failure).rejects.toThrow(Fault);
    await expect(failure).rejects.toThrow(
      /arrived damaged twice: its checksum is not the pinned one\. It was deleted\. Check the proxy or mirror/,
    );
    expect(downloads()).toBe(2);
    expect(leftovers()).toEqual([]);
  });

  it('does not trust a wheel in the cache that was damaged since', async () => {
    pipBrings(contents, contents);
    const kept = await fetchWheel(wheel, paths, signal);
    writeFileSync(kept, 'damaged');
    expect(readFileSync(await fetchWheel(wheel, paths, signal), 'utf8')).toBe(contents);
    expect(downloads()).toBe(2);
  });

  it('says that the registry cannot be reached', async () => {
    fakeProgram(
      paths.python,
      `console.error("Failed to establish a new connection: [Errno 111] Connection refused"); process.exit(1);`,
    );
    const failure = fetchWheel(wheel, paths, signal);
    await expect(failure).rejects.toThrow(Fault);
    await expect(failure).rejects.toThrow(
      /The package registry cannot be reached \(while: pip download tensorflow-cpu==/,
    );
  });

  it('refuses to begin where the disk is too small for the end', async () => {
    pipBrings(contents);
    await expect(fetchWheel({ ...wheel, unpacked: 1e18 }, paths, signal)).rejects.toThrow(
      /the TensorFlow engine needs/,
    );
    expect(existsSync(join(paths.root, 'count'))).toBe(false);
  });

  it('is interrupted in the middle, ends pip, and the next start goes on', async () => {
    const started = pipHangs();
    const controller = new AbortController();
    const fetching = fetchWheel(wheel, paths, controller.signal);
    const watch = setInterval(() => existsSync(started) && controller.abort(), 10);
    await expect(fetching).rejects.toThrow(Interrupted);
    clearInterval(watch);
    expect(leftovers()).toEqual([]);
    expect(() => process.kill(Number(readFileSync(started, 'utf8')), 0)).toThrow('ESRCH');
    pipBrings(contents);
    expect(readFileSync(await fetchWheel(wheel, paths, signal), 'utf8')).toBe(contents);
    expect(leftovers()).toHaveLength(1);
  });
});
