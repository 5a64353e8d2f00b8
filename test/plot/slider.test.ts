import { describe, expect, it } from 'vitest';
import * as vega from 'vega';
import { plot } from 'dark-matter';
import { compile } from '../../lib/plot/render';
import { noise, pngOf, warningsOf } from './support';

const labels = Array.from({ length: 30 }, (_, i) => 'abc'[i % 3]!);
const cloud = (k: number): number[][] =>
  noise(30, k).map((x, i) => [k * x, noise(30, k + 9)[i]! - k]);
const matrix = (n: number, k: number): number[][] =>
  Array.from({ length: n }, (_, i) => noise(n, i + 1).map((x) => k * (x - 0.3)));
const surface = (k: number) => ({
  x: [-2, 2] as const,
  y: [-1, 1] as const,
  energy: matrix(20, k),
});

/** Frames of each builder; every value in them is within its own range, which differs. */
const kinds: Record<string, (k: number) => plot.Chart | plot.ImageGrid> = {
  lines: (k) => plot.lines({ a: noise(20, k).map((x) => k * x), b: noise(20) }, { title: `${k}` }),
  'lines on a log axis': (k) =>
    plot.lines(
      noise(20, k).map((x) => 10 ** (-k * x) + 1e-9),
      { logY: true },
    ),
  scatter: (k) => plot.scatter(cloud(k), { labels }),
  'scatter of values': (k) => plot.scatter(cloud(k), { values: noise(30, k).map((x) => x * k) }),
  heatmap: (k) => plot.heatmap(matrix(5, k)),
  'a heatmap that is a picture': (k) => plot.heatmap(matrix(40, k)),
  histogram: (k) => plot.histogram({ a: noise(50, k).map((x) => k * x), b: noise(50) }),
  bars: (k) => plot.bars({ a: k, b: { mean: 2, error: 0.1 * k }, c: k - 1.5 }),
  energySurface: (k) => plot.energySurface(surface(k), k > 1 ? { points: cloud(k) } : {}),
  'panels beside each other': (k) =>
    plot.side([plot.scatter(cloud(k), { labels }), plot.energySurface(surface(k))]),
  imageGrid: (k) =>
    plot.imageGrid(
      matrix(8, k).map((row) => [row, row]),
      { range: [-3, 3] },
    ),
};
const steps = [1, 2, 3];

/** A chart in Vega, without a picture. */
async function viewOf(chart: plot.Chart): Promise<vega.View> {
  const view = new vega.View(vega.parse(compile(chart.spec).spec), { renderer: 'none' });
  return view.runAsync();
}

/** What a chart tells of its dots, bars and cells, and the pictures in it. */
const content = (svg: string): string[] =>
  [...svg.matchAll(/aria-label="([^"]*)" role="graphics-symbol"|href="(data:[^"]*)"/g)]
    .map(([, label, url]) => label ?? url!)
    .sort();

describe.each(Object.entries(kinds))('a slider over %s', (_name, frame) => {
  const chart = plot.slider(steps.map(frame), { name: 'step', values: steps, initial: 2 });

  it('is one chart with a parameter bound to a range, drawn without a warning', async () => {
    expect(chart.spec['params']).toContainEqual({
      name: 'frame',
      value: 2,
      bind: { input: 'range', min: 1, max: 3, step: 1, name: 'step ' },
    });
    expect(await warningsOf(chart)).toEqual([]);
  });

  it('its axes and colours are the same at each frame, its marks are not', async () => {
    const view = await viewOf(chart);
    const at = async (step: number): Promise<{ scales: string; svg: string }> => {
      await view.signal('frame', step).runAsync();
      const { scales } = view.getState({ signals: () => false }) as unknown as { scales: unknown };
      const names = ['x', 'y', 'color', 'concat_0_x', 'concat_0_y', 'layer_0_color'];
      const domains = names.map((name) => {
        try {
          return (view.scale(name) as { domain(): unknown }).domain();
        } catch {
          return undefined;
        }
      });
      return { scales: JSON.stringify([scales, domains]), svg: await view.toSVG() };
    };
    const states = [];
    for (const step of steps) states.push(await at(step));
    view.finalize();
    expect(new Set(states.map(({ scales }) => scales)).size).toBe(1);
    expect(new Set(states.map(({ svg }) => svg.replaceAll(/step = \d/g, ''))).size).toBe(3);
  });

  it('its picture is another one at another initial frame, and its text says which', async () => {
    const first = plot.slider(steps.map(frame), { values: steps, initial: 1 });
    expect((await pngOf(first)).equals(await pngOf(chart))).toBe(false);
    expect(chart.text).toMatch(/^slider over 3 steps from 1 to 3, at 2: /);
  });
});

