/**
 * What Graphviz leaves to chance: which of two branches is above, and a pixel or two between
 * neighbours.
 */
import type { Box, Layout, Point } from './diagramPlaces';

/** Neighbours nearer to one line than this many pixels are put on it; a node is taller. */
const slack = 12;

/**
 * The layout with what is named first above (in a diagram that runs upwards, to the left), and with
 * level arrows.
 *
 * @param across whether the diagram runs upwards or downwards.
 */
export function settled(layout: Layout, across: boolean): Layout {
  const turned = across ? transposed(layout) : layout;
  const ordered = inversions(turned.nodes) > 0 ? upsideDown(turned) : turned;
  const level = levelled(ordered);
  return across ? transposed(level) : level;
}

/** Of the pairs of nodes above each other: how many more stand against the order than in it. */
function inversions(nodes: readonly Box[]): number {
  let more = 0;
  nodes.forEach((a, i) => {
    for (const b of nodes.slice(i + 1))
      if (Math.abs(a.x - b.x) < (a.width + b.width) / 2) more += Math.sign(a.y - b.y);
  });
  return more;
}

function upsideDown(layout: Layout): Layout {
  const { height } = layout;
  const turn = <P extends Point>(point: P): P => ({ ...point, y: height - point.y });
  return {
    ...layout,
    nodes: layout.nodes.map(turn),
    links: layout.links.map((link) => ({
      ...link,
      path: link.path.map(turn),
      ...(link.at ? { at: turn(link.at) } : {}),
    })),
    groups: layout.groups.map((group) => ({
      ...group,
      y: height - group.y - group.height,
      at: turn(group.at),
    })),
  };
}

/** x for y: what holds for rows then holds for columns. */
function transposed(layout: Layout): Layout {
  const turn = <P extends Point>(point: P): P => ({ ...point, x: point.y, y: point.x });
  const turnBox = <B extends Box>(box: B): B => ({
    ...turn(box),
    width: box.height,
    height: box.width,
  });
  return {
    ...layout,
    width: layout.height,
    height: layout.width,
    nodes: layout.nodes.map(turnBox),
    links: layout.links.map((link) => ({
      ...link,
      path: link.path.map(turn),
      ...(link.at ? { at: turn(link.at) } : {}),
    })),
    groups: layout.groups.map((group) => ({ ...turnBox(group), at: turn(group.at) })),
  };
}

function levelled(layout: Layout): Layout {
  const rows = [...layout.nodes].sort((a, b) => a.y - b.y);
  const height = new Map<string, number>();
  for (let from = 0, to = 0; from < rows.length; from = to) {
    while (to < rows.length && rows[to]!.y - rows[from]!.y < slack) to++;
    const row = rows.slice(from, to);
    const mean = row.reduce((sum, { y }) => sum + y, 0) / row.length;
    for (const { id } of row) height.set(id, mean);
  }
  const shift = new Map(layout.nodes.map(({ id, y }) => [id, height.get(id)! - y]));
  return {
    ...layout,
    nodes: layout.nodes.map((node) => ({ ...node, y: height.get(node.id)! })),
    links: layout.links.map((link) => {
      const y = height.get(link.from)!;
      const level = height.get(link.to) === y && link.path.every((p) => Math.abs(p.y - y) < slack);
      // The start goes with its node, the tip and the two points before it with theirs.
      const moved = (i: number): number =>
        i < 2 ? shift.get(link.from)! : i >= link.path.length - 5 ? shift.get(link.to)! : 0;
      return {
        ...link,
        path: link.path.map((p, i) => ({ ...p, y: level ? y : p.y + moved(i) })),
      };
    }),
  };
}
