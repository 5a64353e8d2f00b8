import { race } from 'dark-matter';
import { expect, it } from 'vitest';

const rows: readonly race.ChartRow[] = [
  { row: 'SimCLR', group: 'contrastive', figures: { short: 90, long: 95 } },
  { row: 'PCA', group: 'baseline', figures: { short: 91, long: 91, emoji: 40 } },
];
interface Panel {
  data: { values: { row: string; x: number; y?: number }[] };
  params?: { name: string }[];
  encoding: { opacity: { condition: { param: string } }; color: { scale: { range: string[] } } };
}
/** The bars, and the panels beside them. */
function panelsOf(chart: ReturnType<typeof race.rowChart>): Panel[] {
  const [bars, { vconcat }] = chart.spec['hconcat'] as [Panel, { vconcat: Panel[] }];
  return [bars, ...vconcat];
}

it('one choice marks a row in all panels', () => {
  const chart = race.rowChart(rows, { title: 't', bars: 'long', panels: [['short', 'long']] });
  const panels = panelsOf(chart);
  expect(panels.flatMap(({ params = [] }) => params.map(({ name }) => name))).toEqual(['pick']);
  for (const { encoding } of panels) expect(encoding.opacity.condition.param).toBe('pick');
});

it('as many groups have as many colours, the same in all panels', () => {
  const nine = Array.from({ length: 9 }, (_, i) => ({ ...rows[0]!, row: `${i}`, group: `${i}` }));
  const ranges = panelsOf(
    race.rowChart(nine, { title: 't', bars: 'long', panels: [['short', 'long']] }),
  ).map(({ encoding }) => encoding.color.scale.range);
  expect(new Set(ranges[0]).size).toBe(9);
  expect(ranges[1]).toEqual(ranges[0]);
});

it('a row is where its figures are, and not in a panel of which it lacks one', () => {
  const chart = race.rowChart(rows, {
    title: 't',
    bars: 'long',
    panels: [
      ['short', 'long'],
      ['long', 'emoji'],
    ],
  });
  const [bars, both, one] = panelsOf(chart).map(({ data }) =>
    data.values.map(({ row, x, y }) => [row, x, ...(y === undefined ? [] : [y])]),
  );
  expect(bars).toEqual([
    ['SimCLR', 95],
    ['PCA', 91],
  ]);
  expect(both).toEqual([
    ['SimCLR', 90, 95],
    ['PCA', 91, 91],
  ]);
  expect(one).toEqual([['PCA', 91, 40]]);
});

it.each([
  [[], 'long', 'rows: none given'],
  [rows, 'lng', "figure: 'lng' given, one of short | long expected"],
])('%j, %s is told what is wrong', (given, bars, message) => {
  expect(() => race.rowChart(given, { title: 't', bars, panels: [] })).toThrow(message);
});
