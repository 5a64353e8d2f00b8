/**
 * A check that Vega-Lite does not make: that every field a chart encodes is in its data. Vega-Lite
 * draws an empty picture for a misspelt field, without a word.
 */
import type { Spec } from './render';
import { isRecord } from './values';

/**
 * Transforms whose output depends on the data, or comes from elsewhere: behind them no field is
 * known.
 */
const unknowable = ['lookup', 'pivot', 'flatten'];
/** What transforms name their output when nothing else is said. */
const defaultNames = ['key', 'value', 'density', 'prob'];

/**
 * @throws when an encoding names a field that neither the inline data nor a transform has, naming
 * those that exist.
 */
export function checkFields(spec: Spec, inherited?: ReadonlySet<string>): void {
  const known = fieldsOf(spec, inherited);
  if (known) {
    for (const [channel, field] of encodedFields(spec['encoding'])) {
      if (known.has(field)) continue;
      const names = [...known].filter((name) => !defaultNames.includes(name));
      throw new RangeError(
        `chart: field "${field}" (${channel}) is not in the data; it has ${names.map((name) => `"${name}"`).join(', ') || 'no fields'}`,
      );
    }
  }
  for (const child of children(spec)) checkFields(child, known);
}

/** The fields at hand, or undefined where they cannot be known. */
function fieldsOf(spec: Spec, inherited?: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const data = spec['data'];
  let known: Set<string> | undefined = inherited && new Set(inherited);
  if (isRecord(data)) {
    const values = data['values'];
    if (!Array.isArray(values)) return undefined;
    if (values.length === 0)
      throw new RangeError('chart: data.values is empty; at least one row expected');
    known = new Set(values.flatMap((row) => (isRecord(row) ? Object.keys(row) : ['data'])));
  }
  if (!known) return undefined;
  const transforms = spec['transform'];
  if (!Array.isArray(transforms)) return known;
  if (
    transforms.some(
      (transform) => isRecord(transform) && unknowable.some((kind) => kind in transform),
    )
  )
    return undefined;
  for (const name of [...names(transforms), ...defaultNames]) known.add(name);
  return known;
}

/** Everything that the transforms call something: the values of `as`, however deep. */
function names(node: unknown, isName = false): string[] {
  if (typeof node === 'string') return isName ? [node] : [];
  if (Array.isArray(node)) return node.flatMap((child) => names(child, isName));
  return isRecord(node)
    ? Object.entries(node).flatMap(([key, child]) => names(child, key === 'as'))
    : [];
}

function encodedFields(encoding: unknown): [channel: string, field: string][] {
  if (!isRecord(encoding)) return [];
  return Object.entries(encoding).flatMap(([channel, definition]) =>
    (Array.isArray(definition) ? definition : [definition]).flatMap(
      (one: unknown): [string, string][] => {
        const field = isRecord(one) ? one['field'] : undefined;
        // A path into nested data ("a.b", "a[0]") is left to Vega.
        return typeof field === 'string' && !/[.[\\]/.test(field) ? [[channel, field]] : [];
      },
    ),
  );
}

function children(spec: Spec): Spec[] {
  return ['layer', 'hconcat', 'vconcat', 'concat', 'spec'].flatMap((key) => {
    const value = spec[key];
    return (Array.isArray(value) ? value : [value]).filter(isRecord);
  });
}
