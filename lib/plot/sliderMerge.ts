/** The specs of several frames as one, whose rows are filtered by the frame. */
import type { Spec } from './render';
import { decades } from './common';
import { palette } from './theme';
import { isRecord } from './values';

/** The field that says of which frame a row is. */
const field = '_frame';

/** What a frame's spec says at one place. */
interface Said {
  readonly frame: number;
  readonly spec: Spec;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * @param index an expression of the number of the frame that is shown.
 * @throws RangeError naming what differs and may not.
 */
export function mergeFrames(specs: readonly Spec[], index: string): Spec {
  const all = specs.map((spec, frame) => ({ frame, spec }));
  return held(mergeViews(all, { index, frames: specs.length, path: '' }));
}

interface Context {
  readonly index: string;
  readonly frames: number;
  readonly path: string;
}

const panelKeys = ['concat', 'hconcat', 'vconcat'];
const parts = ['layer', ...panelKeys];

function mergeViews(all: readonly Said[], context: Context): Spec {
  const keys = [...new Set(all.flatMap(({ spec }) => Object.keys(spec)))];
  requirePanels(all);
  const given = rowsOf(all, context);
  const merged: Record<string, unknown> = {};
  for (const key of keys) {
    const values = all.map(({ spec }) => spec[key]);
    const at = { ...context, path: `${context.path}${key}` };
    if (parts.includes(key)) merged[key] = mergeParts(all, key, at);
    else if (key === 'title') merged[key] = mergeTitles(all, context);
    else if (key === 'encoding') merged[key] = mergeEncodings(values, at);
    else if (key === 'width' || key === 'height') merged[key] = largest(values, at);
    else if (key === 'mark') merged[key] = mergeMarks(values, given?.pictures === true, at);
    else if (key === 'data' || key === 'description') continue;
    else merged[key] = same(values, at);
  }
  if (given) {
    merged['data'] = { values: given.rows };
    if (given.filtered)
      merged['transform'] = [
        { filter: `datum.${field} == ${context.index}` },
        ...((merged['transform'] as readonly unknown[] | undefined) ?? []),
      ];
    if (given.pictures)
      merged['encoding'] = {
        ...(merged['encoding'] as object),
        url: { field: 'url', type: 'nominal' },
      };
  }
  return merged;
}

/** @throws when the frames differ in their number of panels. */
function requirePanels(all: readonly Said[]): void {
  const counts = all.map(({ spec }) =>
    panelKeys.reduce((sum, key) => sum + ((spec[key] as unknown[] | undefined)?.length ?? 0), 0),
  );
  if (new Set(counts).size > 1)
    throw new RangeError(
      `frames: ${[...new Set(counts)].join(' and ')} panels given, as many in each expected`,
    );
}

/** The rows of all frames; a picture's URL becomes a part of its rows. */
function rowsOf(
  all: readonly Said[],
  { frames }: Context,
): { rows: Row[]; filtered: boolean; pictures: boolean } | undefined {
  const own = all.map(({ spec }) => valuesOf(spec));
  if (!own.every((values) => values !== undefined)) return undefined;
  const urls = all.map(({ spec }) => urlOf(spec));
  const pictures = new Set(urls).size > 1;
  const alike = all.length === frames && !pictures && equal(own);
  if (alike) return { rows: own[0]!, filtered: false, pictures };
  const rows = all.flatMap(({ frame }, i) =>
    own[i]!.map((row) => ({ ...row, ...(pictures ? { url: urls[i] } : {}), [field]: frame })),
  );
  return { rows, filtered: true, pictures };
}

function valuesOf(spec: Spec): Row[] | undefined {
  const data = spec['data'];
  return isRecord(data) && Array.isArray(data['values']) ? (data['values'] as Row[]) : undefined;
}

function urlOf({ mark }: Spec): unknown {
  return isRecord(mark) && mark['type'] === 'image' ? mark['url'] : undefined;
}

/** Dots are as small as those of the frame that has most of them. */
function mergeMarks(marks: readonly unknown[], pictures: boolean, at: Context): unknown {
  if (equal(marks) || !marks.every(isRecord)) return same(marks, at);
  const sizes = marks.map(({ size }) => size).filter((size) => typeof size === 'number');
  const rest = marks.map(({ size: _size, url, ...style }) =>
    pictures ? style : { ...style, url },
  );
  // A description of each picture would hold all of its URL.
  const style = { ...(same(rest, at) as object), ...(pictures ? { aria: false } : {}) };
  return sizes.length > 0 ? { ...style, size: Math.min(...sizes) } : style;
}

/**
 * Layers or panels; a layer that some frames lack (no negative bar, no points) is matched by its
 * mark and its fields.
 */
function mergeParts(all: readonly Said[], key: string, at: Context): Spec[] {
  const found = new Map<string, Said[]>();
  for (const { frame, spec } of all) {
    const seen = new Map<string, number>();
    for (const [i, part] of ((spec[key] as readonly Spec[] | undefined) ?? []).entries()) {
      const kind = key === 'layer' ? kindOf(part) : String(i);
      const nth = seen.get(kind) ?? 0;
      seen.set(kind, nth + 1);
      const name = `${kind} ${nth}`;
      found.set(name, [...(found.get(name) ?? []), { frame, spec: part }]);
    }
  }
  return [...found.values()].map((same, i) =>
    mergeViews(same, { ...at, path: `${at.path}[${i}].` }),
  );
}

function kindOf({ mark, encoding, layer }: Spec): string {
  const channels = isRecord(encoding)
    ? Object.entries(encoding).map(
        ([channel, definition]) =>
          `${channel}:${isRecord(definition) ? String(definition['field']) : ''}`,
      )
    : [];
  const { url: _url, ...style } = isRecord(mark) ? mark : { type: mark };
  // The size of dots may follow their number.
  return JSON.stringify([
    style['type'],
    style['align'],
    style['stroke'],
    channels.sort(),
    Array.isArray(layer),
  ]);
}

function mergeTitles(all: readonly Said[], { index, frames }: Context): unknown {
  const titles = all.map(({ spec }) => spec['title']);
  if (all.length === frames && equal(titles)) return titles[0];
  const at = (key: 'text' | 'subtitle'): unknown[] =>
    Array.from({ length: frames }, (_, frame) => {
      const title = all.find((said) => said.frame === frame)?.spec['title'];
      const value = isRecord(title) ? title[key] : key === 'text' ? title : undefined;
      return value ?? (key === 'text' ? '' : []);
    });
  const style = titles.find(isRecord) ?? {};
  return { ...style, text: byFrame(at('text'), index), subtitle: byFrame(at('subtitle'), index) };
}

/** What all frames have, or an expression that takes the frame's element of a list. */
export function byFrame(list: readonly unknown[], index: string): unknown {
  // Vega-Lite knows no expression in a subtitle, and passes Vega's own on as it is.
  return equal(list) ? list[0] : { signal: `${JSON.stringify(list)}[${index}]` };
}

function mergeEncodings(values: readonly unknown[], at: Context): Record<string, unknown> {
  const records = values.filter(isRecord);
  const channels = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(
    channels.map((channel) => [
      channel,
      mergeChannel(
        records.map((record) => record[channel]),
        { ...at, path: `${at.path}.${channel}` },
      ),
    ]),
  );
}

/** All alike but for the scale's domain, which becomes the union, and the ticks made for it. */
function mergeChannel(values: readonly unknown[], at: Context): unknown {
  if (equal(values) || !values.every(isRecord)) return same(values, at);
  const scales = values.map(scaleOf);
  const bare = values.map((value, i) => {
    const { axis, sort: _sort, ...rest } = value;
    return { ...rest, scale: withoutColors(scales[i]!), axis: withoutTicks(axis) };
  });
  same(bare, at);
  const sorts = values.map((value) => value['sort']);
  const axes = values.map((value) => value['axis']);
  return {
    ...values[0],
    ...(isRecord(values[0]!['scale']) ? { scale: mergeScales(scales) } : {}),
    ...(sorts.every(Array.isArray) ? { sort: union(sorts) } : {}),
    ...(isRecord(axes[0]) ? { axis: equal(axes) ? axes[0] : withoutTicks(axes[0]) } : {}),
  };
}

function withoutTicks(axis: unknown): unknown {
  if (!isRecord(axis)) return axis;
  const {
    values: _values,
    labelExpr: _expression,
    tickCount: _count,
    tickMinStep: _least,
    labelAngle: _angle,
    ...rest
  } = axis;
  return rest;
}

/** The scales' colours as far as they must be alike: those of classes go by the number of classes. */
function withoutColors(scale: Record<string, unknown>): Record<string, unknown> {
  const { domain: _domain, range, scheme, ...rest } = scale;
  return ofNames(scale) ? rest : { ...rest, range, scheme };
}

function ofNames({ domain }: Record<string, unknown>): boolean {
  return Array.isArray(domain) && domain.some((name) => typeof name !== 'number');
}

function mergeScales(scales: readonly Record<string, unknown>[]): Record<string, unknown> {
  const domains = scales.map(({ domain }) => domain);
  if (!domains.every(Array.isArray)) return scales[0]!;
  const domain = union(domains);
  const colored = 'range' in scales[0]! || 'scheme' in scales[0]!;
  return ofNames(scales[0]!) && colored
    ? { ...withoutColors(scales[0]!), domain, ...palette(domain.length) }
    : { ...scales[0], domain };
}

/** From the least to the greatest; of names, all in the order of their appearance. */
function union(domains: readonly (readonly unknown[])[]): unknown[] {
  const all = domains.flat();
  if (!all.every((value) => typeof value === 'number')) return [...new Set(all)];
  return [Math.min(...all), Math.max(...all)];
}

const lengths: Readonly<Record<string, string>> = { x: 'x2', y: 'y2' };

/** A channel of one layer, with the rows that it is drawn from. */
interface Use {
  readonly encoding: Readonly<Record<string, unknown>>;
  readonly channel: string;
  readonly rows: readonly Row[];
}

/**
 * A scale without a domain would follow the frame's rows, and layers that some frames lack know a
 * part of it: each is given one that holds all frames and all layers.
 */
function held(view: Spec, inherited: readonly Row[] = []): Spec {
  const panels = panelKeys.filter((key) => Array.isArray(view[key]));
  if (panels.length > 0)
    return {
      ...view,
      ...Object.fromEntries(
        panels.map((key) => [key, (view[key] as Spec[]).map((panel) => held(panel))]),
      ),
    };
  const uses = usesOf(view, inherited);
  const domains = new Map<string, readonly [number, number]>();
  for (const channel of new Set(uses.map((use) => use.channel))) {
    const domain = domainOf(uses.filter((use) => use.channel === channel));
    if (domain) domains.set(channel, domain);
  }
  return withDomains(view, domains);
}

function usesOf(view: Spec, inherited: readonly Row[]): Use[] {
  const rows = valuesOf(view) ?? inherited;
  const { encoding, layer } = view;
  const own = isRecord(encoding)
    ? Object.entries(encoding)
        .filter(([, definition]) => isScaled(definition))
        .map(([channel]) => ({ encoding, channel, rows }))
    : [];
  const below = Array.isArray(layer) ? (layer as Spec[]).flatMap((part) => usesOf(part, rows)) : [];
  return [...own, ...below];
}

function isScaled(definition: unknown): definition is Record<string, unknown> {
  return (
    isRecord(definition) && definition['type'] === 'quantitative' && definition['scale'] !== null
  );
}

function domainOf(uses: readonly Use[]): [number, number] | undefined {
  const scales = uses.map(({ encoding, channel }) => scaleOf(encoding[channel]));
  const given = scales.flatMap((scale) => (Array.isArray(scale['domain']) ? scale['domain'] : []));
  const values =
    given.length > 0
      ? given.map(Number)
      : uses.flatMap(({ encoding, channel, rows }) => {
          const fields = [channel, lengths[channel] ?? ''].map((name) => fieldOf(encoding[name]));
          return rows.flatMap((row) => fields.map((name) => row[name]).filter(isNumber));
        });
  if (given.length === 0 && scales.some(({ zero }) => zero === true)) values.push(0);
  return values.length === 0
    ? undefined
    : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function withDomains(view: Spec, domains: ReadonlyMap<string, readonly [number, number]>): Spec {
  const { encoding, layer } = view;
  const own = isRecord(encoding)
    ? Object.fromEntries(
        Object.entries(encoding).map(([channel, definition]) => {
          const domain = domains.get(channel);
          if (!domain || !isScaled(definition)) return [channel, definition];
          const scale = scaleOf(definition);
          if (Array.isArray(scale['domain']))
            return [channel, { ...definition, scale: { ...scale, domain } }];
          const axis =
            scale['type'] === 'log' ? { axis: ticked(definition['axis'], ...domain) } : {};
          // A rule's own position has no scale to tell of.
          return [
            channel,
            definition['scale'] === undefined
              ? definition
              : { ...definition, ...axis, scale: { nice: true, ...scale, domain } },
          ];
        }),
      )
    : undefined;
  return {
    ...view,
    ...(own ? { encoding: own } : {}),
    ...(Array.isArray(layer)
      ? { layer: (layer as Spec[]).map((part) => withDomains(part, domains)) }
      : {}),
  };
}

function scaleOf(definition: unknown): Record<string, unknown> {
  return isRecord(definition) && isRecord(definition['scale']) ? definition['scale'] : {};
}

function fieldOf(definition: unknown): string {
  return isRecord(definition) ? String(definition['field']) : '';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** The powers of ten that all frames span. */
function ticked(axis: unknown, low: number, high: number): object {
  return { ...(withoutTicks(axis) as object | undefined), ...decades(low, high) };
}

function largest(values: readonly unknown[], at: Context): unknown {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length ? Math.max(...numbers) : same(values, at);
}

/** @throws when they differ. */
function same(values: readonly unknown[], { path }: Context): unknown {
  if (equal(values)) return values[0];
  const odd = values.findIndex((value) => JSON.stringify(value) !== JSON.stringify(values[0]));
  throw new RangeError(
    `frames: ${path} differs between frames (${JSON.stringify(values[0])?.slice(0, 60)} and, in frame ${odd}, ${JSON.stringify(values[odd])?.slice(0, 60)}); charts of one builder with the same options expected`,
  );
}

function equal(values: readonly unknown[]): boolean {
  const [first, ...rest] = values.map((value) => JSON.stringify(value));
  return rest.every((value) => value === first);
}
