import { describe, expect, it } from 'vitest';
import * as vega from 'vega';
import { plot } from 'dark-matter';
import { compile } from '../../lib/plot/render';
import { decode, noise, pngOf, warningsOf } from './support';

const cloud = (n: number, seed = 1): number[][] =>
  Array.from({ length: n }, (_, i) => [noise(n, seed)[i]!, noise(n, seed + 1)[i]!]);
const matrix = (n: number): number[][] => Array.from({ length: n }, (_, i) => noise(n, i + 1));
const labels = Array.from({ length: 12 }, (_, i) => 'ab'[i % 2]!);

interface Tip {
  readonly field: string;
  readonly title: string;
  readonly type: string;
  readonly format?: string;
}
interface Layer {
  readonly params?: readonly { name: string }[];
  readonly data?: { values: Record<string, unknown>[] };
  readonly encoding?: { tooltip?: Tip[]; opacity?: object; color?: { legend?: unknown } };
  readonly layer?: readonly Layer[];
}

const layersOf = (spec: object): readonly Layer[] => {
  const { layer, concat } = spec as { layer?: Layer[]; concat?: Layer[] };
  return [spec as Layer, ...(layer ?? concat ?? []).flatMap(layersOf)];
};
const tipsOf = (spec: object): Tip[] =>
  layersOf(spec).flatMap((layer) => layer.encoding?.tooltip ?? []);

async function viewOf(chart: plot.Chart): Promise<vega.View> {
  return new vega.View(vega.parse(compile(chart.spec).spec), { renderer: 'none' }).runAsync();
}

describe('every builder has tooltips', () => {
  it.each<[string, plot.Chart, string[]]>([
    ['a line', plot.lines([1, 2]), ['step', 'value']],
    ['lines', plot.lines({ a: [1], b: [2] }, { xLabel: 'epoch' }), ['series', 'epoch', 'value']],
    [
      'runs',
      plot.lines({
        a: {
          runs: [
            [1, 2],
            [2, 3],
          ],
        },
      }),
      ['step', 'value', 'from', 'to'],
    ],
    ['a cloud', plot.scatter(cloud(12)), ['x', 'y']],
    ['classes', plot.scatter(cloud(12), { labels, legend: 'digit' }), ['digit', 'x', 'y']],
    ['values', plot.scatter(cloud(12), { values: noise(12) }), ['x', 'y', 'value']],
    ['bars', plot.bars({ a: 1 }, { xLabel: 'accuracy, %' }), ['name', 'accuracy, %']],
    [
      'intervals',
      plot.bars([
        { label: 'a', group: 'g', value: { mean: 1, error: 0.1 } },
        { label: 'a', group: 'h', value: 1 },
      ]),
      ['name', 'group', 'value', 'from', 'to'],
    ],
    ['a histogram', plot.histogram(noise(50)), ['from', 'to', 'count']],
    [
      'histograms',
      plot.histogram({ a: noise(50), b: noise(9) }),
      ['from', 'to', 'a: density', 'b: density'],
    ],
    [
      'a heatmap',
      plot.heatmap(matrix(3), { legend: 'correlation' }),
      ['row', 'column', 'correlation'],
    ],
    [
      'a picture',
      plot.heatmap(matrix(40), { xLabel: 'key', yLabel: 'query' }),
      ['key', 'query', 'value'],
    ],
    [
      'a surface',
      plot.energySurface({ x: [0, 1], y: [0, 1], energy: matrix(9) }),
      ['x', 'y', 'energy'],
    ],
    ['a spectrum', plot.spectrum([3, 2]), ['dimension, sorted', 'singular value / greatest']],
  ])('%s: %#', (_name, chart, titles) => {
    const tips = tipsOf(chart.spec);
    expect(tips.map(({ title }) => title)).toEqual(titles);
    for (const { type, format } of tips)
      expect(format).toBe(type === 'nominal' ? undefined : ',.6~r');
  });

  it('a surface tells the energy of the very grid point, a picture that of the very cell', () => {
    const energy = Array.from({ length: 31 }, (_, i) =>
      Array.from({ length: 21 }, (__, j) => 100 * i + j),
    );
    const told = (chart: plot.Chart): Record<string, number>[] =>
      layersOf(chart.spec).find(({ encoding }) => encoding?.tooltip)!.data!.values as never;
    const onSurface = told(plot.energySurface({ x: [-1, 1], y: [0, 3], energy }));
    expect(onSurface.length).toBe(256);
    for (const { x, y, value } of onSurface)
      expect(value).toBeCloseTo(100 * (y! / 3) * 30 + ((x! + 1) / 2) * 20, 0);
    const wide = Array.from({ length: 31 }, (_, i) =>
      Array.from({ length: 40 }, (__, j) => 100 * i + j),
    );
    for (const { x0, y0, value } of told(plot.heatmap(wide))) expect(value).toBe(100 * y0! + x0!);
  });

  it('what is there for the pointer alone costs the picture nothing', async () => {
    expect(await plot.lines([1, 2]).svg()).not.toContain('opacity="0"');
    expect(await plot.histogram(noise(9)).svg()).not.toContain('opacity="0"');
  });
});

