/** Charts beside each other, in the width of a notebook's cell. */
import { Chart, chart, titled, type Spec } from './chart';
import type { TitleOptions } from './common';
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
}

/** What axes and the space between charts take of each chart's share, in CSS pixels. */
const surroundings = 74;
const leastHeight = 150;
/** The font size of a panel's title, below the whole's. */
const panelTitle = 13;

/**
 * A grid of charts (or specs), each shrunk to its share of the width. Legends go below; where all
 * charts colour the same classes they share one.
 *
 * @throws when there is nothing to show.
 */
export function side(charts: readonly (Chart | Spec)[], options: SideOptions = {}): Chart {
  if (!Array.isArray(charts) || charts.length === 0)
    throw new RangeError('charts: none given, at least one expected');
  const { columns = Math.min(charts.length, 3), width = size.cell } = options;
  if (!Number.isInteger(columns) || columns < 1)
    throw new RangeError(`columns: ${columns} given, a whole number from 1 expected`);
  const all = charts.map((one: Chart | Spec) => chart(one));
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
  return new Chart(
    {
      ...titled(options.title, [options.subtitle], width - 60),
      columns,
      concat: all.map((one) => fit(one.spec, share - nameWidth(one.spec), options.height)),
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
  return isRecord(own.title)
    ? { title: { ...own.title, frame: 'group', fontSize: panelTitle } }
    : own;
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
