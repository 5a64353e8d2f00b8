import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { data } from 'dark-matter';
import { drawApart } from '../../../lib/core/drawApart';
import { prefixIds, readIdeas, svgOf } from '../../../lib/data/emoji/packages';

const draw = async (svg: string, side: number): Promise<number[][][]> => {
  const settings = { background: 'white', fitTo: { mode: 'width', value: side } } as const;
  const [drawn] = await drawApart([svg], { settings });
  if (!drawn || drawn instanceof Error) throw drawn ?? new Error('nothing drawn');
  return Array.from({ length: drawn.height }, (_, y) =>
    Array.from({ length: drawn.width }, (_, x) => {
      const at = 4 * (y * drawn.width + x);
      return [...drawn.pixels.subarray(at, at + 3)];
    }),
  );
};

/** [side * side * 3], by another rasteriser, drawn at that size. */
async function byLibrsvg(svg: string, side: number): Promise<Buffer> {
  const own = Number(/ width="(\d+)"/.exec(svg)![1]);
  return sharp(Buffer.from(svg), { density: (72 * side) / own })
    .resize(side, side)
    .flatten({ background: 'white' })
    .removeAlpha()
    .raw()
    .toBuffer();
}

describe('a drawing', () => {
  it.each([
    ['wide', 20, 10],
    ['high', 10, 20],
  ])('that is %s stands in the middle of a square', async (_name, width, height) => {
    const svg = svgOf(`<path fill="#f00" d="M0 0h${width}v${height}H0z"/>`, width, height);
    const pixels = await draw(svg, 32);
    pixels.forEach((row, y) =>
      row.forEach((pixel, x) => {
        const along = width > height ? y : x;
        expect(pixel).toEqual(along >= 8 && along < 24 ? [255, 0, 0] : [255, 255, 255]);
      }),
    );
  });

  it('keeps its gradient in a document with others only where its ids are its own', async () => {
    const shade = (color: string): string =>
      svgOf(
        `<defs><linearGradient id="a"><stop stop-color="${color}"/></linearGradient></defs>` +
          '<g id="b"><path fill="url(#a)" d="M0 0h8v8H0z"/></g><use xlink:href="#b"/>',
        8,
        8,
      );
    const together = (left: string, right: string): string =>
      '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="8">' +
      `${left}${right.replace('<svg ', '<svg x="8" ')}</svg>`;
    const [red, blue] = [shade('#f00'), shade('#00f')];
    const apart = await draw(together(prefixIds(red, 'r-'), prefixIds(blue, 'b-')), 16);
    expect([apart[4]![2], apart[4]![12]]).toEqual([
      [255, 0, 0],
      [0, 0, 255],
    ]);
    const mixed = await draw(together(red, blue), 16);
    expect(mixed[4]![2]).toEqual(mixed[4]![12]);
  });

  it('has its ids prefixed and nothing else: not colours, not references to what it does not have', () => {
    const svg = '<svg id="a"><path fill="#abc" clip-path="url(#a)" mask="url(#c)"/></svg>';
    expect(prefixIds(svg, 'p-')).toBe(
      '<svg id="p-a"><path fill="#abc" clip-path="url(#p-a)" mask="url(#c)"/></svg>',
    );
  });

  it('of each artist can be had as SVG, and looks the same with its ids prefixed', async () => {
    const apples = data.emojiArtists.map((artist) => data.emojiSvg('red-apple', artist));
    for (const pixels of await Promise.all((await Promise.all(apples)).map((svg) => draw(svg, 32))))
      expect(pixels[20]![16]![0]).toBeGreaterThan(2 * pixels[20]![16]![2]!);
    const noto = await data.emojiSvg('peach', 'noto');
    const plain = noto.replaceAll(/noto-1f351-/g, '');
    expect(noto).not.toBe(plain);
    expect(await draw(noto, 32)).toEqual(await draw(plain, 32));
  });

  it('looks as librsvg draws it, by every artist: within 0.025 on average, and unlike any other', async () => {
    const names = ['red-apple', 'rocket', 'dog', 'tiger', 'bus', 'guitar', 'key', 'owl', 'crown'];
    for (const artist of data.emojiArtists) {
      const svgs = await Promise.all(names.map((name) => data.emojiSvg(name, artist)));
      const ours = (await Promise.all(svgs.map((svg) => draw(svg, 32)))).map((rows) =>
        rows.flat(2),
      );
      const theirs = await Promise.all(svgs.map((svg) => byLibrsvg(svg, 32)));
      ours.forEach((pixels, i) =>
        theirs.forEach((others, j) => {
          const apart = pixels.reduce((sum, value, p) => sum + Math.abs(value - others[p]!), 0);
          const mean = apart / (255 * pixels.length);
          if (i === j) expect(mean, `${artist}: ${names[i]}`).toBeLessThan(0.025);
          else expect(mean, `${artist}: ${names[i]}, ${names[j]}`).toBeGreaterThan(0.06);
        }),
      );
    }
  });

  it('that nobody has made is an error which says who has', async () => {
    await expect(data.emojiSvg('red-aple', 'noto')).rejects.toThrow(
      /name: 'red-aple' given, the name of an idea expected/,
    );
    await expect(data.emojiSvg('flag-for-france', 'noto')).rejects.toThrow(/given/);
    await expect(data.emojiSvg('red-apple', 'apple' as 'noto')).rejects.toThrow(
      /artist: 'apple' given, 'noto' or 'twemoji'/,
    );
  });
});

describe('ideas', () => {
  it('are characters: an artist who calls one otherwise has it still, and none is there twice', async () => {
    const ideas = await readIdeas();
    expect(new Set(ideas.map(({ code }) => code)).size).toBe(ideas.length);
    const rage = ideas.find(({ code }) => code === '1f621')!;
    expect(new Set(Object.values(rage.names)).size).toBeGreaterThan(1);
    for (const { names, code } of ideas) {
      expect(Object.keys(names).length, code).toBeGreaterThan(1);
      expect(code).not.toMatch(/fe0f/);
    }
  });

  it('are not mixed up where an artist has no table of characters: the game of cricket is no insect', async () => {
    const ideas = await readIdeas();
    const cricket = ideas.filter(({ name }) => name.startsWith('cricket'));
    expect(cricket.map(({ name }) => name).sort()).toEqual(['cricket', 'cricket-game']);
    for (const { names } of cricket) expect(names.emojione).toBeUndefined();
  });
});
