import { describe, expect, it } from 'vitest';
import { plot, table } from 'dark-matter';
import { bundle } from './support';

const rows = [
  {
    method: 'SimCLR',
    accuracy: { mean: 96.21, low: 95.8, high: 96.7 },
    loss: 0.5,
    parameters: 123456,
  },
  {
    method: 'raw pixels',
    accuracy: { mean: 95.4, low: 95.1, high: 95.7 },
    loss: 1.25,
    parameters: 0,
  },
];

async function forms(x: plot.Displayable): Promise<{ html: string; text: string }> {
  const shown = await bundle(x);
  expect(Object.keys(shown)).toEqual(['text/html', 'text/plain']);
  return { html: String(shown['text/html']), text: String(shown['text/plain']) };
}

describe('table', () => {
  it('whole means keep the decimals of what is around them: 97 ± 1.41 is not 97 ± 1', async () => {
    const { text } = await forms(
      table([{ a: { mean: 97, error: 1.4142 } }, { a: { mean: 9, low: 8.5, high: 9.5 } }]),
    );
    expect(text).toContain('97.00 ± 1.41');
    expect(text).toContain('9.00 [8.50, 9.50]');
  });

  it('is aligned as text, one number of decimals a column, the best marked', async () => {
    const { text } = await forms(
      table(rows, { caption: 'Accuracy, %', best: { accuracy: 'max', loss: 'min' } }),
    );
    expect(text).toBe(
      [
        'Accuracy, %',
        'method                   accuracy    loss  parameters',
        '----------  ---------------------  ------  ----------',
        'SimCLR      96.21 [95.80, 96.70]*  0.500*     123,456',
        'raw pixels   95.40 [95.10, 95.70]   1.250           0',
      ].join('\n'),
    );
  });

  it('is HTML with the best in bold', async () => {
    const { html } = await forms(table(rows, { best: { loss: 'min' } }));
    expect(html.match(/<strong>(.*?)<\/strong>/g)).toEqual(['<strong>0.500</strong>']);
    expect(html.match(/<tr>/g)).toHaveLength(3);
  });

  it('no text of a cell, a header or a caption is HTML', async () => {
    const evil = '<script>alert("1" & \'2\')</script>';
    const { html } = await forms(table([{ [evil]: evil }], { caption: evil }));
    expect(html).not.toContain('<script');
    expect(
      html.split('&#60;script&#62;alert(&#34;1&#34; &#38; &#39;2&#39;)&#60;/script&#62;'),
    ).toHaveLength(4);
  });

  it('numbers are readable from the tiny to the huge, and NaN stays NaN', async () => {
    const column = async (...values: number[]): Promise<string[]> =>
      (await forms(table(values.map((value) => ({ value }))))).text
        .split('\n')
        .slice(2)
        .map((line) => line.trim());
    expect(await column(1234567, 12)).toEqual(['1,234,567', '12']);
    expect(await column(0.00012345, 0)).toEqual(['0.000123', '0.000000']);
    expect(await column(1000.5, 0.00001)).toEqual(['1,001', '1.00e-5']);
    // Four decimals would make the second nearly twice as much; the third they tell to a tenth.
    expect(await column(0.2662, 0.000053, 0.00093)).toEqual(['0.2662', '5.30e-5', '0.0009']);
    expect(await column(3e12)).toEqual(['3.00e+12']);
    expect(await column(NaN, -1.5)).toEqual(['NaN', '−1.500']);
    expect(await column(Infinity)).toEqual(['Infinity']);
  });

  it('rows may lack cells, and cells may be words or truth values', async () => {
    const { text } = await forms(
      table([
        { a: 'x', b: true },
        { a: null, c: 3n },
      ]),
    );
    expect(text.split('\n').slice(2)).toEqual(['x  true', '         3']);
  });

  it('no rows, a row that is none, a cell that is none and an unknown column are errors', () => {
    expect(() => table([])).toThrow('rows: an array of 0 given, at least one record expected');
    expect(() => table([1] as never)).toThrow('rows[0]: number 1 given, a record expected');
    expect(() => table([{ a: { b: 1 } }] as never)).toThrow('rows[0].a: an object { b } given');
    expect(() => table([{ a: 1 }], { best: { b: 'max' } })).toThrow(
      'best: column "b" given, one of "a" expected',
    );
  });
});

describe('frame', () => {
  const df = {
    columns: ['x', 'name'],
    index: [0, 1, 2],
    shape: [3, 2],
    values: [
      [1.5, 'a'],
      [NaN, '<b>'],
      [undefined, null],
    ],
  };

  it('shows the index, NaN, and nothing where a value is missing', async () => {
    const { text, html } = await forms(plot.frame(df, { caption: 'Frame' }));
    expect(text.split('\n')).toEqual([
      'Frame',
      '       x  name',
      '-  -----  ----',
      '0  1.500  a',
      '1    NaN  <b>',
      '2',
    ]);
    expect(html).toContain('&#60;b&#62;');
  });

  it('a long frame shows its head, its tail and its size', async () => {
    const long = {
      columns: ['x'],
      index: Array.from({ length: 1000 }, (_, i) => i),
      shape: [1000, 1],
      values: Array.from({ length: 1000 }, (_, i) => [i]),
    };
    const lines = (await forms(plot.frame(long, { rows: 4 }))).text.split('\n');
    expect(lines[0]).toBe('1,000 rows × 1 column');
    expect(lines.slice(3).map((line) => line.split(' ')[0])).toEqual(['0', '1', '…', '998', '999']);
  });

  it('danfojs frames and series are told by their looks', async () => {
    const { DataFrame } = await import('danfojs-node');
    const real = new DataFrame({ loss: [1.5, 2.25], method: ['a', 'b'] });
    expect((await forms(table(real as never))).text).toContain('0  1.500  a');
    expect((await forms(plot.frame(real['loss'] as never))).text).toContain('1  2.250');
  });
});
