import { DataFrame } from 'danfojs-node';
import { expect, test } from 'vitest';
import { columns, frame, studyRecord, toCSV } from 'dark-matter';
import { bundleOf } from '../../lib/plot/show';

const record = studyRecord({
  seeds: [0, 1],
  figures: {
    pixels: { 'linear, %': [90] },
    SimCLR: { 'linear, %': [96, 98], loss: [2, 4] },
    'Barlow Twins': { 'linear, %': [95, 97], loss: [1, 2] },
  },
});
const looks = async (x: unknown) => {
  const bundle = await bundleOf(x);
  return { html: String(bundle['text/html']), text: String(bundle['text/plain']) };
};

test('a frame is a danfojs DataFrame, and shows mean ± deviation with the best in bold', async () => {
  const df = frame(record.rows(), { caption: 'Two seeds' });
  expect(df).toBeInstanceOf(DataFrame);
  const { html, text } = await looks(df);
  expect(html).toContain('<strong>97.00 ± 1.41</strong>');
  expect(html).toContain('Two seeds');
  expect(html).toContain('<tr><td style="text-align: left">pixels</td>'); // no row numbers
  expect(text).toContain('97.00 ± 1.41*');
  expect(text).toContain('linear, %');
});

test('what danfojs makes of it keeps its looks: sorted by the mean, with columns selected', async () => {
  const df = frame(record.rows()).sortValues('linear, %', { ascending: false });
  const names = (df.values as unknown[][]).map(([name]) => name);
  expect(names).toEqual(['SimCLR', 'Barlow Twins', 'pixels']);
  const { html } = await looks(df.loc({ columns: ['contestant', 'linear, %'] }));
  expect(html).toContain('<strong>97.00 ± 1.41</strong>');
  expect(html).not.toContain('loss');
});

test('runs are plain numbers, to be grouped and asked for', () => {
  const df = frame(record.runs());
  const means = df.groupby(['contestant']).col(['linear, %']).mean();
  expect(means.values).toEqual([
    ['pixels', 90],
    ['SimCLR', 97],
    ['Barlow Twins', 96],
  ]);
  expect(df.query(df.column('linear, %').gt(96)).shape[0]).toBe(2);
});

test('CSV has a column each for mean, deviation and number, and quotes what must be quoted', () => {
  const text = toCSV(frame(record.rows({ figures: ['linear, %'] })));
  expect(text.split('\n')).toEqual([
    'contestant,"linear, %","linear, %: standard deviation","linear, %: n"',
    'pixels,90,,1',
    `SimCLR,97,${Math.SQRT2},2`,
    `Barlow Twins,96,${Math.SQRT2},2`,
    '',
  ]);
  expect(toCSV(frame([{ 'say "x"': 1 }]))).toBe('"say ""x"""\n1\n');
});

test('rows that lack a figure have an empty cell, and no rows are refused', () => {
  expect(frame([{ a: 1 }, { b: 2 }]).values).toEqual([
    [1, null],
    [null, 2],
  ]);
  expect(() => frame([])).toThrow('rows: none given');
});

test('columns of rows keep their order, and no rows are refused', () => {
  expect(
    columns([
      { a: 1, b: 'x' },
      { a: 2, b: 'y' },
    ]),
  ).toEqual({ a: [1, 2], b: ['x', 'y'] });
  expect(() => columns([])).toThrow('rows: none given');
});
