/**
 * What the plotting tests share: pixels of a PNG, Vega-Lite's warnings, a notebook that only writes
 * down.
 */
import { Resvg } from '@resvg/resvg-js';
import { compile, toSvg } from '../../lib/plot/render';
import { displaySymbol, type Displayable, type MimeBundle } from '../../lib/plot/display';
import type { Chart } from '../../lib/plot/chart';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 4]: red, green, blue, alpha. */
  readonly pixels: Uint8Array;
}

/** Decoded by resvg, a decoder that our encoder does not share a line with. */
export function decode(png: Buffer): Picture {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const url = `data:image/png;base64,${png.toString('base64')}`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" image-rendering="optimizeSpeed" href="${url}"/></svg>`;
  return { width, height, pixels: new Resvg(svg).render().pixels };
}

/** The colour at x, y as 'r,g,b'. */
export function colorAt({ width, pixels }: Picture, x: number, y: number): string {
  const at = 4 * (Math.round(y) * width + Math.round(x));
  return `${pixels[at]},${pixels[at + 1]},${pixels[at + 2]}`;
}

/** How many pixels are not white. */
export function inked({ pixels }: Picture): number {
  let count = 0;
  for (let i = 0; i < pixels.length; i += 4)
    if (pixels[i]! + pixels[i + 1]! + pixels[i + 2]! < 765) count++;
  return count;
}

/** Everything that Vega-Lite and Vega warn of on the way to a picture. */
export async function warningsOf(chart: Chart): Promise<readonly string[]> {
  const compiled = compile(chart.spec);
  return [...compiled.warnings, ...(await toSvg(compiled.spec)).warnings];
}

export async function bundle(x: Displayable): Promise<MimeBundle> {
  return x[displaySymbol]();
}

export async function pngOf(x: Displayable): Promise<Buffer> {
  return Buffer.from(String((await bundle(x))['image/png']), 'base64');
}

export interface Sent {
  readonly data: MimeBundle;
  readonly metadata?: MimeBundle;
  readonly id?: string;
  readonly update?: boolean;
  /** When, by performance.now(). */
  readonly at: number;
}

const hostSymbol = Symbol.for('dark-matter.host');

/** Runs `f` in a pretended notebook, and gives it the list of what was displayed. */
export async function inNotebook(f: (sent: Sent[]) => Promise<void>): Promise<void> {
  const sent: Sent[] = [];
  const world = globalThis as Record<symbol, unknown>;
  world[hostSymbol] = {
    display: (data: MimeBundle, options: Omit<Sent, 'data' | 'at'> = {}) =>
      sent.push({ data, ...options, at: performance.now() }),
    signal: new AbortController().signal,
  };
  try {
    await f(sent);
  } finally {
    delete world[hostSymbol];
  }
}

/** Numbers that look random and are always the same, in [0, 1). */
export function noise(n: number, seed = 1): number[] {
  let state = seed;
  return Array.from(
    { length: n },
    () => (state = (state * 1664525 + 1013904223) % 2 ** 32) / 2 ** 32,
  );
}
