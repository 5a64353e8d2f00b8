import { describe, expect, it } from 'vitest';
import { plot, tf } from 'dark-matter';
import { expectNoLeak } from '../helpers/memory';
import { colorAt, decode, noise, pngOf, warningsOf } from './support';

const curve = (n: number, seed = 1): number[] =>
  noise(n, seed).map((x, i) => 0.01 + Math.exp(-i / 20) + 0.1 * x);
const cloud = (n: number, seed = 1): number[][] =>
  Array.from({ length: n }, (_, i) => [noise(2 * n, seed)[2 * i]!, noise(2 * n, seed)[2 * i + 1]!]);
const matrix = (rows: number, columns: number): number[][] =>
  Array.from({ length: rows }, (_, i) => noise(columns, i + 1).map((x) => 2 * x - 1));
const surface = {
  x: [-2, 2] as const,
  y: [-1, 1] as const,
  energy: Array.from({ length: 30 }, (_, i) =>
    Array.from({ length: 40 }, (_, j) => (i - 15) ** 2 + (j - 20) ** 2),
  ),
};

/** One of each, in the variants that take another path. */
const gallery: Record<string, () => plot.Chart> = {
  'one line': () => plot.lines(curve(50), { title: 'Loss' }),
  'named lines with a rule, on a log axis': () =>
    plot.lines(
      { a: curve(900), b: curve(30, 2) },
      {
        logY: true,
        rules: [
          { y: 0.5, label: 'chance' },
          { x: 10, label: 'here' },
        ],
      },
    ),
  'a log axis of less than two decades': () => plot.lines([1, 2, 3], { logY: true, logX: true }),
  'runs of three seeds': () =>
    plot.lines({ SimCLR: { runs: [curve(40), curve(40, 2), curve(40, 3)] } }, { yDomain: [0, 1] }),
  'a line in its band': () =>
    plot.lines({ a: { x: [1, 2], y: [3, 4], low: [2, 3], high: [4, 5] } }),
  'lines with a word at each point': () =>
    plot.lines(
      {
        a: { x: [0.1, 10], y: [3, 4], labels: ['weak', 'strong'] },
        b: [1, 2],
      },
      { logX: true },
    ),
  'a cloud': () => plot.scatter(cloud(20)),
  'a cloud of classes': () =>
    plot.scatter(cloud(30), {
      labels: Array.from({ length: 30 }, (_, i) => i % 10),
      legend: 'digit',
    }),
  "a cloud with its classes' names": () =>
    plot.scatter(cloud(30), {
      labels: Array.from({ length: 30 }, (_, i) => 'ab'[i % 2]!),
      names: true,
    }),
  'a cloud of energies': () =>
    plot.scatter(cloud(30), { values: noise(30), legend: 'energy', equal: false }),
  'a cloud of thirteen classes': () =>
    plot.scatter(cloud(26), { labels: Array.from({ length: 26 }, (_, i) => i % 13) }),
  bars: () =>
    plot.bars(
      { a: 1, b: { mean: 2, low: 1.5, high: 2.5 }, c: -0.5 },
      { rules: [{ x: 1, label: 'chance' }] },
    ),
  dots: () => plot.bars({ a: 91, b: { mean: 92, error: 1 } }, { mark: 'dot', sort: 'descending' }),
  'grouped bars': () =>
    plot.bars([
      { label: 'a', value: 1, group: 'x' },
      { label: 'a', value: 2, group: 'y' },
      { label: 'b', value: { mean: 1, error: 0.1 }, group: 'x' },
    ]),
  'grouped dots': () =>
    plot.bars(
      [
        { label: 'a', value: { mean: 1, error: 0.1 }, group: 'x' },
        { label: 'a', value: 2, group: 'y' },
      ],
      { mark: 'dot' },
    ),
  'a spectrum': () => plot.spectrum([5, 3, 1, 0]),
  spectra: () => plot.spectrum({ a: curve(64), b: curve(32, 2) }, { normalize: false }),
  'a histogram': () => plot.histogram(noise(500), { xLabel: 'x' }),
  histograms: () =>
    plot.histogram(
      { a: noise(500), b: noise(100, 2) },
      { rules: [{ x: 0.5, label: 'threshold' }] },
    ),
  'a small heatmap with numbers': () =>
    plot.heatmap(matrix(3, 4), {
      columns: ['a', 'b', 'c', 'a long name indeed, longer than a cell'],
      rows: ['x', 'y', 'z'],
      legend: 'correlation',
    }),
  'a heatmap of rectangles': () => plot.heatmap(matrix(20, 20)),
  'a heatmap that is a picture': () =>
    plot.heatmap(matrix(64, 64), { colors: 'diverging', domain: [-1, 1] }),
  'a constant matrix': () =>
    plot.heatmap([
      [1, 1],
      [1, 1],
    ]),
  'an energy surface with points': () =>
    plot.energySurface(surface, { points: cloud(700), clip: 0.9, title: 'Energy' }),
  'a constant surface': () =>
    plot.energySurface({
      ...surface,
      energy: [
        [1, 1],
        [1, 1],
      ],
    }),
  'charts beside each other': () =>
    plot.side(
      [
        plot.lines({ a: curve(9), b: curve(9, 2) }, { title: 'One' }),
        plot.heatmap(matrix(40, 40)),
        plot.energySurface(surface),
      ],
      { title: 'All', subtitle: 'of them' },
    ),
  'bars with long names beside lines': () =>
    plot.side([plot.lines(curve(9)), plot.bars({ 'a method of some name': 1, b: 2 })]),
  'charts with one legend': () =>
    plot.side([
      plot.scatter(cloud(10), { labels: 'aabbaabbab'.split('') }),
      plot.scatter(cloud(10), { labels: 'aabbaabbab'.split('') }),
    ]),
};

