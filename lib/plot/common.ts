/**
 * What all the chart builders share: their options, the notes below a title, the classes' colours.
 */
import { grey, palette } from './theme';
import { plural, round } from './values';

export interface TitleOptions {
  /** The point that the chart makes, in a few words. */
  readonly title?: string;
  readonly subtitle?: string;
}

export interface SizeOptions extends TitleOptions {
  /** The plotting area in CSS pixels. */
  readonly width?: number;
  readonly height?: number;
}

export interface AxisOptions extends SizeOptions {
  readonly xLabel?: string;
  readonly yLabel?: string;
  readonly logX?: boolean;
  readonly logY?: boolean;
  readonly xDomain?: readonly [low: number, high: number];
  readonly yDomain?: readonly [low: number, high: number];
  /** Values worth a line across: chance level, a baseline. */
  readonly rules?: readonly Rule[];
}

/** A horizontal line at `y`, or a vertical one at `x`, with its name. */
export interface Rule {
  readonly x?: number;
  readonly y?: number;
  readonly label: string;
}

/** "3 of 120 points are NaN or infinite and not drawn", or nothing to say. */
export function droppedNote(
  dropped: number,
  total: number,
  noun = 'value',
  what = 'NaN or infinite',
): string | undefined {
  if (dropped === 0) return undefined;
  return `${dropped.toLocaleString('en-US')} of ${plural(total, noun)} ${dropped === 1 ? 'is' : 'are'} ${what} and not drawn`;
}

/** "3 points beyond the edges", or nothing to say. */
export function beyondNote(beyond: number): string | undefined {
  return beyond > 0 ? `${plural(beyond, 'point')} beyond the edges` : undefined;
}

/** "500 of 2,000 points drawn", or nothing to say. */
export function thinnedNote(drawn: number, total: number): string | undefined {
  return drawn < total
    ? `${drawn.toLocaleString('en-US')} of ${plural(total, 'point')} drawn`
    : undefined;
}

/** A chart's text: its title, and what is in it. */
export function told(title: string | undefined, content: string): string {
  return title ? `${title}: ${content}` : content;
}

/** The channel of a quantity along an axis. */
export function along(
  field: string,
  title: string | null | undefined,
  scale: object,
  axis: object,
): Record<string, unknown> {
  return { field, type: 'quantitative', title: title ?? null, scale, axis };
}

/**
 * A tooltip: fields by their titles, in order; numbers in at most six digits.
 *
 * @param names those of the fields that are words.
 */
export function tips(
  titles: Readonly<Record<string, string>>,
  names: readonly string[] = [],
): Record<string, unknown>[] {
  return Object.entries(titles).map(([field, title]) =>
    names.includes(field)
      ? { field, title, type: 'nominal' }
      : { field, title, type: 'quantitative', format: ',.6~r' },
  );
}

/** The parameter of a click on a legend's entry: it stands in one layer of a chart. */
export function legendParameter(field: string): Record<string, unknown>[] {
  return [{ name: picked, select: { type: 'point', fields: [field] }, bind: 'legend' }];
}

/** The name of that parameter. */
export const picked = 'picked';

/** An opacity that is faint for what the selections leave out. */
export function faded(
  opacity: number,
  parameters: readonly string[] = [picked],
): Record<string, unknown> {
  const test = { and: parameters.map((param) => ({ param })) };
  return { opacity: { condition: { test, value: opacity }, value: round(opacity * 0.15, 2) } };
}

/** The Vega-Lite scale of an axis. */
export function axisScale(
  log: boolean | undefined,
  domain: readonly [number, number] | undefined,
  zero = false,
): Record<string, unknown> {
  return {
    ...(log ? { type: 'log' } : { zero }),
    ...(domain ? { domain, clamp: false, nice: false } : {}),
  };
}

/** Colours for named classes, with a legend unless there is only one. */
export function colorBy(
  field: string,
  names: readonly string[],
  legend: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    field,
    type: 'nominal',
    scale: { domain: names, ...palette(names.length) },
    legend: names.length > 1 ? { title: null, ...legend } : null,
  };
}

/** What an axis was told to show; undefined where it shows all that is on it. */
export interface Domains {
  readonly x?: readonly [number, number] | undefined;
  readonly y?: readonly [number, number] | undefined;
}

/**
 * Layers for the rules of a chart: the name of a horizontal one on it, of a vertical one above the
 * chart. One beyond a given domain would be drawn beyond the chart, however far away; it is told by
 * `rulesNote` instead.
 */
export function ruleLayers(
  rules: readonly Rule[] = [],
  domains: Domains = {},
): Record<string, unknown>[] {
  return rules
    .filter((rule) => !isBeyond(rule, domains))
    .flatMap(({ x, y, label }) => {
      const across = y !== undefined;
      const data = { values: [across ? { at: y, label } : { at: x, label }] };
      const position = { [across ? 'y' : 'x']: { field: 'at', type: 'quantitative' } };
      const place = {
        [across ? 'x' : 'y']: { value: across ? 'width' : 0 },
        text: { field: 'label' },
      };
      return [
        { data, mark: { type: 'rule', color: grey, strokeDash: [5, 4] }, encoding: position },
        ...haloed(
          data,
          { fontSize: 12, align: across ? 'right' : 'center', baseline: 'bottom', dy: -3 },
          grey,
          { ...position, ...place },
        ),
      ];
    });
}

/** "chance (y = 10) is beyond the axis", or nothing to say. */
export function rulesNote(rules: readonly Rule[] = [], domains: Domains = {}): string | undefined {
  const beyond = rules.filter((rule) => isBeyond(rule, domains));
  const names = beyond.map(
    ({ x, y, label }) => `${label} (${y !== undefined ? `y = ${y}` : `x = ${x}`})`,
  );
  return names.length > 0
    ? `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'} beyond the axis`
    : undefined;
}

function isBeyond({ x, y }: Rule, domains: Domains): boolean {
  const [value, domain] = y !== undefined ? [y, domains.y] : [x, domains.x];
  return (
    domain !== undefined &&
    value !== undefined &&
    !(value >= Math.min(...domain) && value <= Math.max(...domain))
  );
}

/** Text that can be read on whatever is below it: in a white halo. */
export function haloed(
  data: object,
  style: object,
  color: string,
  encoding: object,
): Record<string, unknown>[] {
  const text = { type: 'text', ...style };
  return [
    {
      data,
      mark: {
        ...text,
        color: 'white',
        stroke: 'white',
        strokeWidth: 4,
        strokeJoin: 'round',
        opacity: 0.85,
      },
      encoding,
    },
    { data, mark: { ...text, color }, encoding },
  ];
}

/**
 * Ticks at powers of ten, where a log axis spans at least two of them: Vega would rule a line at
 * each of 1, 2, 3, … 9. (With a tickCount it would thin these ticks out.)
 */
export function decades(
  low: number,
  high: number,
): { tickCount?: number; values?: number[]; labelExpr?: string } {
  const [from, to] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  if (!(to - from >= 2)) return { tickCount: 6 };
  const every = Math.ceil((to - from) / 7);
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter(
    (power) => (to - power) % every === 0,
  );
  const names = powers.map((power) => `'${power}': '${powerOfTen(power)}'`);
  return {
    values: powers.map((power) => Number(`1e${power}`)),
    labelExpr: `({ ${names.join(', ')} })[round(log(datum.value) / LN10)]`,
  };
}

/** 0.01, 1, 1000, and beyond them 10⁻⁵. */
function powerOfTen(power: number): string {
  if (Math.abs(power) <= 3) return String(Number(`1e${power}`));
  return `10${String(power)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)]!)}`;
}
