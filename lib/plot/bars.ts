/** Results side by side: bars from zero, or dots, with their intervals and their figures. */
import { Chart, titled } from './chart';
import {
  along,
  colorBy,
  ruleLayers,
  rulesNote,
  tips,
  told,
  type Rule,
  type SizeOptions,
} from './common';
import { column, type Estimate } from './columns';
import { ink, size } from './theme';
import { textWidth } from './typography';
import { describe, plural, round } from './values';

export interface Bar {
  readonly label: string;
  /** A number, or a mean with an interval such as `measure.summarize` gives. */
  readonly value: number | Estimate;
  /** Bars of the same label stand together, coloured by their group. */
  readonly group?: string;
}

export interface BarsOptions extends SizeOptions {
  /** What is measured, with its unit. */
  readonly xLabel?: string;
  /**
   * Bars from zero (the default), or dots on an axis that shows the differences between large
   * values.
   */
  readonly mark?: 'bar' | 'dot';
  /** The order from the top: as given, or by value. */
  readonly sort?: 'given' | 'ascending' | 'descending';
  /** Significant digits of the figures, 3 by default. */
  readonly digits?: number;
  readonly xDomain?: readonly [low: number, high: number];
  /** Vertical lines at `x`: chance, a baseline. */
  readonly rules?: readonly Rule[];
}