describe.each(Object.entries(gallery))('%s', (_name, make) => {
  it('compiles and is drawn without a warning', async () => {
    expect(await warningsOf(make())).toEqual([]);
  });

  it("fits in a notebook's cell of 720 pixels, is described in one line, and is the same each time", async () => {
    const [one, other] = [await pngOf(make()), await pngOf(make())];
    expect(one.equals(other)).toBe(true);
    expect(decode(one).width / 2).toBeLessThanOrEqual(720);
    expect(make().text).toMatch(/^[^\n]{10,}$/);
  });
});

/** The subtitle that a chart's title has. */
function subtitle(chart: plot.Chart): string {
  const title = chart.spec['title'] as { subtitle?: string[] } | undefined;
  return (title?.subtitle ?? []).join(' ');
}

function rows(chart: plot.Chart): Record<string, number>[] {
  return (chart.spec['data'] as { values: Record<string, number>[] }).values;
}

describe('a rule far beyond a given axis', () => {
  const far = [
    { y: 1000, label: 'far above' },
    { x: -1e6, label: 'far left' },
  ];
  const sizeOf = async (chart: plot.Chart): Promise<number[]> => {
    const { width, height } = decode(await pngOf(chart));
    return [width, height];
  };

  it('leaves the picture its size, and is told below the title', async () => {
    const axes = { xDomain: [0, 10] as const, yDomain: [0, 1] as const, subtitle: 'one line' };
    for (const make of [
      (rules?: plot.Rule[]) => plot.lines([0.1, 0.5], { ...axes, rules }),
      (rules?: plot.Rule[]) =>
        plot.scatter(
          [
            [1, 0.5],
            [2, 0.7],
          ],
          { ...axes, rules },
        ),
    ]) {
      expect(await sizeOf(make(far))).toEqual(await sizeOf(make()));
      expect(subtitle(make(far))).toBe(
        'one line · far above (y = 1000), far left (x = -1000000) are beyond the axis',
      );
    }
    const bars = (rules?: plot.Rule[]) =>
      plot.bars({ a: 0.5 }, { xDomain: [0, 1], subtitle: 'one line', rules });
    expect(await sizeOf(bars(far.slice(1)))).toEqual(await sizeOf(bars()));
  });

  it('one on the edge is drawn', () => {
    expect(
      subtitle(plot.lines([0.1, 0.5], { yDomain: [0, 1], rules: [{ y: 1, label: 'best' }] })),
    ).toBe('');
  });

  it('an axis that bars choose by themselves reaches as far as the rule', async () => {
    const chart = plot.bars({ a: 1 }, { rules: [{ x: 100, label: 'goal' }] });
    expect(subtitle(chart)).toBe('');
    expect(decode(await pngOf(chart)).width / 2).toBeLessThanOrEqual(720);
  });
});

