import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { download } from '../../../lib/data/files/download';
import { dataCache, locate, standingOf } from '../../../lib/data/files/locate';
import type { Source } from '../../../lib/data/files/sources';

const contents = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251));
const sha256 = createHash('sha256').update(contents).digest('hex');

let folder: string,
  server: Server,
  asked: string[],
  answer: (request: IncomingMessage, response: ServerResponse, from: number) => void;

/** As a file server that knows ranges. */
const whole = (_request: IncomingMessage, response: ServerResponse, from: number) => {
  response.writeHead(
    from > 0 ? 206 : 200,
    from > 0 ? { 'content-range': `bytes ${from}-${contents.length - 1}/${contents.length}` } : {},
  );
  response.end(contents.subarray(from));
};

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'));
  asked = [];
  answer = whole;
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.range ?? 'all'}`);
    answer(request, response, Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const source = (...paths: string[]): Source => ({
  name: 'file.bin',
  sha256,
  bytes: contents.length,
  urls: paths.map((path) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`),
});
const target = () => join(folder, 'file.bin');
const part = (pid: number) => join(folder, `file.bin.part-${pid}`);
/** No process has this number: Linux ends at 2^22. */
const nobody = 2 ** 22 + 5;

describe('download', () => {
  test('fetches a file whole, tells the progress, and leaves nothing beside it', async () => {
    const seen: number[] = [];
    await download(source('/a'), target(), {
      onProgress: (received, total) => seen.push(received / total),
    });
    expect(readFileSync(target()).equals(contents)).toBe(true);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(readdirSync(folder)).toEqual(['file.bin']);
  });

  test('goes on where a process that is gone has stopped', async () => {
    writeFileSync(part(nobody), contents.subarray(0, 150_000));
    await download(source('/a'), target());
    expect(asked).toEqual(['/a bytes=150000-']);
    expect(readFileSync(target()).equals(contents)).toBe(true);
    expect(readdirSync(folder)).toEqual(['file.bin']);
  });

  test('does not touch the part of a process that lives', async () => {
    writeFileSync(part(process.ppid), contents.subarray(0, 10));
    await download(source('/a'), target());
    expect(asked).toEqual(['/a all']);
    expect(readdirSync(folder).sort()).toEqual(['file.bin', `file.bin.part-${process.ppid}`]);
  });

  test('goes on after a connection that breaks in the middle', async () => {
    answer = (request, response, from) => {
      if (asked.length > 1) return whole(request, response, from);
      response.writeHead(200, { 'content-length': contents.length });
      response.write(contents.subarray(0, 90_000), () => setTimeout(() => response.destroy(), 50));
    };
    await download(source('/a'), target());
    expect(asked).toHaveLength(2);
    expect(asked[1]).toMatch(/^\/a bytes=[1-9]\d*-$/);
    expect(readFileSync(target()).equals(contents)).toBe(true);
  });

  test('begins again where the server knows no ranges', async () => {
    writeFileSync(part(nobody), Buffer.alloc(1000));
    answer = (_request, response) => void response.end(contents);
    await download(source('/a'), target());
    expect(readFileSync(target()).equals(contents)).toBe(true);
  });

  test('a damaged part is thrown away and fetched again', async () => {
    writeFileSync(part(nobody), Buffer.alloc(150_000));
    await download(source('/a'), target());
    expect(asked).toEqual(['/a bytes=150000-', '/a all']);
    expect(readFileSync(target()).equals(contents)).toBe(true);
  });

  test('a file with the wrong checksum never appears', async () => {
    answer = (_request, response) => void response.end(Buffer.alloc(contents.length));
    await expect(download(source('/a'), target(), { attempts: 2 })).rejects.toThrow(
      /damaged: SHA-256 [0-9a-f]{64}, /,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a refusal leads to the next address at once; all failures are told', async () => {
    answer = (request, response, from) =>
      request.url === '/a' ? void response.writeHead(404).end() : whole(request, response, from);
    await download(source('/a', '/b'), target());
    expect(asked).toEqual(['/a all', '/b all']);
    answer = (_request, response) => void response.writeHead(503).end();
    await expect(download(source('/a', '/b'), join(folder, 'other'))).rejects.toThrow(
      /\/a: HTTP 503[^]*\/b: HTTP 503/,
    );
  });

  test('a connection that sends nothing is given up', async () => {
    answer = () => undefined;
    await expect(download(source('/a'), target(), { stallMs: 60, attempts: 1 })).rejects.toThrow(
      'nothing arrived for 0.06 s',
    );
  });

  test('more bytes than expected are refused', async () => {
    answer = (_request, response) => void response.end(Buffer.concat([contents, contents]));
    await expect(download(source('/a'), target(), { attempts: 1 })).rejects.toThrow(
      'more than the 200000 bytes expected',
    );
    expect(existsSync(target())).toBe(false);
  });

  test('aborted, it stops, and keeps what has arrived', async () => {
    const controller = new AbortController();
    answer = (_request, response) => {
      response.writeHead(200);
      response.write(contents.subarray(0, 50_000));
    };
    const running = download(source('/a'), target(), {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('stop')),
    });
    await expect(running).rejects.toThrow('stop');
    expect(readdirSync(folder)).toEqual([`file.bin.part-${process.pid}`]);
    expect(readFileSync(part(process.pid)).length).toBeGreaterThan(0);
  });
});

