import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { textOn } from '../../lib/plot/colors';
import { compile, rasterize, toSvg } from '../../lib/plot/render';
import { config, grey, okabeIto, petroff10 } from '../../lib/plot/theme';
import { textWidth, wrap } from '../../lib/plot/typography';
import { decode } from './support';

type Rgb = readonly [number, number, number];

function rgb(hex: string): Rgb {
  return [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;
}

/** WCAG's contrast ratio of two colours, from 1 to 21. */
function contrast(a: Rgb, b: Rgb): number {
  const luminance = (color: Rgb): number => {
    const [red, green, blue] = color.map((byte) =>
      byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
}

const white: Rgb = [255, 255, 255];

describe('the theme', () => {
  it('all text has at least the contrast of 4.5 that WCAG AA asks for', () => {
    for (const color of [
      config.axis.labelColor,
      config.axis.titleColor,
      config.legend.labelColor,
      config.title.color,
      config.title.subtitleColor,
      grey,
    ]) {
      expect(contrast(rgb(color), white)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('no text is smaller than 12 pixels', () => {
    expect(
      Math.min(
        config.axis.labelFontSize,
        config.axis.titleFontSize,
        config.legend.labelFontSize,
        config.title.fontSize,
        config.title.subtitleFontSize,
      ),
    ).toBeGreaterThanOrEqual(12);
  });

  it("Okabe-Ito's and Petroff's colors are all different, the first seven strong enough on white for a line", () => {
    expect(new Set(okabeIto).size).toBe(8);
    expect(new Set(petroff10).size).toBe(10);
    for (const color of okabeIto.slice(0, 7))
      expect(contrast(rgb(color), white)).toBeGreaterThan(2);
  });

  it('numbers in a heatmap are in the one of black and white that contrasts more', () => {
    for (let red = 0; red < 256; red += 51) {
      for (let green = 0; green < 256; green += 51) {
        for (let blue = 0; blue < 256; blue += 51) {
          const on = textOn([red, green, blue]) === 'white' ? white : ([0, 0, 0] as const);
          expect(contrast(on, [red, green, blue])).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  });
});

describe('typography', () => {
  it('the width that layouts reckon with is the width that is drawn, within 2 % and the air around a letter', () => {
    for (const [text, weight] of [
      ['singular value / greatest', 'normal'],
      ['Only the cures beat raw pixels', 'bold'],
      ['0.25 WiM,', 'normal'],
    ] as const) {
      const image = decode(
        rasterize(
          `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="40"><rect width="600" height="40" fill="white"/><text x="10" y="25" font-size="20" font-weight="${weight}" font-family="sans-serif">${text}</text></svg>`,
          1,
        ),
      );
      const columns = Array.from({ length: image.width }, (_, x) =>
        Array.from({ length: 40 }, (__, y) => image.pixels[4 * (y * image.width + x)]!).some(
          (byte) => byte < 128,
        ),
      );
      const drawn = columns.lastIndexOf(true) - columns.indexOf(true);
      const expected = textWidth({ fontSize: 20, fontWeight: weight }, text);
      // The first and the last letter have a little air of their own.
      expect(Math.abs(expected - drawn)).toBeLessThan(0.02 * drawn + 4);
    }
  });

  it('lines break between words, keep them all, and are no wider than asked for where words allow', () => {
    const text = 'A loss that looks wonderful: the collapsed network has the lowest of all';
    const lines = wrap(text, 200, { fontSize: 15 });
    expect(lines.join(' ')).toBe(text);
    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(textWidth({ fontSize: 15 }, line)).toBeLessThanOrEqual(200);
    expect(wrap('incomprehensibility', 10, { fontSize: 15 })).toEqual(['incomprehensibility']);
  });

  it('Vega lays out by it: a long axis label is as far from its axis as a short one', async () => {
    const spec = (label: string): Record<string, unknown> => ({
      data: { values: [{ a: label, b: 1 }] },
      mark: 'bar',
      encoding: { y: { field: 'a', type: 'nominal' }, x: { field: 'b', type: 'quantitative' } },
    });
    const left = async (label: string): Promise<number> =>
      Number((await toSvg(compile(spec(label)).spec)).svg.match(/translate\((\d+)/)?.[1]);
    const grown = (await left('mmmmmmmmmm')) - (await left('m'));
    expect(grown).toBeGreaterThan(80);
    expect(Math.abs(grown - 9 * textWidth({ fontSize: 10 }, 'm'))).toBeLessThanOrEqual(2);
  });
});

describe('what is loaded when', () => {
  it('no file of the room imports Vega, resvg or danfojs but as types: they are loaded by the first chart', () => {
    const folder = fileURLToPath(new URL('../../lib/plot/', import.meta.url));
    for (const file of readdirSync(folder)) {
      const source = readFileSync(folder + file, 'utf8');
      expect(
        source.match(/^import (?!type)[^;]*from '(vega|vega-lite|@resvg[^']*|danfojs[^']*)'/m),
        file,
      ).toBeNull();
    }
  });
});
