import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataFrame } from 'danfojs-node';
import { afterAll, expect, it } from 'vitest';
import { measure } from '../../lib';
import type { SweepRun } from '../../lib/measure/sweeps';

const folder = mkdtempSync(join(tmpdir(), 'sweeps-'));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (more: Partial<SweepRun>): SweepRun => ({
  key: 'a',
  notebook: '99-test',
  parameters: {},
  status: 'passed',
  seconds: 2,
  figures: {},
  error: null,
  ...more,
});

it('runs are read as they were written; none where there is no file', async () => {
  const runs = [run({ key: 'a' }), run({ key: 'b', status: 'failed', error: 'cell 1: Error' })];
  writeFileSync(
    join(folder, '99-test.jsonl'),
    runs.map((each) => `${JSON.stringify(each)}\n`).join(''),
  );
  expect(await measure.readSweep('99-test', { folder })).toEqual(runs);
  expect(await measure.readSweep('98-none', { folder })).toEqual([]);
});

it('a line that is not JSON is named', async () => {
  writeFileSync(join(folder, '97-broken.jsonl'), '{}\n{"half');
  await expect(measure.readSweep('97-broken', { folder })).rejects.toThrow('line 2 is not JSON');
});

it('values have a row each and one for the seconds, with the parameters beside them; a run that failed has what it measured before', () => {
  const passed = run({
    parameters: { rate: 0.1, widths: [1, 2] },
    figures: { ours: { loss: [3, 4] } },
  });
  const beside = { rate: 0.1, widths: '[1,2]', notebook: '99-test', status: 'passed' };
  expect(
    measure.sweepValues([
      passed,
      run({ status: 'failed', figures: { ours: { loss: [5] } } }),
      run({ status: 'timeout' }),
    ]),
  ).toEqual([
    { ...beside, row: 'ours', figure: 'loss', value: 3 },
    { ...beside, row: 'ours', figure: 'loss', value: 4 },
    { ...beside, row: '99-test', figure: 'seconds', value: 2 },
    { notebook: '99-test', status: 'failed', row: 'ours', figure: 'loss', value: 5 },
  ]);
});

it('values make a data frame of danfojs, to be grouped by a parameter', () => {
  const runs = [0, 1].flatMap((seed) =>
    [1, 2].map((rate) =>
      run({ parameters: { rate, seed }, figures: { ours: { loss: [rate * 10 + seed] } } }),
    ),
  );
  const frame = new DataFrame(measure.sweepValues(runs));
  const losses = frame.query(frame['figure'].eq('loss')) as DataFrame;
  expect(losses.groupby(['rate']).col(['value']).mean().values).toEqual([
    [1, 10.5],
    [2, 20.5],
  ]);
});