describe('an energy beyond the scale', () => {
  const [below, above] = [
    [
      [-3, 0],
      [1, 2],
    ],
    [
      [0, 1],
      [2, 9],
    ],
  ];
  it('is drawn in the end’s colour, and the subtitle tells which ends', () => {
    const note = (energy: number[][], options = {}) =>
      subtitle(plot.energySurface({ ...surface, energy }, options));
    expect(note(below, { domain: [-2, 4] })).toBe('energies below −2 drawn alike');
    expect(note(above, { domain: [-2, 4] })).toBe('energies above 4 drawn alike');
    expect(note([...below, ...above], { domain: [-2, 4] })).toBe(
      'energies below −2 and above 4 drawn alike',
    );
    expect(note(above, { clip: 0.5 })).toContain('above 2 drawn alike');
  });

  it('is not there without a domain of one’s own', () => {
    expect(
      subtitle(
        plot.energySurface({
          ...surface,
          energy: [
            [-1 / 3, 1 / 7],
            [2 / 3, 100_001.5],
          ],
        }),
      ),
    ).toBe('');
  });
});

describe('words beside the points of a line', () => {
  it('are drawn where they are given, one for each point', () => {
    const { spec } = plot.lines({ a: { y: [1, 2], labels: ['weak', 'strong'] }, b: [2, 3] });
    const layers = spec['layer'] as { mark: { type: string }; encoding: { text?: unknown } }[];
    const words = layers.filter(({ mark }) => mark.type === 'text');
    expect(words.map(({ encoding }) => encoding.text)).toEqual([{ field: 'label' }]);
    const { values } = spec['data'] as { values: { label?: string }[] };
    expect(values.map(({ label }) => label)).toEqual(['weak', 'strong', undefined, undefined]);
    expect(() => plot.lines({ a: { y: [1, 2], labels: ['one'] } })).toThrow(
      'a.labels: 1 words given, 2 expected',
    );
  });
});

describe('what is not finite', () => {
  it('is left out and counted below the title', () => {
    expect(subtitle(plot.lines({ a: [1, NaN, 2, Infinity] }))).toBe(
      'a: 2 of 4 values are NaN or infinite and not drawn',
    );
    expect(subtitle(plot.lines([1, 0, 2], { logY: true }))).toBe(
      '1 of 3 values is NaN, infinite or not above 0 and not drawn',
    );
    expect(
      subtitle(
        plot.scatter([
          [0, 1],
          [NaN, 1],
          [2, 2],
        ]),
      ),
    ).toContain('1 of 3 points is NaN or infinite and not drawn');
    expect(subtitle(plot.histogram([1, 2, NaN, 9], { domain: [0, 3] }))).toBe(
      '1 of 4 values is NaN or infinite and not drawn, 1 of 4 values is outside of the axis and not drawn',
    );
    expect(
      subtitle(
        plot.heatmap([
          [1, NaN],
          [2, 3],
        ]),
      ),
    ).toContain('1 of 4 cells is NaN');
    expect(
      subtitle(
        plot.energySurface(
          {
            ...surface,
            energy: [
              [1, Infinity],
              [2, 3],
            ],
          },
          {
            points: [
              [0, 0],
              [9, 0],
            ],
          },
        ),
      ),
    ).toMatch(/1 of 4 grid values is NaN or infinite.*1 point beyond the edges/);
  });

  it('and nothing else is an error', () => {
    expect(() => plot.lines({ a: [NaN, NaN] })).toThrow(
      'a: 2 of 2 values are NaN or infinite and not drawn; at least one finite point expected',
    );
    expect(() => plot.scatter([[NaN, 1]])).toThrow('points');
    expect(() => plot.histogram([NaN])).toThrow('values: 1 values, none of them finite, given');
    expect(() => plot.heatmap([[NaN]])).toThrow('matrix');
    expect(() => plot.bars({ a: NaN })).toThrow('data: number NaN given for "a"');
    expect(() => plot.spectrum([1, NaN])).toThrow(
      'NaN given, finite numbers of at least 0 expected',
    );
  });
});

