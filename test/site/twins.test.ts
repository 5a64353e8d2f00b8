/** What the library has otherwise in a browser, for cells: pictures, tables, digits and results. */
import { gzipSync } from 'node:zlib';
import { frame, plot } from 'dark-matter';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import * as pixels from '../../lib/data/digitPixels';
import * as pixelsHere from '../../lib/data/digitPixels.browser';
import * as files from '../../lib/measure/resultFiles.browser';
import * as render from '../../lib/plot/render';
import * as renderHere from '../../lib/plot/render.browser';
import { dataFrame } from '../../lib/study/dataFrame.browser';

/** A server that has these files, beside the script that asks. */
function serve(there: Readonly<Record<string, string | Uint8Array>>): void {
  vi.stubGlobal('location', { href: 'https://host/sub/here/executor.js' });
  vi.stubGlobal('fetch', async (address: URL) => {
    const body = there[address.href.replace('https://host/sub/here/', '')];
    return body === undefined
      ? new Response('', { status: 404 })
      : new Response(body as string, { status: 200 });
  });
}
afterEach(() => vi.unstubAllGlobals());

describe('pictures', () => {
  test.each(['viridis', 'blueorange'])('%s has the colours that Vega draws', (scheme) => {
    for (let i = 0; i <= 100; i++)
      expect([i, renderHere.colorScheme(scheme)(i / 100)]).toEqual([
        i,
        render.colorScheme(scheme)(i / 100),
      ]);
  });

  it('a scheme that there is not is named', () => {
    expect(() => renderHere.colorScheme('rainbow')).toThrow(
      "'rainbow' given, viridis or blueorange",
    );
  });

  it('SVG stays SVG, with its size', () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="34.5"></svg>';
    const picture = renderHere.rasterize(svg);
    expect(picture.toString()).toBe(svg);
    const { url, width, height } = renderHere.asImage(picture);
    expect([width, height]).toEqual([120, 34.5]);
    expect(Buffer.from(url.split(',')[1]!, 'base64').toString()).toBe(svg);
  });

  it('a PNG of two pixels for each of CSS has its size in those of CSS', async () => {
    const { url, width, height } = render.asImage(await plot.lines([1, 2]).png());
    expect(url).toMatch(/^data:image\/png;base64,iVBOR/);
    expect([width, height].every((side) => side > 100 && side < 1000)).toBe(true);
  });

  it('charts are left to the page, without a still picture', async () => {
    const spec = { mark: 'line' };
    expect(renderHere.compile(spec)).toEqual({ spec, warnings: [] });
    expect(await renderHere.stillOf(() => Promise.reject(new Error('drawn')))).toEqual({});
    await expect(renderHere.toSvg({})).rejects.toThrow('the page draws charts');
  });
});

describe('a frame', () => {
  const rows = [
    { method: 'b', seed: 0, score: 3 },
    { method: 'a', seed: 1, score: 1 },
    { method: 'a', seed: 0, score: 2 },
  ];
  const [danfojs, here] = [frame(rows), dataFrame(rows)];
  const pictureOf = (df: typeof here) => [df.columns, df.index, df.shape, df.values];
  test.each<[string, (df: typeof here) => typeof here]>([
    ['as it is', (df) => df],
    ['its first rows', (df) => df.head(2)],
    ['its last row', (df) => df.tail(1)],
    ['sorted', (df) => df.sortValues('score')],
    ['sorted downwards', (df) => df.sortValues('score', { ascending: false })],
    ['by names', (df) => df.loc({ rows: [0, 2], columns: ['score', 'method'] })],
    ['where a condition holds', (df) => df.query(df.column('score').ge(2))],
    ['where another does', (df) => df.query(df.column('method').ne('a'))],
    ['means of groups', (df) => df.groupby(['method']).col(['score']).mean()],
    ['sums of groups', (df) => df.groupby(['seed']).col(['score']).sum()],
    ['deviations of groups', (df) => df.groupby(['seed']).col(['score']).std()],
    ['counts of groups', (df) => df.groupby(['method']).col(['score']).count()],
  ])('%s is the one of danfojs', (_, of) => {
    expect(pictureOf(of(here))).toEqual(pictureOf(of(danfojs)));
  });

  it('names the column that there is not', () => {
    expect(() => here.column('loss')).toThrow("'loss' given, one of method, seed, score expected");
  });
});

describe('what lies beside the page', () => {
  it('digits come from one packed file, the same as from the package', async () => {
    const own = await pixels.digitPixels();
    const counts = new Uint32Array(10);
    for (const label of own.labels) counts[label]!++;
    serve({
      'digits.bin.gz': gzipSync(Buffer.concat([Buffer.from(counts.buffer), own.pixels]), {
        level: 1,
      }),
    });
    const here = await pixelsHere.digitPixels();
    expect(here.shape).toEqual(own.shape);
    expect(Buffer.compare(here.labels, own.labels)).toBe(0);
    expect(Buffer.compare(here.pixels, own.pixels)).toBe(0);
  });

  it('digits that are missing are named', async () => {
    serve({});
    await expect(pixelsHere.digitPixels()).rejects.toThrow('digits.bin.gz is missing');
  });

  it('records are read, and what is not there is none', async () => {
    serve({ 'results/05-x.jsonl': '{"a":1}\n' });
    expect(await files.textOf('results/05-x.jsonl')).toBe('{"a":1}\n');
    expect(await files.textOf('results/06-y.jsonl')).toBeUndefined();
    expect(files.resultsFolder({})).toBe('results');
  });

  it('a record’s code is that of its notebook, and of one that the site does not have unknown', async () => {
    serve({ 'results/code.json': '{"05-x":"abc"}' });
    expect(await files.hashOfCode('05-x')).toBe('abc');
    expect(await files.hashOfCode('05-x-race')).toBe('abc');
    expect(await files.hashOfCode('07-z')).toBe('unknown');
  });
});
