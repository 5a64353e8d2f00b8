/** Pages that were written to the collection's style keep to it: short cells, knobs that turn. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { knobsOf } from '../../kernel-setup/runner/knobs.mjs';
import { readNotebook, sourceOf, withParameters } from '../../kernel-setup/runner/notebook.mjs';

const folder = join(__dirname, '../../notebooks');
const file = (number: string) =>
  join(
    folder,
    readdirSync(folder).find((name) => name.startsWith(`${number}-`))!,
  );

/** Those whose cells are short; a notebook that is rewritten joins them. */
const short = '00 01 02 03 04 05 06 07 08 09 11 12 15 16 19'.split(' ');
/** Those whose exercises are knobs with hidden answers. */
const withKnobs = '00 01 02 03 04 05 06 07 08 09 11 12 15 16 19'.split(' ');

describe.each(short)('notebook %s', (number) => {
  it.each(
    readNotebook(file(number))
      .cells.filter(({ cell_type }) => cell_type === 'code')
      .map((cell) => ({ id: cell.id, lines: sourceOf(cell).split('\n') })),
  )('has at most 25 lines of at most 100 columns in cell $id', ({ lines }) => {
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe.each(withKnobs)('notebook %s', (number) => {
  const notebook = readNotebook(file(number));
  const cell = notebook.cells.find(({ id }) => id === 'knobs');
  const items = (cell ? sourceOf(cell) : '').split(/^(?=\d+\. )/m).slice(1);

  it('has three to five knobs', () => {
    expect(knobsOf(notebook).length).toBeGreaterThanOrEqual(3);
    expect(items.length).toBeLessThanOrEqual(5);
  });

  it.each(items)('hides an answer under %s', (item) => {
    expect(item).toMatch(/<details><summary>[^<]+<\/summary>[^<]*\S[^]*<\/details>/);
  });

  it.each(knobsOf(notebook).map((knob) => [JSON.stringify(knob), knob] as const))(
    'declares the parameters of %s, with their types',
    (_, knob) => {
      expect(withParameters(notebook, knob, number).cells).toHaveLength(notebook.cells.length + 1);
    },
  );
});
