import { describe, expect, it, vi } from 'vitest';
import { chart } from 'dark-matter';
import { bundle, decode, inked, pngOf, warningsOf } from './support';
import { metadataOf } from '../../lib/plot/display';

const values = [
  { step: 0, loss: 3 },
  { step: 1, loss: 2 },
  { step: 2, loss: 1.5 },
];
const spec = {
  data: { values },
  mark: 'line',
  encoding: {
    x: { field: 'step', type: 'quantitative' },
    y: { field: 'loss', type: 'quantitative' },
  },
};

describe('chart', () => {
  it('is shown as Vega-Lite v5, PNG and one line of text, and as no HTML', async () => {
    const shown = await bundle(chart({ ...spec, title: 'Loss falls' }));
    expect(Object.keys(shown).sort()).toEqual([
      'application/vnd.vegalite.v5+json',
      'image/png',
      'text/plain',
    ]);
    const sent = shown['application/vnd.vegalite.v5+json'] as Record<string, unknown>;
    expect(sent['$schema']).toMatch(/vega-lite\/v5\.json$/);
    expect(sent['data']).toEqual({ values });
    expect(shown['text/plain']).toBe('Loss falls: line chart of step, loss, 3 rows');
    expect(JSON.parse(JSON.stringify(sent))).toEqual(sent);
  });

  it("the PNG has two pixels for each of the SVG's, and says so", async () => {
    const one = chart(spec);
    const [, width, height] = (await one.svg()).match(/width="(\d+)" height="(\d+)"/) ?? [];
    const png = await one.png();
    const { width: wide, height: tall } = decode(png);
    expect([wide, tall]).toEqual([2 * Number(width), 2 * Number(height)]);
    expect(metadataOf({ 'image/png': png.toString('base64') })).toEqual({
      'image/png': { width: Number(width), height: Number(height) },
    });
  });

  it('drawing leaves the data as they were', async () => {
    const rows = [{ step: 0, loss: 3 }];
    await chart({ ...spec, data: { values: rows } }).svg();
    expect(Reflect.ownKeys(rows[0]!)).toEqual(['step', 'loss']);
  });

  it('the same spec gives the same bytes', async () => {
    expect((await chart(spec).png()).equals(await chart(spec).png())).toBe(true);
  });

  it('text is drawn, without any font of the system: a title and Greek letters leave ink', async () => {
    const without = decode(await pngOf(chart({ ...spec, title: ' ' })));
    const withTitle = decode(await pngOf(chart({ ...spec, title: 'A title' })));
    const greek = decode(await pngOf(chart({ ...spec, title: 'αβγ λ∇θ' })));
    expect(inked(withTitle)).toBeGreaterThan(inked(without) + 300);
    expect(inked(greek)).toBeGreaterThan(inked(without) + 300);
  });

  it('a field that the data lack is an error that names those it has', () => {
    const wrong = {
      ...spec,
      encoding: { ...spec.encoding, y: { field: 'los', type: 'quantitative' } },
    };
    expect(() => chart(wrong)).toThrow(
      'chart: field "los" (y) is not in the data; it has "step", "loss"',
    );
    expect(() => chart({ layer: [wrong], data: { values } })).toThrow('field "los"');
    expect(() => chart({ hconcat: [spec, wrong] })).toThrow('field "los"');
  });

  it('a field that a transform makes is known', async () => {
    const made = {
      data: { values },
      transform: [
        { calculate: 'log(datum.loss)', as: 'logarithm' },
        { fold: ['loss', 'logarithm'] },
      ],
      mark: 'line',
      encoding: {
        x: { field: 'step', type: 'quantitative' },
        y: { field: 'value', type: 'quantitative' },
        color: { field: 'key', type: 'nominal' },
      },
    };
    expect(await warningsOf(chart(made))).toEqual([]);
  });

  it('empty data, no spec at all, and another version of Vega-Lite are errors', () => {
    expect(() => chart({ ...spec, data: { values: [] } })).toThrow('chart: data.values is empty');
    expect(() => chart({ hello: 1 })).toThrow(/an object \{ hello \} given, a Vega-Lite spec/);
    expect(() =>
      chart({ ...spec, $schema: 'https://vega.github.io/schema/vega-lite/v6.json' }),
    ).toThrow(/v6\.json given.*v5/);
  });

  it('what Vega-Lite warns of is written on stderr, not swallowed', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    try {
      await chart({
        ...spec,
        encoding: { ...spec.encoding, colour: { field: 'loss', type: 'quantitative' } },
      }).svg();
      expect(warn.mock.calls.flat().join('\n')).toMatch(/chart: Vega-Lite warns: .*colour/);
    } finally {
      warn.mockRestore();
    }
  });

  it('a spec that does not compile is an error', async () => {
    await expect(chart({ data: { values }, mark: 'squiggle' }).svg()).rejects.toThrow();
  });

  it('a chart whose data stop Vega halfway is an error, not half of a chart', async () => {
    const halfway = chart({
      ...spec,
      transform: [{ calculate: 'datum.loss.of.nothing', as: 'lost' }],
    });
    await expect(halfway.svg()).rejects.toThrow(/the chart cannot be drawn: TypeError/);
  });

  it("the theme gives way to the spec's own config, key by key", () => {
    const own = chart({ ...spec, config: { axis: { grid: false }, background: '#eeeeee' } }).spec[
      'config'
    ] as Record<string, Record<string, unknown>>;
    expect(own['background']).toBe('#eeeeee');
    expect(own['axis']).toMatchObject({ grid: false, labelFontSize: 12 });
  });
});
