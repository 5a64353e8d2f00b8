import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { measure } from 'dark-matter';

const root = mkdtempSync(join(tmpdir(), 'results-test-'));
afterAll(() => rmSync(root, { recursive: true }));
let folder: string;
let count = 0;
beforeEach(() => void (folder = join(root, String(count++))));

const result = {
  notebook: '99-test',
  budget: 'quick',
  seeds: [0, 1],
  figures: { SimCLR: { 'accuracy, %': [95.5, 96] }, pixels: { 'accuracy, %': [90] } },
} as const;

test('what is appended is read back, in order, with time, versions and the hash of the code', async () => {
  await measure.appendResults(result, { folder });
  await measure.appendResults(
    { ...result, seeds: [2], figures: { SimCLR: { 'accuracy, %': [94] } } },
    { folder },
  );
  const [first, second, ...others] = await measure.readResults('99-test', { folder });
  expect(others).toEqual([]);
  expect(first).toMatchObject(result);
  expect(second!.seeds).toEqual([2]);
  expect(first!.codeHash).toMatch(/^[0-9a-f]{16}$/);
  expect(second!.codeHash).toBe(first!.codeHash);
  expect(Date.parse(first!.time)).toBeLessThanOrEqual(Date.parse(second!.time));
  expect(first!.versions.node).toBe(process.versions.node);
  expect(readdirSync(folder)).toEqual(['99-test.jsonl']); // no temporary file is left
});

test('twenty that are added at the same time are all there, and a lock that was left is no obstacle', async () => {
  mkdirSync(folder);
  const lock = join(folder, '99-test.jsonl.lock');
  writeFileSync(lock, '');
  utimesSync(lock, new Date(0), new Date(0));
  const seeds = Array.from({ length: 20 }, (_, i) => i);
  const figures = { pixels: { 'accuracy, %': [90] } };
  await Promise.all(
    seeds.map((seed) => measure.appendResults({ ...result, seeds: [seed], figures }, { folder })),
  );
  const lines = await measure.readResults('99-test', { folder });
  expect(lines.map((line) => line.seeds[0]!).sort((a, b) => a - b)).toEqual(seeds);
  expect(readdirSync(folder)).toEqual(['99-test.jsonl']);
});

test('a notebook without results has none', async () => {
  expect(await measure.readResults('98-none', { folder })).toEqual([]);
});

test('where writing fails nothing is left behind and what was there stays', async () => {
  writeFileSync(folder, 'a file, where a folder should be');
  await expect(measure.appendResults(result, { folder })).rejects.toThrow();
  expect(existsSync(join(folder, '99-test.jsonl'))).toBe(false);
});

test('NaN, a wrong number of values and a name that leads elsewhere are refused', async () => {
  const withValues = (values: number[]) => ({ ...result, figures: { SimCLR: { loss: values } } });
  await expect(measure.appendResults(withValues([1, NaN]), { folder })).rejects.toThrow(
    "figures['SimCLR']['loss']: NaN given",
  );
  await expect(measure.appendResults(withValues([1, 2, 3]), { folder })).rejects.toThrow(
    '3 values given, 2 expected',
  );
  await expect(measure.appendResults({ ...result, notebook: '../x' }, { folder })).rejects.toThrow(
    "notebook: '../x' given",
  );
  await expect(measure.appendResults({ ...result, seeds: [] }, { folder })).rejects.toThrow(
    'seeds: none given',
  );
  expect(existsSync(folder)).toBe(false);
});

test('a damaged line is named', async () => {
  await measure.appendResults(result, { folder });
  writeFileSync(join(folder, '99-test.jsonl'), '{"notebook":"99-test"}\n{"half');
  await expect(measure.readResults('99-test', { folder })).rejects.toThrow('line 2 is not JSON');
});
