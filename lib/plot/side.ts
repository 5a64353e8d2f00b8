/** Charts beside each other, in the width of a notebook's cell. */
import { Chart, chart, inOneScale, titled, type Spec } from './chart';
import type { TitleOptions } from './common';
import { linked } from './linked';
import { size } from './theme';
import { textWidth } from './typography';
import { isRecord } from './values';

export interface SideOptions extends TitleOptions {
  /** Charts in a row; by default all of two or three, then rows of three. */
  readonly columns?: number;
  /** The width of the whole in CSS pixels, 700 by default. */
  readonly width?: number;
  /** The height of each plotting area; by default the charts keep their proportions. */
  readonly height?: number;
  /**
   * The same colour for the same value in all heatmaps or surfaces, from the least of all to the
   * greatest; by default each has a scale of its own.
   */
  readonly sameScale?: boolean;
}

/** What axes and the space between charts take of each chart's share, in CSS pixels. */
const surroundings = 74;
const leastHeight = 150;
/** The font size of a panel's title, below the whole's. */
const panelStyle = { frame: 'group', fontSize: 13 } as const;

/**
 * A grid of charts (or specs), each shrunk to its share of the width, their titles on one line.
 * Legends go below; where all charts colour the same classes, or by the same scale, they share one.
 *
 * @throws when there is nothing to show.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const [before, after] = [[[1, 0], [0, 1]], [[4, 2], [2, 4]]].map((x) => plot.heatmap(x));
 * const chart = plot.side([before!, after!], { title: 'Correlations', sameScale: true });
 * assert.match(chart.text, /^Correlations \| heatmap/);
 * ```
 */
export function side(charts: readonly (Chart | Spec)[], options: SideOptions = {}): Chart {
  if (!Array.isArray(charts) || charts.length === 0)
    throw new RangeError('charts: none given, at least one expected');
  const { columns = Math.min(charts.length, 3), width = size.cell } = options;
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`columns: ${columns} given, a whole number from 1 expected`);
  const given = charts.map((one: Chart | Spec) => chart(one));
  const all = options.sameScale ? inOneScale(given) : given;
  const share = Math.floor(width / columns) - surroundings;
  const domains = all.map((one) => classes(one.spec));
  const shared =
    domains[0] !== undefined && new Set(domains.map((names) => JSON.stringify(names))).size === 1;
  const symbol = Math.max(
    40,
    ...domains
      .flatMap((names) => names ?? [])
      .map((name) => textWidth({ fontSize: 12 }, name) + 32),
  );
  const panels = all.map((one) => fit(one.spec, share - nameWidth(one.spec), options.height));
  return new Chart(
    {
      ...titled(options.title, [options.subtitle], width - 60),
      columns,
      concat: onePick(alignTitles(oneBar(linked(panels)), columns), shared),
      spacing: { row: 24, column: 28 },
      resolve: { scale: { color: shared ? 'shared' : 'independent' } },
      config: {
        legend: {
          orient: 'bottom',
          direction: 'horizontal',
          columns: Math.max(1, Math.floor((shared ? width - 40 : share) / symbol)),
        },
      },
    },
    {
      text: [...(options.title ? [options.title] : []), ...all.map((one) => one.text)].join(' | '),
      parts: { of: all, again: (of) => side(of, { ...options, sameScale: false }) },
    },
  );
}

/**
 * A spec as a part of another: without what only the whole may have, and no wider than its share.
 */
function fit(spec: Spec, share: number, height: number | undefined): Spec {
  const {
    $schema: _schema,
    config: _config,
    description: _description,
    ...part
  } = spec as Record<string, unknown>;
  const own = part['width'];
  if (typeof own !== 'number') return part;
  const factor = Math.min(1, share / own);
  const tall = typeof part['height'] === 'number' ? part['height'] : own;
  const title = isRecord(part['title']) ? part['title'] : {};
  const words = (text: unknown): string | undefined =>
    Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : undefined;
  return {
    ...part,
    ...alignedTitle(
      words(title['text'] ?? part['title']),
      words(title['subtitle']),
      Math.floor(own * factor),
    ),
    width: Math.floor(own * factor),
    height: height ?? Math.max(Math.min(tall, leastHeight), Math.floor(tall * factor)),
  };
}

/**
 * Titles of neighbours stand on one line: they start at the plotting area, whatever the axes beside
 * it.
 */
function alignedTitle(
  title: string | undefined,
  subtitle: string | undefined,
  width: number,
): { title?: unknown } {
  const own = titled(title, [subtitle], width - 10);
  return isRecord(own.title) ? { title: { ...own.title, ...panelStyle } } : own;
}

