/**
 * Charts and pictures in a browser, where the page draws: specs stay specs and SVG stays SVG. Stands
 * for `render.ts` there.
 */
import type * as render from './render';

export type { Compiled, Spec } from './render';

export const pixelRatio = 2;

/** The two schemes of `theme.ts`, as Vega has them: colours at even places, in between as RGB. */
const SCHEMES: Readonly<Record<string, string>> = {
  viridis:
    '440154470e61481a6c482575472f7d443a834144873d4e8a39568c35608d31688e2d708e2a788e27818e23888e21918d1f988b1fa08822a8842ab07f35b77943bf7154c56866cc5d7ad1518fd744a5db36bcdf27d2e21be9e51afde725',
  blueorange: '134b852f78b35da2cb9dcae1d2e5eff2f0ebfce0bafbbf74e8932fc5690d994a07',
};

export function colorScheme(name: string): (t: number) => string {
  const colors = (SCHEMES[name]?.match(/.{6}/g) ?? []).map((hex) =>
    [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)),
  );
  if (colors.length === 0)
    throw new Error(`scheme: '${name}' given, ${Object.keys(SCHEMES).join(' or ')} expected`);
  return (t) => {
    const place = Math.min(Math.max(t, 0), 1) * (colors.length - 1);
    const i = Math.min(Math.floor(place), colors.length - 2);
    const mixed = colors[i]!.map((low, c) =>
      Math.round(low + (place - i) * (colors[i + 1]![c]! - low)),
    );
    return `rgb(${mixed.join(', ')})`;
  };
}

/** The page compiles it, and says what is wrong with it. */
export const compile: typeof render.compile = (spec) => ({ spec: spec as never, warnings: [] });

export const toSvg: typeof render.toSvg = () =>
  Promise.reject(new Error('svg, png: asked of a chart in a browser, where the page draws charts'));

/** The SVG itself, which a browser draws. */
export const rasterize: typeof render.rasterize = (svg) => Buffer.from(svg);

export const rasterizeApart: typeof render.rasterizeApart = async (svg) => rasterize(svg);

/** None: the page draws what it is given beside. */
export const stillOf: typeof render.stillOf = async () => ({});

export const asImage: typeof render.asImage = (picture) => {
  const [, width, height] = /<svg[^>]* width="([\d.]+)"[^>]* height="([\d.]+)"/.exec(
    picture.toString('utf8'),
  )!;
  const url = `data:image/svg+xml;base64,${picture.toString('base64')}`;
  return { url, width: Number(width), height: Number(height) };
};