interface Item {
  readonly label: string;
  readonly group: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const rowHeight = { single: 30, grouped: 20 };

/**
 * Horizontal bars (or dots) with error bars, one a label, each with its figure. The caller says in
 * the subtitle what the interval is.
 *
 * @param data values by label, or a list of bars.
 * @throws when there are none, or one is not a finite number: a missing result is not a bar of
 * length 0.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const accuracy = { SimCLR: { mean: 91.2, low: 90.1, high: 92 }, pixels: 88.5 };
 * const chart = plot.bars(accuracy, { xLabel: 'top-1 accuracy, %', mark: 'dot' });
 * assert.match(chart.text, /2 dots, SimCLR 91.2/);
 * ```
 */
export function bars(data: Values | readonly Bar[], options: BarsOptions = {}): Chart {
  const { mark = 'bar', sort = 'given', width = size.width - 60 } = options;
  const items = toItems(data);
  const groups = [...new Set(items.map((item) => item.group))];
  const order = [...items].sort((a, b) =>
    sort === 'given' ? 0 : sort === 'ascending' ? a.value - b.value : b.value - a.value,
  );
  const labels = [...new Set(order.map((item) => item.label))];
  const grouped = groups.length > 1;
  // A label of one group has one bar: the others' places would be empty.
  const beside =
    grouped && new Set(items.map(({ label, group }) => `${label}\n${group}`)).size > labels.length;
  const figures = column(
    'value',
    items.map((item) => item.value),
    { digits: options.digits ?? 3 },
  ).cells;
  const domain =
    options.xDomain ??
    room(
      items,
      options.rules ?? [],
      mark,
      Math.max(...figures.map((text) => textWidth({ fontSize: 12 }, text))) / width,
    );
  const rows = items.map((item, i) => ({
    label: item.label,
    ...(grouped ? { group: item.group } : {}),
    value: round(item.value),
    ...(item.low < item.high ? { low: round(item.low), high: round(item.high) } : {}),
    end: round(item.value < 0 ? item.low : item.high),
    text: figures[i],
  }));
  const labelAxis = { ticks: false, domain: false, labelPadding: 8, labelLimit: 260 };
  const y = {
    y: {
      field: 'label',
      type: 'nominal',
      title: null,
      sort: labels,
      axis: labelAxis,
      scale: { paddingInner: beside ? 0.25 : 0.3 },
    },
    ...(beside ? { yOffset: { field: 'group', sort: groups } } : {}),
  };
  const x = along(
    'value',
    options.xLabel,
    { domain, nice: false, zero: mark === 'bar' },
    { tickCount: 5, domain: false },
  );
  const coloring = grouped ? { color: colorBy('group', groups) } : {};
  const paint = grouped ? {} : { color: ink };
  const layer = (own: readonly object[], style: object, encoding: object): object[] =>
    own.length > 0 ? [{ data: { values: own }, mark: style, encoding: { ...y, ...encoding } }] : [];
  const figure = { type: 'text', fontSize: 12, color: '#333333' };
  const after = { x: { ...x, field: 'end' }, text: { field: 'text' } };
  const ranged = rows.some((row) => 'low' in row);
  const tooltip = tips(
    {
      label: 'name',
      ...(grouped ? { group: 'group' } : {}),
      value: options.xLabel ?? 'value',
      ...(ranged ? { low: 'from', high: 'to' } : {}),
    },
    ['label', 'group'],
  );
  // On a bar an interval is black; a dot's has the dot's colour.
  const interval =
    mark === 'bar'
      ? { type: 'rule', strokeWidth: 1.5, color: '#222222' }
      : { type: 'rule', strokeWidth: 2, ...paint };
  return new Chart(
    {
      ...titled(
        options.title,
        [options.subtitle, rulesNote(options.rules, { x: domain })],
        width + size.legend,
      ),
      width,
      height:
        options.height ??
        labels.length * (beside ? groups.length * rowHeight.grouped + 8 : rowHeight.single),
      layer: [
        ...layer(
          rows,
          mark === 'bar'
            ? { type: 'bar', ...paint }
            : { type: 'point', size: 80, opacity: 1, ...paint },
          { x, ...coloring, tooltip },
        ),
        ...layer(
          rows.filter((row) => 'low' in row),
          interval,
          { x: { ...x, field: 'low' }, x2: { field: 'high' }, ...(mark === 'dot' ? coloring : {}) },
        ),
        ...layer(
          rows.filter((row) => row.value >= 0),
          { ...figure, align: 'left', dx: 6 },
          after,
        ),
        ...layer(
          rows.filter((row) => row.value < 0),
          { ...figure, align: 'right', dx: -6 },
          after,
        ),
        ...ruleLayers(options.rules, { x: domain }),
      ],
    },
    {
      text: told(
        options.title,
        `${plural(items.length, mark)}, ${items.map((item, i) => `${item.label}${grouped ? ` (${item.group})` : ''} ${figures[i]}`).join('; ')}`,
      ),
    },
  );
}

type Values = Readonly<Record<string, number | Estimate>>;

function toItems(data: Values | readonly Bar[]): Item[] {
  const list = Array.isArray(data)
    ? (data as readonly Bar[])
    : Object.entries((data ?? {}) as Values).map(([label, value]): Bar => ({ label, value }));
  if (list.length === 0) throw new RangeError('data: no bars given, at least one expected');
  return list.map(({ label, value, group = '' }) => {
    const {
      mean,
      low,
      high,
      error = 0,
    }: Estimate = typeof value === 'object' && value !== null ? value : { mean: value };
    const item = {
      label: String(label),
      group,
      value: mean,
      low: low ?? mean - error,
      high: high ?? mean + error,
    };
    if (![item.value, item.low, item.high].every(Number.isFinite)) {
      throw new TypeError(
        `data: ${describe(value)} given for "${label}", a finite number or { mean, low, high } expected`,
      );
    }
    return item;
  });
}

/**
 * The axis from zero, or around the dots, as far as the rules, and the room that the figures need
 * beyond the longest.
 */
function room(
  items: readonly Item[],
  rules: readonly Rule[],
  mark: 'bar' | 'dot',
  share: number,
): [number, number] {
  const at = rules.flatMap(({ x }) => x ?? []);
  const lows = [...items.map((item) => item.low), ...at];
  const highs = [...items.map((item) => item.high), ...at];
  const low = mark === 'bar' ? Math.min(0, ...lows) : Math.min(...lows);
  const high = mark === 'bar' ? Math.max(0, ...highs) : Math.max(...highs);
  const span = high - low || Math.abs(high) || 1;
  const air = (span * (share + 0.03)) / (1 - share);
  const below = items.some((item) => item.value < 0) ? air : mark === 'dot' ? span * 0.06 : 0;
  return [round(low - below), round(high + air)];
}