describe('a slider shows the frame that it points at', () => {
  it('pictures of pixels, which have no margin, get one for the words above them', () => {
    const { spec } = plot.slider([kinds['imageGrid']!(1), kinds['imageGrid']!(2)]);
    expect(spec['title']).toBeDefined();
    expect(spec['padding']).not.toBe(0);
  });

  it.each(['scatter', 'bars', 'imageGrid'])('and nothing of the others: %s', async (kind) => {
    const chart = plot.slider(steps.map(kinds[kind]!), { values: steps });
    const view = await viewOf(chart);
    for (const step of steps) {
      const own = kinds[kind]!(step);
      const alone = await (own instanceof plot.Chart ? own : own.chart()).svg();
      await view.signal('frame', step).runAsync();
      expect(content(await view.toSVG())).toEqual(content(alone));
    }
    view.finalize();
  });

  it('by its number where the values are not evenly spaced, and says which', async () => {
    const chart = plot.slider(steps.map(kinds['bars']!), { name: 'τ', values: [0.1, 0.2, 0.7] });
    const view = await viewOf(chart);
    expect(await view.toSVG()).toContain('τ = 0.7');
    await view.signal('frame', 1).runAsync();
    expect(await view.toSVG()).toContain('τ = 0.2');
    view.finalize();
  });

  it('the title and the notes are the frame’s own', async () => {
    const frames = [
      plot.scatter([[0, 0]], { title: 'one', subtitle: 'whole' }),
      plot.scatter(
        [
          [0, 0],
          [NaN, 1],
        ],
        { title: 'two' },
      ),
    ];
    const view = await viewOf(plot.slider(frames));
    expect(await view.toSVG()).toMatch(/two.*1 of 2 points is NaN/s);
    await view.signal('frame', 0).runAsync();
    const svg = await view.toSVG();
    expect(svg).toMatch(/one.*whole/s);
    expect(svg).not.toContain('NaN');
    view.finalize();
  });

  it('the colour of a value is the same in each frame: pictures are painted anew', () => {
    const url = (k: number, at: number): unknown => {
      const chart = plot.slider([kinds['energySurface']!(1), kinds['energySurface']!(k)]);
      const [layer] = chart.spec['layer'] as { data: { values: { url: string }[] } }[];
      return layer!.data.values[at]!.url;
    };
    // The first frame is drawn otherwise beside one that reaches further.
    expect(url(3, 0)).not.toBe(url(2, 0));
  });

  it('its axes hold the points of all frames, in whichever order these come', () => {
    const [near, far] = [
      [
        [0, 0],
        [1, 1],
      ],
      [
        [10, -5],
        [11, -4],
      ],
    ].map((own) => plot.scatter(own));
    for (const frames of [
      [near!, far!],
      [far!, near!],
    ]) {
      const { layer } = plot.slider(frames).spec as {
        layer: { encoding: Record<'x' | 'y', { scale: { domain: [number, number] } }> }[];
      };
      const { x, y } = layer[0]!.encoding;
      expect(x.scale.domain).toEqual([-0.04, 11.04]);
      expect(y.scale.domain).toEqual([-5.04, 1.04]);
    }
  });

  it('classes that some frames lack keep their colour', () => {
    const frames = ['ab', 'bc'].map((own) =>
      plot.scatter(
        [
          [0, 0],
          [1, 1],
        ],
        { labels: [...own] },
      ),
    );
    const { layer } = plot.slider(frames).spec as {
      layer: { encoding: { color: { scale: { domain: string[]; range: string[] } } } }[];
    };
    const { domain, range } = layer[0]!.encoding.color.scale;
    expect(domain).toEqual(['a', 'b', 'c']);
    expect(new Set(range).size).toBe(3);
  });
});

describe('wrong frames are refused by name', () => {
  const line = plot.lines([1, 2]);
  it.each<[string, () => unknown, string]>([
    [
      'one frame',
      () => plot.slider([line]),
      'frames: an array of 1 given, an array of at least two',
    ],
    [
      'values of another number',
      () => plot.slider([line, line], { values: [1] }),
      'values: 1 given, 2 expected',
    ],
    [
      'no such value',
      () => plot.slider([line, line], { initial: 7 }),
      'initial: number 7 given, one of 0, 1',
    ],
    [
      'another builder',
      () => plot.slider([line, plot.lines([1, 2], { width: 300, height: 10, xLabel: 'other' })]),
      'frames: layer[0].encoding.x differs between frames',
    ],
    ['no chart', () => plot.slider([line, 7 as never]), 'frames[1]: number 7 given'],
    [
      'panels of another number',
      () => plot.slider([plot.side([line]), plot.side([line, line])]),
      'panels given, as many in each expected',
    ],
  ])('%s', (_name, f, message) => {
    expect(f).toThrow(message);
  });
});