describe('wrong input is refused by name', () => {
  it.each<[string, () => unknown, string]>([
    ['no lines', () => plot.lines({}), 'series: no lines given'],
    ['an empty line', () => plot.lines([]), 'series: no points given'],
    [
      'x of another length',
      () => plot.lines({ a: { y: [1, 2], x: [1] } }),
      'a.x: 1 numbers given, 2 expected',
    ],
    [
      'runs of other lengths',
      () => plot.lines({ a: { runs: [[1, 2], [1]] } }),
      'a.runs[1]: 1 numbers given, 2 expected',
    ],
    [
      'words for numbers',
      () => plot.lines(['1'] as unknown as number[]),
      'y[0]: "1" given, a number expected',
    ],
    ['points in space', () => plot.scatter([[1, 2, 3]]), 'points: shape [1, 3] given, [n, 2]'],
    ['labels too few', () => plot.scatter([[1, 2]], { labels: [] }), 'labels: 0 given, 1 expected'],
    [
      'two colours for a point',
      () => plot.scatter([[1, 2]], { labels: [1], values: [1] }),
      'labels, values: both given',
    ],
    ['ragged rows', () => plot.heatmap([[1, 2], [3]]), 'matrix[1]: 1 numbers given, 2 expected'],
    [
      'names too few',
      () => plot.heatmap([[1, 2]], { columns: ['a'] }),
      'columns: 1 names given, 2 expected',
    ],
    [
      'an interval upside down',
      () => plot.energySurface({ ...surface, x: [1, -1] }),
      'surface.x: [1, -1] given',
    ],
    [
      'samples in space',
      () => plot.energySurface(surface, { samples: [[1, 2, 3]] }),
      'samples: shape [1, 3] given',
    ],
    [
      'marks in space',
      () => plot.energySurface(surface, { marks: [[1, 2, 3]] }),
      'marks: shape [1, 3] given',
    ],
    ['a quantile of 2', () => plot.energySurface(surface, { clip: 2 }), 'clip: 2 given'],
    ['negative singular values', () => plot.spectrum([-1, 1]), 'spectrum: -1 given'],
    ['a spectrum of zeros', () => plot.spectrum([0, 0]), 'spectrum: only zeros given'],
    ['no bars', () => plot.bars({}), 'data: no bars given'],
    ['half a bin', () => plot.histogram([1], { bins: 0.5 }), 'bins: 0.5 given'],
    ['nothing beside nothing', () => plot.side([]), 'charts: none given'],
  ])('%s', (_name, f, message) => {
    expect(f).toThrow(message);
  });
});

