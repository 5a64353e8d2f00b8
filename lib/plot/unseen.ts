/**
 * What lies outside of the picture, or of what it is clipped to, is taken out of a chart's scene
 * before it becomes SVG: it would be bytes that nobody sees, and resvg 2.6.2 ends the whole process
 * where a clipped or translucent shape lies more than two pictures' sizes away.
 */
import type { Bounds, Scene, SceneGroup, SceneItem } from 'vega';

/** From the left and the upper edge to the right and the lower. */
export type Edges = Pick<Bounds, 'x1' | 'y1' | 'x2' | 'y2'>;

/** Marks of which all items are one shape. */
const paths = new Set(['line', 'area', 'trail']);

/**
 * Removes from a scene, in place, the shapes of which nothing is seen.
 *
 * @param picture what the whole picture shows, in the scene's coordinates.
 */
export function removeUnseen(scene: Scene, picture: Edges): void {
  for (const group of scene.items) {
    const { x = 0, y = 0, width, height } = group;
    // In the group's coordinates, whose origin is its corner.
    const shown = {
      x1: picture.x1 - x,
      y1: picture.y1 - y,
      x2: picture.x2 - x,
      y2: picture.y2 - y,
    };
    for (const mark of group.items ?? []) {
      const window = mark.clip ? overlap(shown, { x1: 0, y1: 0, x2: width, y2: height }) : shown;
      mark.items = seen(mark, window) as SceneGroup[];
      if (mark.marktype === 'group') removeUnseen(mark, window);
    }
  }
}

/** A mark's items that reach into the window. */
function seen(mark: Scene, window: Edges): readonly SceneItem[] {
  const visible = mark.items.filter((item) => item.opacity !== 0);
  const inside = ({ x1, y1, x2, y2 }: Bounds): boolean =>
    x2 >= window.x1 && y2 >= window.y1 && x1 <= window.x2 && y1 <= window.y2;
  if (paths.has(mark.marktype)) return inside(mark.bounds) ? visible : [];
  return visible.filter(({ bounds }) => inside(bounds));
}

function overlap(a: Edges, b: Edges): Edges {
  return {
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
    x2: Math.min(a.x2, b.x2),
    y2: Math.min(a.y2, b.y2),
  };
}
