/** Points in the plane: two-dimensional data, embeddings; coloured by class or by a number. */
import type { TypedArray } from '../core/engine';
import { Chart, titled } from './chart';
import { axisScale, colourBy, droppedNote, haloed, ruleLayers, type AxisOptions } from './common';
import { ink, schemes, size } from './theme';
import { extent, isTensor, round, toGrid, type Matrix, type Numbers } from './values';

export interface ScatterOptions extends AxisOptions {
  /** Each point's class, as a word or a whole number: [n]. */
  readonly labels?: readonly (string | number)[] | TypedArray | Numbers;
  /** Instead of a class, a number for each point, such as its energy: [n]. Drawn from dark (low) to light. */
  readonly values?: Numbers;
  /** The name of what is coloured. */
  readonly legend?: string;
  /** Writes each class's name at the median of its points; then the colours need no legend. */
  readonly names?: boolean;
  /** The most points drawn, 1500 by default; of more, equally spaced ones, and the subtitle says so. */
  readonly maxPoints?: number;
  /** The same length for a unit of x and of y, on by default: distances are what one looks at. */
  readonly equal?: boolean;
  /** A dot's area in square pixels, by default less for more points. */
  readonly dot?: number;
}

/**
 * A cloud of points. Those that are not finite are left out and counted in the subtitle.
 *
 * @param points [n, 2], as an array of pairs or a tensor.
 * @throws on another shape, on labels of another number, when no point is finite.
 */
export function scatter(points: Matrix, options: ScatterOptions = {}): Chart {
  const { equal = true, maxPoints = 1500 } = options;
  const { rows: n, columns, data } = toGrid(points, 'points');
  if (columns !== 2) throw new RangeError(`points: shape [${n}, ${columns}] given, [n, 2] with n of at least 1 expected`);
  const labels = column(options.labels, n, 'labels')?.map(String);
  const numbers = column(options.values, n, 'values')?.map(Number);
  if (labels && numbers) throw new RangeError('labels, values: both given, one expected: a point has one colour');
  const all = Array.from({ length: n }, (_, i) => ({ x: data[2 * i]!, y: data[2 * i + 1]!, class: labels?.[i], value: numbers?.[i] }));
  const finite = all.filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y) && (p.value === undefined || Number.isFinite(p.value)));
  const xs = extent(finite.map((p) => p.x), 'points');
  const ys = extent(finite.map((p) => p.y), 'points');
  const shown = finite.length <= maxPoints ? finite : Array.from({ length: maxPoints }, (_, i) => finite[Math.floor((i * finite.length) / maxPoints)]!);
  const classes = labels ? sorted([...new Set(labels)]) : [];
  const side = options.width ?? (equal ? size.square : size.width);
  const frame = equal && !options.xDomain && !options.yDomain ? square(xs, ys) : { x: options.xDomain ?? padded(xs), y: options.yDomain ?? padded(ys) };
  const height = options.height ?? (equal ? Math.round((side * (frame.y[1] - frame.y[0])) / (frame.x[1] - frame.x[0])) : size.height);
  const position = {
    x: { field: 'x', type: 'quantitative', title: options.xLabel ?? null, scale: axisScale(options.logX, frame.x), axis: { tickCount: 5 } },
    y: { field: 'y', type: 'quantitative', title: options.yLabel ?? null, scale: axisScale(options.logY, frame.y), axis: { tickCount: 5 } },
  };
  const colour = labels
    ? { color: colourBy('class', classes, { title: options.legend ?? null, ...(options.names ? { disable: true } : {}) }) }
    : numbers
      ? { color: { field: 'value', type: 'quantitative', title: options.legend ?? null, scale: { scheme: schemes.sequential }, legend: { gradientLength: Math.min(200, height) } } }
      : {};
  const thinned = shown.length < finite.length ? `${shown.length.toLocaleString('en-US')} of ${finite.length.toLocaleString('en-US')} points drawn` : undefined;
  const dot = options.dot ?? Math.max(8, Math.min(40, 9000 / shown.length));
  return new Chart({
    ...titled(options.title, [options.subtitle, droppedNote(n - finite.length, n), thinned], side + ((labels && !options.names) || numbers ? size.legend : 0)),
    width: side,
    height,
    data: { values: shown.map((p) => ({ x: round(p.x, 4), y: round(p.y, 4), ...(labels ? { class: p.class } : {}), ...(numbers ? { value: round(p.value!, 4) } : {}) })) },
    layer: [
      { mark: { type: 'circle', size: dot, opacity: 0.75, clip: true, ...(labels || numbers ? {} : { color: ink }) }, encoding: { ...position, ...colour } },
      ...(options.names && labels ? nameLayers(finite, classes, position) : []),
      ...ruleLayers(options.rules),
    ],
  }, { text: `${options.title ? `${options.title}: ` : ''}scatter of ${n.toLocaleString('en-US')} points, x ${xs.map((x) => round(x, 3)).join(' to ')}, y ${ys.map((y) => round(y, 3)).join(' to ')}${labels ? `, ${classes.length} classes (${classes.slice(0, 10).join(', ')})` : ''}` });
}

function column(given: readonly (string | number)[] | Numbers | undefined, n: number, name: string): (string | number)[] | undefined {
  if (given === undefined) return undefined;
  const values = Array.from<string | number>(isTensor(given) ? given.dataSync() : given);
  if (values.length !== n) throw new RangeError(`${name}: ${values.length} given, ${n} expected, one for each point`);
  return values;
}

/** Numbers in their order, words in theirs of appearance. */
function sorted(classes: string[]): string[] {
  return classes.every((name) => name.trim() !== '' && Number.isFinite(Number(name))) ? classes.sort((a, b) => Number(a) - Number(b)) : classes;
}

type Interval = readonly [number, number];

/** A little air, so that no point is cut at the edge. */
function padded([low, high]: Interval): Interval {
  const air = (high - low || Math.abs(high) || 1) * 0.04;
  return [round(low - air, 4), round(high + air, 4)];
}

/** Both axes of the same length around their middles. */
function square(x: Interval, y: Interval): { x: Interval; y: Interval } {
  const half = Math.max(x[1] - x[0], y[1] - y[0], 1e-12) / 2;
  const around = ([low, high]: Interval): Interval => padded([(low + high) / 2 - half, (low + high) / 2 + half]);
  return { x: around(x), y: around(y) };
}

function nameLayers(points: readonly { x: number; y: number; class?: string }[], classes: readonly string[], position: object): Record<string, unknown>[] {
  const values = classes.flatMap((name) => {
    const own = points.filter((p) => p.class === name);
    return own.length > 0 ? [{ x: round(median(own.map((p) => p.x)), 4), y: round(median(own.map((p) => p.y)), 4), class: name }] : [];
  });
  return haloed({ values }, { fontSize: 14, fontWeight: 'bold' }, '#111111', { ...position, text: { field: 'class' } });
}

function median(values: number[]): number {
  const order = values.sort((a, b) => a - b);
  return order[order.length >> 1]!;
}
