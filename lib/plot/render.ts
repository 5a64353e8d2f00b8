/**
 * A Vega-Lite spec to SVG and to PNG, inside Node: no browser, no canvas, no system font.
 *
 * Vega, Vega-Lite and resvg are loaded by the first chart, not by `import 'dark-matter'`.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type * as Vega from 'vega';
import type { Scene } from 'vega';
import type * as VegaLite from 'vega-lite';
import type * as ResvgModule from '@resvg/resvg-js';
import { drawApart } from '../core/drawApart';
import type { MimeBundle } from './display';
import { dataUrl, encodeOpaque, withDensity } from './png';
import { textWidth } from './typography';
import { removeUnseen, type Edges } from './unseen';

/**
 * A Vega-Lite v5 spec. Loosely typed: the library's builders are the typed way, and Vega-Lite's own
 * checks follow.
 */
export type Spec = Readonly<Record<string, unknown>>;

/** PNGs have two pixels for one of CSS, so that they are sharp on the screens of today. */
export const pixelRatio = 2;

const load = createRequire(__filename);

function vega(): typeof Vega {
  // The typings do not know of textMetrics.
  const loaded = load('vega') as typeof Vega & { textMetrics: { width: typeof textWidth } };
  // Without a canvas Vega guesses the width of text; it is told the true widths of the font that is
  // drawn.
  loaded.textMetrics.width = textWidth;
  return loaded;
}

/**
 * A colour scheme of Vega's as a function of [0, 1], so that our own pixels have the colours of the
 * legend.
 */
export function colorScheme(name: string): (t: number) => string {
  return vega().scheme(name) as (t: number) => string;
}

export interface Compiled {
  readonly spec: Vega.Spec;
  /** What Vega-Lite warned of: the spec works, and not as its author thinks. */
  readonly warnings: readonly string[];
}

/** @throws Vega-Lite's own error for a spec that it cannot compile. */
export function compile(spec: Spec): Compiled {
  const warnings: string[] = [];
  const { compile: compileVegaLite } = load('vega-lite') as typeof VegaLite;
  const silent = {
    level: () => silent,
    error: () => silent,
    info: () => silent,
    debug: () => silent,
    warn,
  };
  function warn(...parts: readonly unknown[]): typeof silent {
    warnings.push(parts.map(String).join(' '));
    return silent;
  }
  // A copy, and as the front end gets it: Vega marks the rows that it reads.
  const copy = JSON.parse(JSON.stringify(spec)) as VegaLite.TopLevelSpec;
  const compiled = compileVegaLite(copy, { logger: silent as unknown as Vega.LoggerInterface });
  return { spec: compiled.spec, warnings };
}

/**
 * The chart as SVG text, at one CSS pixel a unit, and what Vega warned of on the way.
 *
 * @throws when the data cannot be drawn: Vega itself only notes that, and would give half of a
 * chart.
 */
export async function toSvg(
  spec: Vega.Spec,
): Promise<{ svg: string; warnings: readonly string[] }> {
  const { View, Warn, parse, logger } = vega();
  const [warnings, failures]: [string[], string[]] = [[], []];
  const collect = logger(Warn, 'warn', (_method, level, parts) => {
    const message = Array.from(parts, String).join(' ');
    // A brush listens to a window, which a picture has not.
    if (message.startsWith('Can not resolve event source')) return;
    (level === 'ERROR' ? failures : warnings).push(message);
  });
  const view = new View(parse(spec), { renderer: 'none', logger: collect });
  try {
    await view.runAsync();
    if (failures.length > 0) throw new Error(`the chart cannot be drawn: ${failures.join('; ')}`);
    // The typings leave out that the scene is the graph's root.
    removeUnseen((view.scenegraph() as unknown as { root: Scene }).root, edgesOf(view));
    return { svg: await view.toSVG(), warnings };
  } finally {
    view.finalize();
  }
}

/** What the picture of a view reaches over, from the plot's corner: axes and padding as well. */
function edgesOf(view: Vega.View): Edges {
  // The typings leave out the padded view's size and how far its corner is from the plot's.
  const { _viewWidth: width, _viewHeight: height } = view as unknown as Record<string, number>;
  const [left, top] = view.origin() as [number, number];
  const padding = view.padding() as { left: number; right: number; top: number; bottom: number };
  const [x1, y1] = [-left - padding.left, -top - padding.top];
  return {
    x1,
    y1,
    x2: x1 + padding.left + width! + padding.right,
    y2: y1 + padding.top + height! + padding.bottom,
  };
}

/**
 * An SVG as PNG with `ratio` pixels for each of CSS, drawn with the DejaVu fonts that npm ships.
 */
export function rasterize(svg: string, ratio: number = pixelRatio): Buffer {
  const { Resvg } = load('@resvg/resvg-js') as typeof ResvgModule;
  const { pixels, width, height } = new Resvg(plainly(svg), settings(ratio)).render();
  return withDensity(encodeOpaque(pixels, width, height), ratio);
}

/**
 * The same in a process of its own, for a picture that holds SVG of others: one that resvg cannot
 * draw ends the process in which it tries.
 *
 * @throws when it ended.
 */
export async function rasterizeApart(svg: string, ratio: number = pixelRatio): Promise<Buffer> {
  const [drawn] = await drawApart([plainly(svg)], { settings: settings(ratio), processes: 1 });
  if (drawn instanceof Error)
    throw new Error(`the picture holds an SVG that cannot be drawn: ${drawn.message}`);
  const { pixels, width, height } = drawn!;
  return withDensity(encodeOpaque(pixels, width, height), ratio);
}

/** The still picture that goes with what a front end draws itself, as a form of the same display. */
export const stillOf = async (draw: () => Promise<Buffer>): Promise<MimeBundle> => ({
  'image/png': (await draw()).toString('base64'),
});

/** A picture that `rasterize` made, for use in another one: its address and its size in CSS pixels. */
export function asImage(picture: Buffer): { url: string; width: number; height: number } {
  const [width, height] = [16, 20].map((at) => picture.readUInt32BE(at) / pixelRatio) as [
    number,
    number,
  ];
  return { url: dataUrl(picture), width, height };
}

/**
 * Vega asks for unsmoothed pixels in both words; resvg knows SVG 1.1's only, and the last one
 * counts.
 */
function plainly(svg: string): string {
  return svg.replaceAll('image-rendering: pixelated;', '');
}

function settings(ratio: number): ResvgModule.ResvgRenderOptions {
  return {
    background: 'white',
    fitTo: { mode: 'zoom', value: ratio },
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
      monospaceFamily: 'DejaVu Sans',
    },
  };
}

function fontFiles(): string[] {
  const folder = join(dirname(load.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(folder, file));
}