describe('legends and brushes select', () => {
  const symbols = (svg: string): string[] =>
    [
      ...svg.matchAll(/aria-label="[^"]*x: [^"]*" role="graphics-symbol"[^>]*? opacity="([^"]*)"/g),
    ].map(([, opacity]) => opacity!);

  it('a click on a name of the legend leaves its points, and fades the others', async () => {
    const view = await viewOf(plot.scatter(cloud(12), { labels }));
    expect(new Set(symbols(await view.toSVG()))).toEqual(new Set(['0.75']));
    // What Vega-Lite's signal of a click on the legend says.
    await view.signal('picked_class_legend', 'a').runAsync();
    const after = symbols(await view.toSVG());
    expect(after.filter((opacity) => opacity === '0.75')).toHaveLength(6);
    expect(after).toHaveLength(12);
    view.finalize();
  });

  it('only where there is a legend of several', () => {
    const names = (chart: plot.Chart): string[] =>
      layersOf(chart.spec).flatMap(({ params = [] }) => params.map(({ name }) => name));
    expect(names(plot.lines({ a: [1], b: [2] }))).toEqual(['picked']);
    expect(names(plot.lines([1, 2]))).toEqual([]);
    expect(names(plot.scatter(cloud(12), { labels, names: true }))).toEqual([]);
    expect(names(plot.scatter(cloud(12), { labels, brush: true }))).toEqual(['picked', 'brushed']);
  });

  it('panels with one legend share its parameter, those of different classes have each their own', async () => {
    const panel = (own: string[], brush = false) => plot.scatter(cloud(12), { labels: own, brush });
    const shared = plot.side([panel(labels, true), panel(labels, true)]);
    const apart = plot.side([panel(labels), panel(labels.map((name) => `${name}'`))]);
    const names = (chart: plot.Chart): string[][] =>
      (chart.spec['concat'] as object[]).map((part) =>
        layersOf(part).flatMap(({ params = [] }) => params.map(({ name }) => name)),
      );
    expect(names(shared)).toEqual([['picked', 'brushed0'], ['brushed1']]);
    expect(names(apart)).toEqual([['picked'], ['picked2']]);
    for (const chart of [shared, apart]) expect(await warningsOf(chart)).toEqual([]);
    const view = await viewOf(shared);
    const picked = { unit: 'first', fields: [{ type: 'E', field: 'class' }], values: ['a'] };
    await view.data('picked_store', [picked]).runAsync();
    expect(symbols(await view.toSVG()).filter((opacity) => opacity === '0.75')).toHaveLength(12);
    view.finalize();
  });
});

describe('a brush on one of two panels of the same points', () => {
  it('marks the same points in the other, wherever they are there', async () => {
    const x = Array.from({ length: 10 }, (_, i) => [i, 0]);
    const shuffled = x.map(([i]) => [0, (7 * i!) % 10]);
    const chart = plot.side([
      plot.scatter(x, { brush: true, xDomain: [-0.5, 9.5], yDomain: [-1, 1] }),
      plot.scatter(shuffled, { brush: true, xDomain: [-1, 1], yDomain: [-0.5, 9.5] }),
    ]);
    const view = await viewOf(chart);
    const full = (svg: string): string[] =>
      [
        ...svg.matchAll(
          /aria-label="[^"]*?(x: \S+ y: \S+)" role="graphics-symbol"[^>]*?opacity="0.75"/g,
        ),
      ]
        .map(([, label]) => label!)
        .sort();
    expect(full(await view.toSVG())).toHaveLength(20);
    // What Vega-Lite stores when the first three are marked in the first panel.
    const fields = ['x', 'y'].map((channel) => ({ type: 'R', field: `${channel}0`, channel }));
    const marked = {
      unit: 'first',
      fields,
      values: [
        [-0.5, 2.5],
        [-1, 1],
      ],
    };
    await view.data('brushed0_store', [marked]).runAsync();
    const [here, there] = [
      ['0', '1', '2'],
      ['0', '7', '4'],
    ];
    expect(full(await view.toSVG())).toEqual(
      [...here.map((at) => `x: ${at}; y: 0`), ...there.map((at) => `x: 0; y: ${at}`)].sort(),
    );
    view.finalize();
  });
});

