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
import { encodeOpaque, withDensity } from './png';
import { textWidth } from './typography';
import { removeUnseen } from './unseen';

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
  const collect = logger(Warn, 'warn', (_method, level, parts) =>
    (level === 'ERROR' ? failures : warnings).push(Array.from(parts, String).join(' ')),
  );
  const view = new View(parse(spec), { renderer: 'none', logger: collect });
  try {
    await view.runAsync();
    if (failures.length > 0) throw new Error(`the chart cannot be drawn: ${failures.join('; ')}`);
    // The typings leave out that the scene is the graph's root.
    removeUnseen((view.scenegraph() as unknown as { root: Scene }).root);
    return { svg: await view.toSVG(), warnings };
  } finally {
    view.finalize();
  }
}

/**
 * An SVG as PNG with `ratio` pixels for each of CSS, drawn with the DejaVu fonts that npm ships.
 */
export function rasterize(svg: string, ratio: number = pixelRatio): Buffer {
  const { Resvg } = load('@resvg/resvg-js') as typeof ResvgModule;
  // Vega asks for unsmoothed pixels in both words; resvg knows SVG 1.1's only, and the last one
  // counts.
  const image = new Resvg(svg.replaceAll('image-rendering: pixelated;', ''), {
    background: 'white',
    fitTo: { mode: 'zoom', value: ratio },
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: 'DejaVu Sans',
      sansSerifFamily: 'DejaVu Sans',
      monospaceFamily: 'DejaVu Sans',
    },
  });
  const { pixels, width, height } = image.render();
  return withDensity(encodeOpaque(pixels, width, height), ratio);
}

function fontFiles(): string[] {
  const folder = join(dirname(load.resolve('dejavu-fonts-ttf/package.json')), 'ttf');
  return ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'].map((file) => join(folder, file));
}