describe('what is drawn is what was given', () => {
  it('a long line is thinned, and keeps its highest spike and its lowest dip', () => {
    const y = curve(5000);
    y[1234] = 50;
    y[4321] = -50;
    const drawn = rows(plot.lines(y)).map((row) => row['y']!);
    expect(drawn.length).toBeLessThanOrEqual(240);
    expect([Math.max(...drawn), Math.min(...drawn)]).toEqual([50, -50]);
  });

  it('the band of runs goes from their least to their greatest, around their mean', () => {
    expect(
      rows(
        plot.lines({
          a: {
            runs: [
              [1, 4],
              [3, 8],
              [2, 6],
            ],
          },
        }),
      ),
    ).toEqual([
      { x: 1, y: 2, low: 1, high: 3, series: 'a' },
      { x: 2, y: 6, low: 4, high: 8, series: 'a' },
    ]);
  });

  it('numbers are rounded to five digits, so that a notebook stays small', () => {
    expect(rows(plot.lines([1 / 3]))[0]!['y']).toBe(0.33333);
  });

  it('densities have an area of 1 each, counts sum to the number of values', () => {
    const chart = plot.histogram(
      { a: noise(300), b: noise(50, 2).map((x) => 3 * x) },
      { bins: 20 },
    );
    for (const name of ['a', 'b']) {
      const own = rows(chart).filter((row) => (row['set'] as unknown) === name);
      const area = own
        .slice(0, -1)
        .reduce((sum, row, i) => sum + row['y']! * (own[i + 1]!['x']! - row['x']!), 0);
      expect(area).toBeCloseTo(1, 2);
    }
    const counts = rows(plot.histogram(noise(300), { bins: 20 })).slice(0, -1);
    expect(counts.reduce((sum, row) => sum + row['y']!, 0)).toBe(300);
  });

  it("a heatmap's first row is at the top, as rectangles and as a picture alike", async () => {
    for (const n of [4, 40]) {
      const triangle = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => (i < n / 2 && j < n / 2 ? 1 : 0)),
      );
      const chart = plot.heatmap(triangle, { numbers: false, colors: 'sequential' });
      const image = decode(await pngOf(chart));
      // Viridis ends in yellow (253, 231, 37) and begins in violet (68, 1, 84).
      const [top, bottom] = [colorAt(image, 150, 100), colorAt(image, 150, image.height - 150)];
      expect([top, bottom]).toEqual(['253,231,37', '68,1,84']);
    }
  });

  it("an energy surface's first row is at the lowest y", async () => {
    const energy = Array.from({ length: 20 }, (_, i) => Array.from({ length: 20 }, () => i));
    const image = decode(await pngOf(plot.energySurface({ x: [0, 1], y: [0, 1], energy })));
    expect(colorAt(image, 300, 40)).toBe('253,231,37');
    expect(colorAt(image, 300, image.height - 80)).toBe('68,1,84');
  });

  it('samples on an energy surface lie over the points, in another colour', () => {
    const [points, samples] = [[[-1, 0.5]], [[1, -0.5]]];
    const chart = plot.energySurface(surface, { points, samples });
    expect(chart.text).toContain('1 point on it, 1 sample on it');
    const layers = chart.spec['layer'] as {
      data?: { values: unknown };
      mark: { color?: string };
    }[];
    const [below, above] = layers.slice(-2);
    expect([below!.data, above!.data]).toEqual([
      { values: [{ x: -1, y: 0.5 }] },
      { values: [{ x: 1, y: -0.5 }] },
    ]);
    expect(below!.mark.color).toBe('white');
    expect(above!.mark.color).not.toBe(below!.mark.color);
  });

  it('marks on an energy surface are crosses over all else', () => {
    const [samples, marks] = [[[-1, 0.5]], [[1, -0.5]]];
    const chart = plot.energySurface(surface, { marks, samples });
    expect(chart.text).toContain('1 sample on it, 1 mark on it');
    const layers = chart.spec['layer'] as { data?: object; mark: { shape?: string } }[];
    expect(layers.at(-1)).toMatchObject({
      data: { values: [{ x: 1, y: -0.5 }] },
      mark: { shape: 'cross' },
    });
  });

  it('a matrix of 128 x 128 costs less than 60 kilobytes as a spec', () => {
    expect(JSON.stringify(plot.heatmap(matrix(128, 128)).spec).length).toBeLessThan(60_000);
  });

  it('spectra are sorted, divided by their greatest value, and held at the floor', () => {
    const chart = plot.spectrum([1, 4, 0, 2]);
    expect(rows(chart).map((row) => row['y'])).toEqual([1, 0.5, 0.25, 1e-7]);
    expect(subtitle(chart)).toBe('1 value below 1e-7 of the greatest drawn there');
  });
});

describe('tensors', () => {
  it('are drawn as their arrays are, and neither kept nor disposed of', () => {
    expect(plot.lines(tf.tensor1d([1, 2, 3])).spec).toEqual(plot.lines([1, 2, 3]).spec);
    expect(
      plot.scatter(
        tf.tensor2d([
          [1, 2],
          [3, 4],
        ]),
        { labels: tf.tensor1d([0, 1], 'int32') },
      ).spec,
    ).toEqual(
      plot.scatter(
        [
          [1, 2],
          [3, 4],
        ],
        { labels: [0, 1] },
      ).spec,
    );
    const x = tf.tensor2d(noise(40), [20, 2]);
    expectNoLeak(() => {
      plot.scatter(x);
      plot.heatmap(x);
      plot.histogram(x);
    });
    expect(x.isDisposed).toBe(false);
    x.dispose();
  });
});