describe('panels beside each other', () => {
  const surface = (k: number, options: plot.EnergySurfaceOptions = {}) =>
    plot.energySurface(
      { x: [0, 1], y: [0, 1], energy: matrix(9).map((row) => row.map((x) => k * x)) },
      options,
    );
  const panels = (chart: plot.Chart) =>
    chart.spec['concat'] as { title: { text: string[]; subtitle?: string[] } }[];
  const bars = (chart: plot.Chart): number =>
    panels(chart).filter((panel) =>
      layersOf(panel).some(({ encoding }) => encoding?.color && encoding.color.legend !== null),
    ).length;

  it('histograms are as tall as their panel, with what answers the pointer', async () => {
    const histogram = plot.histogram({ a: noise(50), b: noise(50, 2) });
    const tall = async (height: number): Promise<number> =>
      decode(await pngOf(plot.side([histogram, histogram], { height }))).height;
    expect((await tall(160)) - (await tall(60))).toBe(2 * 100);
  });

  it('have one colour bar where they have one scale, and two where they have two', () => {
    const domain = [0, 1] as const;
    expect(bars(plot.side([surface(1, { domain }), surface(2, { domain })]))).toBe(1);
    expect(bars(plot.side([surface(1), surface(2)]))).toBe(2);
    expect(bars(plot.side([surface(1), surface(2)], { sameScale: true }))).toBe(1);
    expect(bars(plot.side([surface(1, { legend: 'F' }), surface(1, { legend: 'G' })]))).toBe(2);
  });

  it('in the same scale the same value has the same colour: from the least of all to the greatest', () => {
    const scales = (chart: plot.Chart): unknown[] =>
      panels(chart).map(
        (panel) => JSON.stringify(panel).match(/"domain":(\[[^\]]*\]),"clamp"/)?.[1],
      );
    const [alone] = scales(plot.side([surface(4)]));
    const [small, great] = scales(plot.side([surface(1), surface(4)], { sameScale: true }));
    expect(small).toBe(great);
    expect(JSON.parse(String(great))[1]).toBe(JSON.parse(String(alone))[1]);
    const heat = plot.side([plot.heatmap([[-1, 2]]), plot.heatmap([[3, 4]])], { sameScale: true });
    expect(new Set(scales(heat))).toEqual(new Set(['[-4,4]']));
  });

  it('have titles of as many lines in a row, so that they begin at one height', () => {
    const long = 'A title that is much too long for the width of a panel';
    const chart = plot.side(
      [
        plot.lines([1], { title: long, subtitle: 'note' }),
        plot.lines([1], { title: 'B' }),
        plot.lines([1]),
      ],
      { columns: 2 },
    );
    const [a, b, c] = panels(chart);
    expect(a!.title.text.length).toBeGreaterThan(1);
    expect(b!.title.text).toHaveLength(a!.title.text.length);
    expect(b!.title.subtitle).toHaveLength(1);
    expect(c!.title).toBeUndefined();
  });
});

describe('legends and places mean something', () => {
  it('between whole steps there are no ticks: an axis of three steps has three', async () => {
    const ticks = async (n: number): Promise<string[]> => {
      const svg = await plot.lines(Array.from({ length: n }, () => 0.5)).svg();
      const axis = svg.slice(svg.indexOf('X-axis')).split('Y-axis')[0]!;
      return [...axis.matchAll(/>([\d.]+)</g)].map(([, text]) => text!);
    };
    expect(await ticks(3)).toEqual(['1', '2', '3']);
    expect(await ticks(12)).toEqual(['2', '4', '6', '8', '10', '12']);
  });

  it('classes that are numbers have a legend that says so', () => {
    const title = (own: (string | number)[]): unknown =>
      (
        layersOf(plot.scatter(cloud(2), { labels: own }).spec)[1]!.encoding!.color as {
          title?: unknown;
          legend: { title: unknown };
        }
      ).legend.title;
    expect(title([0, 5])).toBe('class');
    expect(title(['cat', 'dog'])).toBeNull();
  });

  it('bars of one group each stand in a row of their own, without empty places', () => {
    const [one, two] = [
      [
        { label: 'a', value: 1, group: 'x' },
        { label: 'b', value: 1, group: 'y' },
      ],
      [
        { label: 'a', value: 1, group: 'x' },
        { label: 'a', value: 1, group: 'y' },
      ],
    ].map((rows) => plot.bars(rows).spec);
    expect(JSON.stringify(one)).not.toContain('yOffset');
    expect(one!['height']).toBe(60);
    expect(JSON.stringify(two)).toContain('yOffset');
  });
});
