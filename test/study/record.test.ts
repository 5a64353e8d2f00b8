import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { measure, newestRecord, studyRecord } from 'dark-matter';
import { bundleOf } from '../../lib/plot/show';

const root = mkdtempSync(join(tmpdir(), 'record-test-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder: string;
let count = 0;
beforeEach(() => void (folder = join(root, String(count++))));

const five = [0, 1, 2, 3, 4];
const keep = (
  codeHash: string,
  figures: measure.Result['figures'],
  { seeds = five, settings }: { seeds?: number[]; settings?: measure.Settings } = {},
) =>
  measure.appendResults(
    { notebook: '99-x', budget: 'full', seeds, figures, ...(settings && { settings }) },
    { folder, codeHash },
  );
const newest = (options = {}) => newestRecord('99-x', { folder, codeHash: 'now', ...options });
const values = (from: number) => five.map((i) => from + i);

test('the newest record is given, with its date, its seeds, and whether the code has changed', async () => {
  await keep('old', { a: { x: values(0) } });
  await keep('now', { a: { x: values(10) } });
  const record = (await newest())!;
  expect(record.values('a', 'x')).toEqual(values(10));
  expect(record.changed).toBe(false);
  expect(record.note).toContain(`Measured ${new Date().toISOString().slice(0, 10)}`);
  expect(record.note).toContain('5 seeds (0, 1, 2, 3, 4)');
  expect(record.source).toMatch(/^Measured [-\d]+, 5 seeds \(0, 1, 2, 3, 4\)\.$/);
  expect(record.note).not.toContain('changed');
  expect((await newest({ codeHash: 'later' }))!.note).toContain('The code has changed since.');
});

test('records of different code are never mixed: the older whole one is shown, not a mixture', async () => {
  await keep('old', { a: { x: values(0) }, b: { x: values(5) } });
  await keep('now', { a: { x: values(10) } });
  const record = (await newest({ contestants: ['a', 'b'] }))!;
  expect(record.figures).toEqual({ a: { x: values(0) }, b: { x: values(5) } });
  expect(record.changed).toBe(true);
});

test('lines of one code are put together, by seed and by contestant; of other settings they are not', async () => {
  for (const seed of [3, 0, 1]) await keep('now', { a: { x: [seed] } }, { seeds: [seed] });
  expect(await newest()).toBeUndefined();
  await keep('now', { a: { x: [2] } }, { seeds: [2], settings: { steps: 9 } });
  await keep('old', { a: { x: [2] } }, { seeds: [2] });
  await keep('now', { a: { x: [2, 4] } }, { seeds: [2, 4] });
  await keep('now', { b: { x: [7] } });
  const record = (await newest())!;
  expect(record.figures).toEqual({ a: { x: five }, b: { x: [7] } });
  expect(record.seeds).toEqual(five);
});

test('a contestant that lacks a seed makes a record not whole', async () => {
  await keep('now', { a: { x: [0, 1, 2] } }, { seeds: [0, 1, 2] });
  await keep('now', { b: { x: values(0) } });
  expect(await newest()).toBeUndefined();
});

test('of a study that keeps each turn the seeds count that all its contestants have', async () => {
  for (const seed of [0, 1]) await keep('now', { a: { x: [seed] } }, { seeds: [seed] });
  await keep('now', { b: { x: [5] } }, { seeds: [0] });
  const record = (await newest({ seeds: 1 }))!;
  expect(record.seeds).toEqual([0]);
  expect(record.figures).toEqual({ a: { x: [0] }, b: { x: [5] } });
  expect(await newest({ seeds: 2 })).toBeUndefined();
});

test('what has no seed counts for all, also where it was first measured beside a single one', async () => {
  await keep('now', { pixels: { x: [9] }, a: { x: [0] } }, { seeds: [0] });
  await keep('now', { a: { x: [1] } }, { seeds: [1] });
  await keep('now', { pixels: { x: [9] } }, { seeds: [0, 1] });
  const record = (await newest({ seeds: 2 }))!;
  expect(record.figures).toEqual({ pixels: { x: [9] }, a: { x: [0, 1] } });
});

test('records are told apart by the settings that are asked for', async () => {
  await keep('now', { a: { x: values(0) } }, { settings: { steps: 100 } });
  await keep('now', { a: { x: values(10) } }, { settings: { steps: 200 } });
  expect((await newest({ settings: { steps: 100 } }))!.values('a', 'x')).toEqual(values(0));
  expect(await newest({ settings: { steps: 300 } })).toBeUndefined();
});

test("today's records in results/ are read: whole, of five seeds, of other code than now's", async () => {
  const record = (await newestRecord('06-contrastive', { codeHash: 'now' }))!;
  expect(record.seeds).toEqual(five);
  expect(record.values('SimCLR', 'linear, %')).toHaveLength(5);
  expect(record.note).toMatch(/^Measured 2026-11-\d\d, mean ± standard deviation of 5 seeds/);
  expect(record.changed).toBe(true);
});

test('settings that several contestants have otherwise in the same way are named once', () => {
  const measured = { 'SimCLR, t = 1: steps': 960, 'PCA: steps': 960, 'k: steps': 40, batch: 64 };
  const differs = { 'SimCLR, t = 1: steps': 80, 'PCA: steps': 80, 'k: steps': 20, batch: 32 };
  const { note } = studyRecord({ seeds: [0], figures: {}, settings: measured, differs });
  expect(note).toContain(
    'Other settings here: steps 80 (measured with 960) of 2 contestants, ' +
      'k: steps 20 (measured with 40), batch 32 (measured with 64).',
  );
});

test('a table says where it comes from, and that a figure without ± was measured once', async () => {
  const record = studyRecord({ seeds: [0, 1], figures: { a: { '%': [1, 3] }, b: { '%': [5] } } });
  const text = String((await bundleOf(record))['text/plain']);
  expect(text).toContain('a figure without ± was measured once');
  expect(text).toMatch(/a +2\.000 ± 1\.414/);
  expect(text).toMatch(/b +5\.000\*/);
});

test('a name that is not there is refused, with those that are', () => {
  const record = studyRecord({ seeds: [0], figures: { a: { x: [1] }, b: { x: [2] } } });
  expect(() => record.values('c', 'x')).toThrow("contestant: 'c' given, one of a | b expected");
  expect(() => record.mean('a', 'y')).toThrow("figure: 'y' given, one of x expected");
  expect(() => record.rows({ contestants: ['c'] })).toThrow("'c' given");
});

test("the hash of the code changes with a source and with a code cell, not with a page's prose", async () => {
  const [lib, notebooks] = [join(folder, 'lib'), join(folder, 'notebooks')];
  [lib, notebooks].forEach((path) => mkdirSync(path, { recursive: true }));
  const page = (code: string, prose: string) =>
    writeFileSync(
      join(notebooks, '99-x.ipynb'),
      JSON.stringify({
        cells: [
          { cell_type: 'code', source: [code] },
          { cell_type: 'markdown', source: [prose] },
        ],
      }),
    );
  writeFileSync(join(lib, 'a.ts'), '1');
  page('x', 'prose');
  const first = await measure.hashOfCode('99-x', lib);
  page('x', 'other prose');
  expect(await measure.hashOfCode('99-x', lib)).toBe(first);
  page('y', 'prose');
  const second = await measure.hashOfCode('99-x', lib);
  expect(second).not.toBe(first);
  writeFileSync(join(lib, 'a.ts'), '2');
  expect(await measure.hashOfCode('99-x', lib)).not.toBe(second);
  // A record with further parts to its name is of the same code.
  const third = await measure.hashOfCode('99-x', lib);
  expect(await measure.hashOfCode(measure.recordName('99-x', 'race', 'cifar10'), lib)).toBe(third);
});
