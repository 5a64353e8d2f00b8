/** A chart: a Vega-Lite v5 spec that knows how to show itself in a notebook. */
import { displaySymbol, type Displayable, type MimeBundle } from './display';
import {
  compile,
  pixelRatio,
  rasterize,
  rasterizeApart,
  stillOf,
  toSvg,
  type Spec,
} from './render';
import { config } from './theme';
import { checkFields } from './validate';
import { describe, isRecord, plural } from './values';
import { wrap } from './typography';

export type { Spec } from './render';

export interface ChartOptions {
  /**
   * The line of text that stands for the chart where no picture is shown. By default it is read off
   * the spec.
   */
  readonly text?: string;
}

/** What `slider` and `side` need of a chart that is made of more than its spec. */
export interface Making extends ChartOptions {
  /** The colours are baked into a picture, or chosen by the scale: it can be painted in another. */
  readonly painted?: Painted;
  /** It is made of others. */
  readonly parts?: { readonly of: readonly Chart[]; again(of: readonly Chart[]): Chart };
}

interface Painted {
  readonly domain: Interval;
  again(domain: Interval): Chart;
}

type Interval = readonly [low: number, high: number];

const schema = 'https://vega.github.io/schema/vega-lite/v5.json';

/**
 * A chart is a value: it can be shown, put beside others (`plot.side`), or asked for its picture.
 *
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const chart = plot.lines([3, 2, 1]);
 * assert.ok(chart instanceof plot.Chart);
 * assert.match(await chart.svg(), /^<svg/);
 * ```
 */
export class Chart implements Displayable {
  /** The complete spec: `$schema` and the library's theme included. */
  readonly spec: Spec;
  /** One line for a terminal, a screen reader, a diff. */
  readonly text: string;
  /** @internal */
  readonly making: Pick<Making, 'painted' | 'parts'>;

  constructor(spec: Spec, options: Making = {}) {
    checkFields(spec);
    this.making = { painted: options.painted, parts: options.parts };
    this.text = options.text ?? summary(spec);
    this.spec = {
      $schema: schema,
      description: this.text,
      ...spec,
      config: merge(config, spec['config']),
    };
  }

  /** The chart as SVG text. @throws when Vega-Lite cannot compile the spec. */
  async svg(): Promise<string> {
    const compiled = compile(this.spec);
    const { svg, warnings } = await toSvg(compiled.spec);
    for (const warning of [...compiled.warnings, ...warnings])
      console.warn(`chart: Vega-Lite warns: ${warning}`);
    return svg;
  }

  /** The chart as PNG, with two pixels for each of CSS unless told otherwise. */
  async png(ratio: number = pixelRatio): Promise<Buffer> {
    const svg = await this.svg();
    return /data:image\/svg/.test(svg) ? rasterizeApart(svg, ratio) : rasterize(svg, ratio);
  }

  async [displaySymbol](): Promise<MimeBundle> {
    return { ...this.displayPreview(), ...(await stillOf(() => this.png())) };
  }

  /** Without the PNG, which costs most of the time. */
  displayPreview(): MimeBundle {
    return { 'application/vnd.vegalite.v5+json': this.spec, 'text/plain': this.text };
  }
}

/**
 * A displayable chart of a Vega-Lite v5 spec, in the library's theme; the spec's own `config` wins.
 *
 * @throws when the spec is not one, when its data are empty, or when it encodes a field that its
 * data lack.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const line = plot.chart({
 *   data: { values: [{ x: 1, y: 2 }, { x: 2, y: 1 }] },
 *   mark: 'line',
 *   encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } },
 * });
 * assert.match(line.text, /line chart of x, y, 2 rows/);
 * ```
 */
export function chart(spec: Spec | Chart, options: ChartOptions = {}): Chart {
  if (spec instanceof Chart)
    return new Chart(spec.spec, { text: spec.text, ...spec.making, ...options });
  if (!isSpec(spec))
    throw new TypeError(
      `chart: ${describe(spec)} given, a Vega-Lite spec with mark, layer, concat, facet or repeat expected`,
    );
  const wanted = spec['$schema'];
  if (typeof wanted === 'string' && !/vega-lite\/v5/.test(wanted)) {
    throw new RangeError(
      `chart: $schema ${wanted} given, ${schema} expected (notebooks' front ends draw Vega-Lite v5)`,
    );
  }
  return new Chart(spec, options);
}

/**
 * Charts of which the colours mean the same in each: from the least of all to the greatest. As they
 * are where their colours are classes, or scales of their own.
 */
export function inOneScale(charts: readonly Chart[]): readonly Chart[] {
  const painted = charts.map(({ making }) => making.painted);
  const domains = painted.flatMap((one) => one?.domain ?? []);
  if (domains.length < 2 * charts.length) return charts;
  const domain = [Math.min(...domains), Math.max(...domains)] as const;
  return painted.map((one) => one!.again(domain));
}

/** Whether a record looks like a Vega-Lite spec. */
export function isSpec(value: unknown): value is Spec {
  return (
    isRecord(value) &&
    ['mark', 'layer', 'hconcat', 'vconcat', 'concat', 'facet', 'repeat'].some((key) => key in value)
  );
}

/**
 * The title in a spec, with the subtitle below, wrapped to `width`: the plotting area's and, if it
 * has one, its legend's.
 */
export function titled(
  title: string | undefined,
  subtitle: readonly (string | undefined)[],
  width: number,
): { title?: unknown } {
  const below = subtitle.filter((part) => part !== undefined && part !== '').join(' · ');
  if (!title && !below) return {};
  // A title starts at the picture's left edge, where the axis's labels are.
  const room = width + 30;
  return {
    title: {
      text: title ? wrap(title, room, config.title) : '',
      ...(below
        ? { subtitle: wrap(below, room, { fontSize: config.title.subtitleFontSize }) }
        : {}),
    },
  };
}

/** The theme, with a spec's own wishes on top, two levels deep (config.axis.grid). */
function merge(base: Record<string, unknown>, own: unknown): Record<string, unknown> {
  if (!isRecord(own)) return base;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(own)) {
    const below = base[key];
    merged[key] = isRecord(value) && isRecord(below) ? { ...below, ...value } : value;
  }
  return merged;
}

/** "Loss falls: line chart of x, y and series, 300 rows". */
function summary(spec: Spec): string {
  const title = isRecord(spec['title']) ? spec['title']['text'] : spec['title'];
  const heading = Array.isArray(title) ? title.join(' ') : typeof title === 'string' ? title : '';
  const marks = [
    ...new Set(collect(spec, 'mark').map((mark) => String(isRecord(mark) ? mark['type'] : mark))),
  ];
  const fields = [...new Set(collect(spec, 'field').filter((field) => typeof field === 'string'))];
  const rows = collect(spec, 'values').reduce<number>(
    (sum, values) => sum + (Array.isArray(values) ? values.length : 0),
    0,
  );
  const body = `${marks.join(' and ') || 'empty'} chart${fields.length > 0 ? ` of ${fields.join(', ')}` : ''}${rows > 0 ? `, ${plural(rows, 'row')}` : ''}`;
  return heading ? `${heading}: ${body}` : body;
}

/** All the values under a key, outside of the data. */
function collect(node: unknown, key: string): unknown[] {
  if (Array.isArray(node)) return node.flatMap((child) => collect(child, key));
  if (!isRecord(node)) return [];
  return Object.entries(node).flatMap(([name, child]) =>
    name === key ? [child] : name === 'values' ? [] : collect(child, key),
  );
}
