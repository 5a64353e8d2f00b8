import { describe, expect, it } from 'vitest';
import { axisOf, chartOf } from '../../kernel-setup/sweep/chart.mjs';
import { pageOf } from '../../kernel-setup/sweep/report.mjs';
import { sweepValues } from '../../lib/measure/sweeps';
import { chart } from '../../lib/plot/chart';
import { kept } from './kept';

const runs = [0.01, 0.1, 1].flatMap((rate) =>
  [0, 1].map((seed) =>
    kept({
      key: `${rate} ${seed}`,
      parameters: { rate, seed },
      figures: { ours: { loss: [rate + seed] }, theirs: { loss: [2] } },
    }),
  ),
);

describe('the chart', () => {
  const specOf = (some: typeof runs) => chartOf(some, sweepValues(some));

  it('is over the parameter of numbers with the most values, over the seed only where nothing else was swept', () => {
    expect(axisOf(runs)).toBe('rate');
    expect(axisOf(runs.filter(({ parameters }) => parameters['rate'] === 1))).toBe('seed');
    expect(
      axisOf([
        kept({ parameters: { budget: 'quick', seed: 0 } }),
        kept({ parameters: { budget: 'full', seed: 0 } }),
      ]),
    ).toBe('budget');
    expect(axisOf([kept({ parameters: {} })])).toBe('notebook');
  });

  it('draws the figures, and seconds where there are none', async () => {
    expect(await chart(specOf(runs)!).svg()).toContain('loss');
    expect(await chart(specOf([kept({ figures: {} })])!).svg()).toContain('seconds');
    expect(specOf([kept({ status: 'failed', figures: {} })])).toBeUndefined();
  });

  it('draws a run whose claim failed after it had measured as a cross among circles', async () => {
    const crosses = async (some: typeof runs): Promise<boolean> =>
      (await chart(specOf(some)!).svg()).includes('failed');
    expect(await crosses(runs)).toBe(false);
    expect(
      await crosses([
        ...runs,
        kept({
          key: 'f',
          parameters: { rate: 10, seed: 0 },
          status: 'failed',
          figures: { ours: { loss: [3] } },
        }),
      ]),
    ).toBe(true);
  });
});

describe('the page', () => {
  it('has a row a run, what failed among them, and loads nothing', () => {
    const page = pageOf(
      [
        ...runs,
        kept({
          parameters: { rate: 5, name: '<b>' },
          status: 'failed',
          error: 'cell 2: Error: a < b',
        }),
      ],
      9,
      '<svg></svg>',
    );
    expect(page.match(/<tr>/g)).toHaveLength(8);
    expect(page).toContain('6 passed, 1 failed, 2 not run.');
    expect(page).toContain('failed: cell 2: Error: a &#60; b');
    expect(page).not.toContain('<b>');
    expect(page).not.toMatch(/src=|href=|@import/);
  });
});
