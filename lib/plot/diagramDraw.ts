/** A diagram as SVG, on a ground of its own: light, dark, or as the reader's system has it. */
import { escape } from './columns';
import type { NodeKind } from './diagramText';
import { letters } from './diagramLayout';
import type { Layout, Point } from './diagramPlaces';
import { formulaSvg, formulaWidth, linesOf } from './formula';
import { config, font } from './theme';
import { textWidth, wrap } from './typography';

export type DiagramTheme = 'light' | 'dark' | 'auto';

interface Paint {
  readonly fill: string;
  readonly stroke?: string;
  readonly text?: string;
}

interface Palette extends Readonly<Record<NodeKind, Paint & { readonly text: string }>> {
  readonly ground: string;
  readonly title: string;
  readonly arrow: string;
  readonly word: string;
  readonly group: string;
}

export const palettes: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    ground: '#ffffff',
    title: config.title.color,
    arrow: '#4a4a4a',
    word: '#4a4a4a',
    group: '#8a8a8a',
    observed: { fill: '#d4d4d4', stroke: '#4a4a4a', text: '#111111' },
    computed: { fill: '#ffffff', stroke: '#4a4a4a', text: '#111111' },
    latent: { fill: '#ffffff', stroke: '#4a4a4a', text: '#111111' },
    network: { fill: '#d8e9f6', stroke: '#0072b2', text: '#111111' },
    energy: { fill: '#c62828', stroke: '#8e1b1b', text: '#ffffff' },
  },
  dark: {
    ground: '#1b1e25',
    title: '#f2f2f2',
    arrow: '#c3c8d1',
    word: '#c3c8d1',
    group: '#8b929e',
    observed: { fill: '#565d69', stroke: '#c3c8d1', text: '#ffffff' },
    computed: { fill: '#1b1e25', stroke: '#c3c8d1', text: '#ffffff' },
    latent: { fill: '#1b1e25', stroke: '#c3c8d1', text: '#ffffff' },
    network: { fill: '#1d3c55', stroke: '#6db5ea', text: '#ffffff' },
    energy: { fill: '#c62828', stroke: '#ff8a80', text: '#ffffff' },
  },
};

const pad = 14;
const heading = { fontSize: config.title.fontSize, fontWeight: config.title.fontWeight };

export interface Drawing {
  readonly title?: string | undefined;
  /** For those who do not see it. */
  readonly text: string;
  readonly theme: DiagramTheme;
}

export function drawDiagram(layout: Layout, { title, text, theme }: Drawing): string {
  const palette = palettes[theme === 'dark' ? 'dark' : 'light'];
  const lines = title ? wrap(title, Math.max(layout.width, 320), heading) : [];
  const top = pad + (lines.length > 0 ? lines.length * 1.25 * heading.fontSize + 8 : 0);
  // A tie's word may reach beyond the nodes.
  const [left, right] = reach(layout);
  const widest = Math.max(right - left, ...lines.map((line) => textWidth(heading, line)));
  const [width, height] = [Math.ceil(widest + 2 * pad), Math.ceil(top + layout.height + pad)];
  const words = lines.map(
    (line, i) =>
      `<text class="title" x="${pad}" y="${pad + (i + 0.8) * 1.25 * heading.fontSize}" font-size="${heading.fontSize}" font-weight="bold" fill="${palette.title}">${escape(line)}</text>`,
  );
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(text)}" font-family="${font}">` +
    (theme === 'auto' ? `<style>@media(prefers-color-scheme:dark){${rules()}}</style>` : '') +
    `<rect class="ground" width="${width}" height="${height}" fill="${palette.ground}"/>${words.join('')}` +
    `<g transform="translate(${n(pad - left)},${n(top)})">${groups(layout, palette)}${arrows(layout, palette)}${nodes(layout, palette)}</g></svg>`
  );
}

/** From the leftmost to the rightmost that is drawn. */
function reach({ width, links }: Layout): [number, number] {
  const words = links.flatMap(({ at, label }) => {
    if (!at || !label) return [];
    const half = formulaWidth(label, letters.link) / 2 + 4;
    return [at.x - half, at.x + half];
  });
  return [Math.min(0, ...words), Math.max(width, ...words)];
}

/** The dark palette as CSS, which wins over the attributes. */
function rules(): string {
  const { ground, title, arrow, word, group, ...kinds } = palettes.dark;
  return [
    `.ground{fill:${ground}}.title{fill:${title}}.arrow{stroke:${arrow}}.tip{fill:${arrow}}`,
    `.word{fill:${word}}.halo{stroke:${ground}}.group{stroke:${group}}`,
    ...Object.entries(kinds).map(
      ([kind, { fill, stroke, text }]) =>
        `.${kind}{fill:${fill};stroke:${stroke}}.${kind}-text{fill:${text}}`,
    ),
  ].join('');
}

function groups(layout: Layout, palette: Palette): string {
  return layout.groups
    .map(
      ({ x, y, width, height, label, at }) =>
        `<rect class="group" x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" rx="10" fill="none" stroke="${palette.group}" stroke-dasharray="2 4" stroke-linecap="round"/>` +
        word(label, at, letters.group, palette),
    )
    .join('');
}