/** The titles of a row have as many lines each, so that all begin at the same height. */
function alignTitles(panels: readonly Spec[], columns: number): Spec[] {
  const lines = (title: unknown, key: 'text' | 'subtitle'): readonly unknown[] =>
    isRecord(title) ? [title[key] ?? []].flat() : [];
  return panels.map((panel, i) => {
    const from = i - (i % columns);
    const row = panels.slice(from, from + columns);
    const padded = (key: 'text' | 'subtitle'): unknown[] => {
      const own = lines(panel['title'], key);
      const most = Math.max(...row.map((other) => lines(other['title'], key).length));
      return [...own, ...Array.from({ length: most - own.length }, () => ' ')];
    };
    const [text, subtitle] = [padded('text'), padded('subtitle')];
    if (text.length + subtitle.length === 0) return panel;
    const style = isRecord(panel['title']) ? panel['title'] : panelStyle;
    return {
      ...panel,
      title: { ...style, text, ...(subtitle.length > 0 ? { subtitle } : {}) },
    };
  });
}

/** Panels that colour by one and the same scale need one bar: the last one's. */
function oneBar(panels: readonly Spec[]): readonly Spec[] {
  const bars = panels.map(barOf);
  if (!bars[0] || !bars.every((bar) => JSON.stringify(bar) === JSON.stringify(bars[0])))
    return panels;
  return panels.map((panel, i) => (i < panels.length - 1 ? withoutBar(panel) : panel));
}

/** What a panel's colour bar says. */
function barOf(panel: Spec): unknown {
  const color = channels(panel, 'color').find(
    (one) => one['type'] === 'quantitative' && one['legend'] !== null,
  );
  return color && isRecord(color['scale']) && 'domain' in color['scale']
    ? [color['scale'], color['title']]
    : undefined;
}

function withoutBar(panel: Spec): Spec {
  const strip = (layer: Spec): Spec => {
    const encoding = layer['encoding'];
    const color = isRecord(encoding) ? encoding['color'] : undefined;
    return isRecord(encoding) && isRecord(color) && color['type'] === 'quantitative'
      ? { ...layer, encoding: { ...encoding, color: { ...color, legend: null } } }
      : layer;
  };
  const { layer } = panel;
  return Array.isArray(layer) ? { ...panel, layer: (layer as Spec[]).map(strip) } : strip(panel);
}

/**
 * Parameters have names of their own in the whole chart. Where the panels share a legend, a click on
 * it picks in all of them.
 */
function onePick(panels: readonly Spec[], shared: boolean): Spec[] {
  const taken = new Set<string>();
  return panels.map((panel, i) => {
    const renamed = (name: string): string =>
      shared || !taken.has(name) ? name : `${name}${i + 1}`;
    const names = new Map(parametersOf(panel).map((name) => [name, renamed(name)]));
    const part = renameParameters(panel, names, taken) as Spec;
    for (const name of names.values()) taken.add(name);
    return part;
  });
}

function parametersOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(parametersOf);
  if (!isRecord(node)) return [];
  const own = Array.isArray(node['params']) ? node['params'].map((one) => String(one.name)) : [];
  return [...own, ...parametersOf(node['layer'])];
}

/** Those that an earlier panel has already are left to it. */
function renameParameters(
  node: unknown,
  names: ReadonlyMap<string, string>,
  taken: ReadonlySet<string>,
): unknown {
  if (Array.isArray(node)) return node.map((child) => renameParameters(child, names, taken));
  if (!isRecord(node)) return node;
  const entries = Object.entries(node).flatMap(([key, value]): [string, unknown][] => {
    if (key === 'data') return [[key, value]];
    if (key === 'param') return [[key, names.get(String(value)) ?? value]];
    if (key !== 'params' || !Array.isArray(value))
      return [[key, renameParameters(value, names, taken)]];
    const own = (value as Record<string, unknown>[])
      .map((one) => ({ ...one, name: names.get(String(one['name'])) }))
      .filter(({ name }) => !taken.has(String(name)));
    return own.length > 0 ? [[key, own]] : [];
  });
  return Object.fromEntries(entries);
}

/** The classes that a chart's colours stand for, if it has classes. */
function classes(spec: Spec): readonly string[] | undefined {
  const color = channels(spec, 'color').find(
    (one) => one['type'] === 'nominal' && one['legend'] !== null && isRecord(one['scale']),
  );
  return (color?.['scale'] as { domain?: readonly string[] } | undefined)?.domain;
}

/** What an axis of names takes of the width beyond what an axis of numbers does. */
function nameWidth(spec: Spec): number {
  const y = channels(spec, 'y').find(
    (one) => one['type'] === 'nominal' || one['type'] === 'ordinal',
  );
  const names = Array.isArray(y?.['sort'])
    ? y['sort']
    : isRecord(y?.['scale']) && Array.isArray(y['scale']['domain'])
      ? y['scale']['domain']
      : [];
  return Math.max(
    0,
    ...names.map((name: unknown) => Math.ceil(textWidth({ fontSize: 12 }, String(name))) - 24),
  );
}

/** All that is encoded in a channel, layer by layer. */
function channels(spec: Spec, channel: string): Record<string, unknown>[] {
  const layers: readonly unknown[] = Array.isArray(spec['layer']) ? spec['layer'] : [spec];
  return layers.flatMap((layer) => {
    const encoding = isRecord(layer) ? layer['encoding'] : undefined;
    const found = isRecord(encoding) ? encoding[channel] : undefined;
    return isRecord(found) ? [found] : [];
  });
}
