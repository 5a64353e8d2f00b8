import { describe, expect, it } from 'vitest';
import { chart, plot } from 'dark-matter';
import { rasterize, rasterizeApart } from '../../lib/plot/render';
import { removeUnseen } from '../../lib/plot/unseen';
import { decode, inked, pngOf } from './support';

const square = { xDomain: [-4, 4], yDomain: [-4, 4] } as const;
const far = [50, -300, 1e7];

/** How many times the SVG of a chart draws a symbol. */
const symbols = async (x: plot.Chart): Promise<number> =>
  (await x.svg()).match(/aria-roledescription="(circle|point)"/g)?.length ?? 0;

// Most of these once ended the process without an error that could be caught.
describe("what lies far beyond a chart's edges", () => {
  it.each(far)(
    'a point at %d is left out, and the picture is that of the others but for a note',
    async (at) => {
      const [without, together] = [
        plot.scatter(
          [
            [0, 0],
            [1, 2],
          ],
          square,
        ),
        plot.scatter(
          [
            [0, 0],
            [1, 2],
            [at, at],
          ],
          square,
        ),
      ];
      expect(JSON.stringify(together.spec)).toContain('1 point beyond the edges');
      expect(await symbols(together)).toBe(2);
      const untold = { ...together.spec };
      delete (untold as { title?: unknown }).title;
      expect((await pngOf(chart(untold))).equals(await pngOf(chart(without.spec)))).toBe(true);
    },
  );

  it('a cloud that is beyond the edges as a whole is an empty plot', async () => {
    const gone = plot.scatter(
      [
        [50, 50],
        [0, 90],
      ],
      { ...square, labels: ['a', 'b'], names: true },
    );
    expect(JSON.stringify(gone.spec)).toContain('2 points beyond the edges');
    expect(await symbols(gone)).toBe(0);
    expect(inked(decode(await pngOf(gone)))).toBeGreaterThan(0);
  });

  it.each(far)('a line that is at %d does not keep the others from being drawn', async (at) => {
    const here = plot.lines({ here: { x: [0, 1], y: [0, 1] } }, { yDomain: [0, 1] });
    const both = plot.lines(
      {
        here: { x: [0, 1], y: [0, 1] },
        away: { x: [0, 1], y: [at, at], low: [at, at], high: [at + 1, at + 1] },
      },
      { yDomain: [0, 1] },
    );
    const paths = async (x: plot.Chart): Promise<number> =>
      (await x.svg()).match(/aria-roledescription="line mark"/g)?.length ?? 0;
    expect(await paths(both)).toBe(await paths(here));
    expect((await pngOf(both)).length).toBeGreaterThan(0);
  });

  it.each(far)('a line that leaves the chart for %d is drawn up to the edge', async (at) => {
    const leaving = plot.lines({ a: { x: [0, 1, 2], y: [0.5, 0.5, at] } }, { yDomain: [0, 1] });
    const staying = plot.lines({ a: { x: [0, 1, 2], y: [0.5, 0.5, 0.5] } }, { yDomain: [0, 1] });
    const ink = inked(decode(await pngOf(leaving)));
    expect(Math.abs(ink / inked(decode(await pngOf(staying))) - 1)).toBeLessThan(0.5);
  });

  it('a clipped mark of any other chart is left out too, and one that is not clipped is not', async () => {
    const spec = (clip: boolean, x: number) =>
      chart({
        data: {
          values: [
            { x: 0, y: 0 },
            { x, y: 0 },
          ],
        },
        width: 200,
        height: 200,
        mark: { type: 'circle', clip, opacity: 0.5 },
        encoding: {
          x: { field: 'x', type: 'quantitative', scale: { domain: [-1, 1] } },
          y: { field: 'y', type: 'quantitative' },
        },
      });
    expect(await symbols(spec(true, 1000))).toBe(1);
    expect(await symbols(spec(false, 1.2))).toBe(2);
    expect((await pngOf(spec(true, 1000))).length).toBeGreaterThan(0);
  });

  it('a dot that the edge cuts is kept', async () => {
    expect(
      await symbols(
        plot.scatter(
          [
            [4, 4],
            [-4, 0],
          ],
          square,
        ),
      ),
    ).toBe(2);
  });
});

// Each of these ended the process: what has an opacity is a layer, and resvg wants to see a part of it.
describe('what is not clipped and lies outside of the picture', () => {
  const values = [
    { x: 0, y: 0 },
    { x: 1000, y: 0 },
  ];
  const scale = { domain: [-1, 1] };
  const unit = {
    data: { values },
    width: 200,
    height: 200,
    mark: { type: 'circle', opacity: 0.5 },
    encoding: {
      x: { field: 'x', type: 'quantitative', scale },
      y: { field: 'y', type: 'quantitative' },
    },
  };
  it.each<[string, object]>([
    ['a picture of a fixed size', { ...unit, autosize: { type: 'none' } }],
    [
      'a picture that axes must fit in',
      { ...unit, autosize: { type: 'fit', contains: 'padding' } },
    ],
    ['a clipped view', { ...unit, config: { view: { clip: true } }, autosize: 'none' }],
    ['a panel of others', { hconcat: [unit, unit], autosize: 'none' }],
    ['text', { ...unit, autosize: 'none', mark: { type: 'text', text: 'far', opacity: 0.5 } }],
  ])('is left out: %s', async (_name, spec) => {
    const far = chart(spec as Record<string, unknown>);
    expect(inked(decode(await pngOf(far)))).toBeGreaterThan(0);
  });
});

it('a panel sees as much as the picture leaves it, from its own corner on', () => {
  const dot = (x: number): object => ({ bounds: { x1: x - 1, y1: 0, x2: x + 1, y2: 2 } });
  const mark = { marktype: 'symbol', clip: false, items: [-250, -100, 100, 250].map(dot) };
  const panel = { x: 220, y: 0, width: 200, height: 50, items: [mark] };
  // The picture is 420 wide: 220 to the left of the panel's corner, 200 to its right.
  removeUnseen({ items: [panel] } as never, { x1: 0, y1: 0, x2: 420, y2: 50 });
  expect(mark.items).toEqual([-100, 100].map(dot));
});

describe('an SVG that resvg cannot draw', () => {
  // As in Noto's emoji of a package, which holds the drawings of its neighbours.
  const bad =
    '<svg xmlns="http://www.w3.org/2000/svg" width="128" height="128"><rect width="99" height="99"/><path opacity=".5" d="M600 10h20v20h-20z"/></svg>';
  const good = bad.replace('M600', 'M60');

  it('is an error, not the end of the process; one that it can is the picture that it is here', async () => {
    await expect(rasterizeApart(bad)).rejects.toThrow(/cannot be drawn: resvg ended \(called/);
    expect((await rasterizeApart(good)).equals(rasterize(good))).toBe(true);
  });

  it('in a chart costs that chart', async () => {
    const url = `data:image/svg+xml;base64,${Buffer.from(bad).toString('base64')}`;
    const mark = { type: 'image', width: 99, height: 99, url };
    const picture = chart({ data: { values: [{ x: 1 }] }, mark, encoding: { x: { field: 'x' } } });
    await expect(picture.png()).rejects.toThrow('cannot be drawn');
  });
});
