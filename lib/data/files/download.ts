/**
 * Downloads that can be trusted and go on where they stopped: streamed, checksummed, renamed when
 * whole.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Source } from './sources';
import { isAlive } from '../../core/files';

export interface DownloadOptions {
  /** Called now and then with the bytes that have arrived. */
  readonly onProgress?: (received: number, total: number) => void;
  /** Stops the download; what has arrived is kept for the next. */
  readonly signal?: AbortSignal;
  /** Gives up on a connection that sends nothing for so long. Default 30,000 ms. */
  readonly stallMs?: number;
  /** Connections tried for each address; each goes on where the last stopped. Default 3. */
  readonly attempts?: number;
}

/**
 * Fetches a file to `target`, which appears only when it is whole and its SHA-256 is right. What
 * has arrived of an interrupted download is kept beside it and continued (HTTP range requests),
 * also by another process.
 *
 * @throws with every address and why it failed.
 */
export async function download(
  source: Source,
  target: string,
  options: DownloadOptions = {},
): Promise<void> {
  const { signal, attempts = 3 } = options;
  await mkdir(dirname(target), { recursive: true });
  const part = await adopt(target);
  const failures: string[] = [];
  for (const url of source.urls) {
    for (let attempt = 1; attempt <= attempts; attempt++) {
      try {
        await receive(url, part, source, options);
        const sum = await sha256(part);
        if (sum !== source.sha256) {
          await rm(part, { force: true });
          throw new Error(`it arrived damaged: SHA-256 ${sum}, ${source.sha256} expected`);
        }
        await rename(part, target);
        return;
      } catch (error) {
        signal?.throwIfAborted();
        failures.push(`${url}: ${reason(error)}`);
        if (error instanceof Refused) break;
      }
    }
  }
  throw new Error(
    `${source.name} could not be downloaded.\n${failures.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** The server answered, and said no: asking it again would not help. */
class Refused extends Error {}

/** Appends to `part` what is missing of the file. */
async function receive(
  url: string,
  part: string,
  source: Source,
  { onProgress, signal, stallMs = 30_000 }: DownloadOptions,
): Promise<void> {
  let received = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (received > source.bytes) {
    await rm(part);
    received = 0;
  }
  if (received === source.bytes) return;
  const stalled = new AbortController();
  const patience = setTimeout(
    () => stalled.abort(new Error(`nothing arrived for ${stallMs / 1000} s`)),
    stallMs,
  );
  try {
    const response = await fetch(url, {
      headers: {
        'accept-encoding': 'identity',
        ...(received > 0 && { range: `bytes=${received}-` }),
      },
      signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    });
    if (!response.ok || !response.body)
      throw new Refused(`HTTP ${response.status} ${response.statusText}`.trim());
    // A server that does not know ranges sends the whole file again.
    const continues =
      response.status === 206 &&
      response.headers.get('content-range')?.startsWith(`bytes ${received}-`);
    if (!continues) received = 0;
    const file = await open(part, continues ? 'a' : 'w');
    try {
      for await (const chunk of response.body) {
        patience.refresh();
        received += (chunk as Uint8Array).length;
        if (received > source.bytes)
          throw new Error(`more than the ${source.bytes} bytes expected`);
        await file.write(chunk as Uint8Array);
        onProgress?.(received, source.bytes);
      }
    } finally {
      await file.close();
    }
    if (received < source.bytes)
      throw new Error(`it ended after ${received} of ${source.bytes} bytes`);
  } finally {
    clearTimeout(patience);
  }
}

/**
 * The file this process gathers bytes in. Two processes never write the same one: each has its own,
 * and takes over, by renaming it, one whose process is gone.
 */
async function adopt(target: string): Promise<string> {
  const prefix = `${basename(target)}.part-`;
  const own = join(dirname(target), `${prefix}${process.pid}`);
  for (const name of await readdir(dirname(target))) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue;
    const taken = await rename(join(dirname(target), name), own).then(
      () => true,
      () => false,
    );
    if (taken) break;
  }
  return own;
}

/** The SHA-256 of a file, in hexadecimal. */
export async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only "fetch failed"; its cause says why.
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
