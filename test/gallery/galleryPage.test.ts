import { createHash } from 'node:crypto';
import { gallery, nn, random } from 'dark-matter';
import { describe, expect, test } from 'vitest';
import { dequantize } from '../../lib/gallery/page/quantize';
import { floats, integers, shorts } from '../../lib/gallery/page/base64';
import type { Payload } from '../../lib/gallery/page/payload';

const evil = [
  '</script><script>window.ran = 1</script>',
  `"><img src=x onerror='window.ran = 1'>`,
  'Übung/日本語 & {{style}} $& \u2028 x.png',
  '<!-- <script>',
];
const generator = random.hostGenerator(1);
const n = evil.length + 20;
const files = [...evil, ...Array.from({ length: 20 }, (_, i) => `a/${i}.png`)];
const data = Float32Array.from({ length: n * 6 }, () => generator.normal());
const bytes = Uint8Array.from({ length: n * 8 * 8 * 3 }, () => generator.integer(256));
const base: gallery.Gallery = {
  title: 'Mine <b> & {{script}}',
  files,
  thumbnails: { data: bytes, side: 8, channels: 3 },
  embeddings: { data, dim: 6 },
};

const payloadOf = (html: string): Payload =>
  JSON.parse(
    /<script type="application\/json" id="payload">([^]*?)<\/script>/.exec(html)![1]!,
  ) as Payload;
const scriptOf = (html: string): string => /<script>([^]*?)<\/script>/.exec(html)![1]!;

describe('the page', async () => {
  const layer = nn.sequential([nn.flatten(), nn.dense(8 * 8 * 3, 6)]);
  const html = await gallery.galleryPage({
    ...base,
    labels: { classes: ['<i>', 'b'], index: Int32Array.from(files, (_, i) => (i % 3) - 1) },
    predictions: {
      classes: ['<i>', 'b'],
      index: Int32Array.from(files, (_, i) => i % 2),
      confidence: new Float32Array(n).fill(0.75),
    },
    encoder: { layer, params: layer.init(random.key(0)), side: 8, channels: 3 },
    report: {
      sentences: ['Trained <quickly>.'],
      comparison: {
        measure: 'Same <label>',
        chance: 0.1,
        rows: [
          { name: 'Ours <x>', score: 0.5, trained: true },
          { name: 'Pixels', score: 0.6 },
        ],
      },
      collapse: {
        verdict: 'suspect',
        figures: [{ name: 'Rank <r>', value: '<2', meaning: 'few' }],
      },
    },
  });

  test('names of files and words are text, whatever they are: nothing of them is HTML or ends the script', () => {
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toContain('<img src=x');
    expect(html).toContain('<h1>Mine &lt;b&gt; &amp; {{script}}</h1>');
    for (const part of [
      'Trained &lt;quickly&gt;.',
      'Same &lt;label&gt;',
      'Ours &lt;x&gt;',
      'Rank &lt;r&gt;',
      '&lt;2',
    ])
      expect(html).toContain(part);
    expect(payloadOf(html).files).toEqual(files);
    expect(payloadOf(html).labels!.classes).toEqual(['<i>', 'b']);
  });

  test('nothing in it leads to a network, and its policy lets its own script run only', () => {
    const markup = html.replace(/<script[^]*?<\/script>/g, '');
    expect(
      markup.match(/(?:src|href)="[^"]*"/g)!.filter((link) => !/"(#|data:)/.test(link)),
    ).toEqual([]);
    const hash = createHash('sha256').update(scriptOf(html)).digest('base64');
    expect(html).toContain(`default-src 'none'; script-src 'sha256-${hash}'`);
  });

  test('its embeddings are directions, to within the rounding that it states', () => {
    const { dim, values, scales } = payloadOf(html).embeddings;
    const rows = dequantize({ dim, values: shorts(values), scales: floats(scales) });
    for (let i = 0; i < n; i++) {
      const length = Math.hypot(...data.subarray(i * 6, (i + 1) * 6));
      for (let d = 0; d < 6; d++)
        expect(Math.abs(rows[i * 6 + d]! - data[i * 6 + d]! / length)).toBeLessThan(2e-5);
    }
  });

  test('it carries labels, predictions and the encoder', () => {
    const { labels, predictions, encoder } = payloadOf(html);
    expect([...integers(labels!.index)].slice(0, 4)).toEqual([-1, 0, 1, -1]);
    expect([...floats(predictions!.confidence)].every((value) => value === 0.75)).toBe(true);
    expect(encoder!.operations.input).toEqual([1, 8, 8, 3]);
  });

  test('it says who won, also where the trained encoder did not', () => {
    expect(html).toContain('Pixels does better: 60.0% against 50.0% of Ours &lt;x&gt;.');
    expect(html).toContain('may be collapsing');
  });

  test('the same pictures give the same page', async () => {
    expect(await gallery.galleryPage(base)).toBe(await gallery.galleryPage(base));
  });

  test('one picture has a page', async () => {
    const one = await gallery.galleryPage({
      title: 'One',
      files: ['x.png'],
      thumbnails: { data: bytes.slice(0, 192), side: 8, channels: 3 },
      embeddings: { data: Float32Array.from([0, 0]), dim: 2 },
    });
    expect(one).toContain('A map of 1 picture.');
  });

  test.each<[string, Partial<gallery.Gallery>, string]>([
    ['no files', { files: [] }, 'files: length: 0 given'],
    [
      'too few thumbnails',
      { thumbnails: { data: bytes.slice(1), side: 8, channels: 3 } },
      `thumbnails: data: ${n * 192 - 1} values given, ${n * 192} expected for ${n} files`,
    ],
    ['too few embeddings', { embeddings: { data: data.slice(6), dim: 6 } }, 'embeddings: data:'],
    [
      'an embedding that is not finite',
      { embeddings: { data: data.map((value, at) => (at === 31 ? NaN : value)), dim: 6 } },
      'embeddings: NaN given for a/1.png',
    ],
    [
      'too few labels',
      { labels: { classes: ['a'], index: new Int32Array(2) } },
      'labels: index: 2 values given',
    ],
    [
      'a label without a class',
      { labels: { classes: ['a'], index: new Int32Array(n).fill(1) } },
      'labels: index: 1 given for',
    ],
  ])('%s: an error that says what is wrong', async (_, part, message) => {
    await expect(gallery.galleryPage({ ...base, ...part })).rejects.toThrow(message);
  });
});