describe('locate', () => {
  test('takes the user’s file, packed or not, before the cache, and the cache before the net', async () => {
    const [given, cache] = [join(folder, 'given'), join(folder, 'cache')];
    const env = { DARK_MATTER_DATA: given, DARK_MATTER_CACHE: cache };
    const put = (path: string, text: string) => {
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, text);
      return path;
    };
    const gz: Source = { ...source('/a'), name: 'x.gz' };
    put(join(given, 'elsewhere'), '');
    const cached = put(join(cache, 'dark-matter-cache', 'data', 'mnist', 'x.gz'), 'cached');
    expect(await locate(gz, ['mnist', '.'], env)).toBe(cached);
    const flat = put(join(given, 'x'), 'unpacked');
    expect(await locate(gz, ['mnist', '.'], env)).toBe(flat);
    const inFolder = put(join(given, 'mnist', 'x.gz'), 'packed');
    expect(await locate(gz, ['mnist', '.'], env)).toBe(inFolder);
    expect(asked).toEqual([]);
  });

  test('downloads into the cache, once', async () => {
    const env = { DARK_MATTER_CACHE: folder };
    const path = await locate(source('/a'), ['set'], env);
    expect(path).toBe(join(folder, 'dark-matter-cache', 'data', 'set', 'file.bin'));
    expect(await locate(source('/a'), ['set'], env)).toBe(path);
    expect(asked).toEqual(['/a all']);
  });

  test('says what to do when nothing has the file', async () => {
    answer = (_request, response) => void response.writeHead(404).end();
    await expect(locate(source('/a'), ['set'], { DARK_MATTER_CACHE: folder })).rejects.toThrow(
      /HTTP 404[^]*set DARK_MATTER_DATA to a folder that holds set\/file.bin/,
    );
    await expect(
      locate(source('/a'), ['set'], { DARK_MATTER_DATA: join(folder, 'no') }),
    ).rejects.toThrow('there is no folder');
  });

  test('while it lasts it tells what has arrived, and when the rest will have, from its own speed', () => {
    const file: Source = { ...source('/a'), name: 'x.tar.gz', bytes: 170e6 };
    expect(standingOf(file, { first: 0, received: 85e6, seconds: 40 })).toBe(
      'x.tar.gz: 85.0 of 170.0 MB, 40 s left',
    );
    // 75 MB were there from an earlier attempt.
    expect(standingOf(file, { first: 75e6, received: 85e6, seconds: 40 })).toBe(
      'x.tar.gz: 85.0 of 170.0 MB, 6 min left',
    );
    expect(standingOf(file, { first: 0, received: 0, seconds: 0 })).toBe(
      'x.tar.gz: 0.0 of 170.0 MB',
    );
    expect(standingOf(file, { first: 0, received: 170e6, seconds: 80 })).toBe(
      'x.tar.gz: 170.0 of 170.0 MB',
    );
  });

  test('the cache is where setup keeps it', () => {
    expect(dataCache({ DARK_MATTER_CACHE: '/c' })).toBe('/c/dark-matter-cache/data');
    expect(dataCache({ XDG_CACHE_HOME: '/x' })).toBe('/x/dark-matter/data');
    expect(dataCache({ XDG_CACHE_HOME: 'relative', HOME: '/h' })).toMatch(
      /\/\.cache\/dark-matter\/data$/,
    );
  });
});
