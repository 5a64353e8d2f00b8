import { describe, expect, it } from 'vitest';
import { drawApart, drawnBy, type Drawing } from '../../lib/core/drawApart';

const svg = (body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4">${body}</svg>`;
const red = svg('<rect width="2" height="4" fill="#f00"/>');
const half = svg('<rect x="1" y="0.5" width="2" height="1" fill="#00f"/>');
// As in Noto's emoji of a package: what has an opacity lies beyond the picture, and resvg panics.
const panics = svg('<rect width="3" height="3"/><path opacity=".5" d="M60 1h2v2h-2z"/>');
const broken = '<svg xmlns="http://www.w3.org/2000/svg"';
const settings = { background: 'rgb(0, 255, 0)' };

const rows = (drawn: Drawing | Error | undefined): number[][] => {
  if (!drawn || drawn instanceof Error) throw drawn ?? new Error('nothing drawn');
  return Array.from({ length: drawn.width * drawn.height }, (_, i) => [
    ...drawn.pixels.subarray(4 * i, 4 * i + 4),
  ]);
};

describe('drawApart', () => {
  it('draws rectangles to the pixel: theirs in their colour, all others in the ground', async () => {
    const [drawn] = await drawApart([red], { settings });
    expect(rows(drawn)).toEqual(
      Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? [255, 0, 0, 255] : [0, 255, 0, 255])),
    );
  });

  it('gives a pixel that is half covered half of each colour', async () => {
    const pixels = rows((await drawApart([half], { settings }))[0]);
    // Rows 0 and 1 are covered from half of the one to half of the other.
    for (const at of [1, 2, 5, 6]) {
      const [r, g, b] = pixels[at]!;
      expect(r).toBe(0);
      expect(Math.abs(g! - 127.5)).toBeLessThanOrEqual(1);
      expect(Math.abs(b! - 127.5)).toBeLessThanOrEqual(1);
    }
    expect(pixels[0]).toEqual([0, 255, 0, 255]);
    expect(pixels[9]).toEqual([0, 255, 0, 255]);
  });

  it('loses one picture where resvg ends the process, and one that is no SVG; all others keep their places', async () => {
    const given = [red, panics, half, broken, red, panics, panics, half];
    const [alone] = await drawApart([half], { settings });
    const told: number[] = [];
    for (const [chunk, processes] of [
      [1000, 2],
      [3, 1],
      [1, 3],
    ] as const) {
      const onProgress = (done: number) => void told.push(done);
      const drawn = await drawApart(given, { settings, chunk, processes, onProgress });
      expect(drawn.map((each) => each instanceof Error)).toEqual(
        given.map((each) => each === panics || each === broken),
      );
      expect(rows(drawn[7])).toEqual(rows(alone));
      expect((drawn[5] as Error).message).toMatch(/^resvg ended \(called `Option::unwrap/);
      expect((drawn[3] as Error).message).not.toMatch(/ended/);
    }
    expect(told).toEqual([8, 3, 6, 8, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('loses nothing where a process is killed from outside, and one picture where that is what ends it', async () => {
    const names = ['a', 'b', 'ends it', 'c', 'd'];
    const drawing = (name: string): Drawing => ({ width: 1, height: 1, pixels: Buffer.from(name) });
    let kills = 2;
    const draw = (some: readonly string[]) => {
      // Killed from outside after its first picture; else it ends where a picture ends it.
      const end = kills-- > 0 ? 1 : [...some, 'ends it'].indexOf('ends it');
      return Promise.resolve({ results: some.slice(0, end).map(drawing), reason: 'SIGKILL' });
    };
    const drawn = await drawnBy(draw, names, { processes: 1 });
    expect(
      drawn.map((each) => (each instanceof Error ? each.message : String(each.pixels))),
    ).toEqual(['a', 'b', 'resvg ended (SIGKILL)', 'c', 'd']);
  });

  it('of nothing gives nothing', async () => {
    expect(await drawApart([], { settings })).toEqual([]);
  });
});