function arrows({ links }: Layout, palette: Palette): string {
  const parts = links.map(({ path, kind = 'arrow', label, at }) => {
    if (path.length < 4) return '';
    const tip = path.at(-1)!;
    const before = [...path].reverse().find((p) => Math.hypot(p.x - tip.x, p.y - tip.y) > 0.5)!;
    const headed = kind !== 'tie';
    const [dx, dy] = unit(before, tip);
    // The line ends inside of the tip, whose point it would blunt.
    const inner = headed ? { x: tip.x - 6 * dx, y: tip.y - 6 * dy } : tip;
    const ends = path.map((p, i) => (i >= path.length - 2 ? inner : p));
    const dash = kind === 'arrow' || kind === 'stop' ? '' : ' stroke-dasharray="5 4"';
    const line = `<path class="arrow" d="${curve(ends)}" fill="none" stroke="${palette.arrow}" stroke-width="1.5"${dash}/>`;
    const head = headed
      ? `<polygon class="tip" points="${[
          tip,
          { x: tip.x - 9 * dx - 4 * dy, y: tip.y - 9 * dy + 4 * dx },
          { x: tip.x - 9 * dx + 4 * dy, y: tip.y - 9 * dy - 4 * dx },
        ]
          .map((p) => `${n(p.x)},${n(p.y)}`)
          .join(' ')}" fill="${palette.arrow}"/>`
      : '';
    const bars = kind === 'stop' ? slashes(path, palette) : '';
    return line + head + (label && at ? word(label, at, letters.link, palette) : '') + bars;
  });
  return parts.join('');
}

/** Two strokes across the middle of an arrow: no gradient comes back here. */
function slashes(path: readonly Point[], palette: Palette): string {
  const first = path.slice(0, -3);
  const middle = Math.max(0, Math.floor((first.length / 3 - 1) / 2)) * 3;
  const [a, b, c, d] = path.slice(middle, middle + 4) as [Point, Point, Point, Point];
  const at = {
    x: (a.x + 3 * b.x + 3 * c.x + d.x) / 8,
    y: (a.y + 3 * b.y + 3 * c.y + d.y) / 8,
  };
  const [dx, dy] = unit({ x: a.x + b.x, y: a.y + b.y }, { x: c.x + d.x, y: c.y + d.y });
  return [-2.5, 2.5]
    .map((shift) => {
      const x = at.x + shift * dx;
      const y = at.y + shift * dy;
      const [sx, sy] = [3 * dx + 7 * dy, 3 * dy - 7 * dx];
      return `<line class="arrow" x1="${n(x - sx)}" y1="${n(y - sy)}" x2="${n(x + sx)}" y2="${n(y + sy)}" stroke="${palette.arrow}" stroke-width="1.8"/>`;
    })
    .join('');
}

function nodes(layout: Layout, palette: Palette): string {
  return layout.nodes
    .map(({ id, label = id, kind, x, y, width, height }) => {
      const { fill, stroke, text } = palette[kind];
      const paint = `class="${kind}" fill="${fill}" stroke="${stroke}" stroke-width="1.6"`;
      const shape =
        kind === 'network' || kind === 'energy'
          ? `<rect ${paint} x="${n(x - width / 2)}" y="${n(y - height / 2)}" width="${width}" height="${height}" rx="${kind === 'network' ? 8 : 2}"/>`
          : `<circle ${paint}${kind === 'latent' ? ' stroke-dasharray="4 3.5"' : ''} cx="${n(x)}" cy="${n(y)}" r="${n(width / 2)}"/>`;
      const lines = linesOf(label);
      const words = lines.map((line, i) => {
        const base = y + (i - (lines.length - 1) / 2) * 1.25 * letters.node + 0.35 * letters.node;
        return `<text class="${kind}-text" x="${n(x)}" y="${n(base)}" font-size="${letters.node}" text-anchor="middle" fill="${text}">${formulaSvg(line, letters.node)}</text>`;
      });
      return shape + words.join('');
    })
    .join('');
}

/** A word on an arrow, in a halo of the ground's colour. */
function word(label: string, { x, y }: Point, fontSize: number, palette: Palette): string {
  const at = `x="${n(x)}" y="${n(y + 0.35 * fontSize)}" font-size="${fontSize}" text-anchor="middle"`;
  const inside = formulaSvg(label, fontSize);
  return (
    `<text class="halo" ${at} fill="none" stroke="${palette.ground}" stroke-width="5" stroke-linejoin="round">${inside}</text>` +
    `<text class="word" ${at} fill="${palette.word}">${inside}</text>`
  );
}

function curve([start, ...rest]: readonly Point[]): string {
  const steps = rest.map((p, i) => `${i % 3 === 0 ? 'C' : ' '}${n(p.x)},${n(p.y)}`);
  return `M${n(start!.x)},${n(start!.y)}${steps.join('')}`;
}

function unit(from: Point, to: Point): [number, number] {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  return [dx / length, dy / length];
}

/** A tenth of a pixel is enough. */
function n(value: number): string {
  return String(Math.round(value * 10) / 10);
}
