/**
 * Panels that show the same points in different places, such as data and their embedding: a brush on
 * one marks the points in all.
 */
import type { Spec } from './render';
import { isRecord } from './values';

/** The name of a scatter plot's brush. */
export const brushed = 'brushed';

type Row = Readonly<Record<string, unknown>>;

/**
 * Scatter plots with a brush, of as many points each, linked point by point: the rows of each carry
 * the places that their points have in the others. Vega-Lite's brush asks for a place, not for a
 * point, so each panel's fields have names of their own.
 */
export function linked(panels: readonly Spec[]): readonly Spec[] {
  const own = panels.map((panel) => (hasBrush(panel) ? placesOf(panel) : undefined));
  const members = own.flatMap((places, p) => (places ? [p] : []));
  if (members.length < 2) return panels;
  return panels.map((panel, p) => {
    if (!own[p]) return panel;
    const values = [...own[p].values()].map(({ x: _x, y: _y, ...rest }) => ({
      ...rest,
      ...Object.fromEntries(
        members.flatMap((q) => {
          const place = own[q]!.get(rest['id']);
          return place ? [`x${q}`, `y${q}`].map((name) => [name, place[name[0]!]]) : [];
        }),
      ),
    }));
    const layer = (panel['layer'] as readonly Spec[]).map((part) =>
      // Names and rules have rows of their own.
      'data' in part ? part : (renamed(part, p, members) as Spec),
    );
    return { ...panel, data: { values }, layer };
  });
}

function hasBrush({ layer }: Spec): boolean {
  return (
    Array.isArray(layer) &&
    (layer as Spec[]).some(
      ({ params }) =>
        Array.isArray(params) && (params as Row[]).some(({ name }) => name === brushed),
    )
  );
}

/** A panel's rows by their points' numbers; undefined where they have none. */
function placesOf({ data }: Spec): Map<unknown, Row> | undefined {
  const rows = isRecord(data) && Array.isArray(data['values']) ? (data['values'] as Row[]) : [];
  return rows.length > 0 && rows.every((row) => 'id' in row)
    ? new Map(rows.map((row) => [row['id'], row]))
    : undefined;
}

/** x is x1 in panel 1; its brush is brushed1, and all brushes count. */
function renamed(node: unknown, p: number, members: readonly number[]): unknown {
  if (Array.isArray(node))
    return node.flatMap((child: unknown) =>
      isRecord(child) && child['param'] === brushed
        ? members.map((q) => ({ param: `${brushed}${q}` }))
        : [renamed(child, p, members)],
    );
  if (!isRecord(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === 'field' && (value === 'x' || value === 'y')) return [key, `${value}${p}`];
      if (key === 'name' && value === brushed) return [key, `${brushed}${p}`];
      return [key, renamed(value, p, members)];
    }),
  );
}
