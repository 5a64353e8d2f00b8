/**
 * What a chart's clipping hides entirely is taken out of its scene before it becomes SVG: it would
 * be bytes that nobody sees, and resvg 2.6.2 ends the whole process where a clipped or translucent
 * shape lies more than two pictures' sizes away.
 */
import type { Bounds, Scene, SceneGroup, SceneItem } from 'vega';

/** Marks of which all items are one shape. */
const paths = new Set(['line', 'area', 'trail']);

/**
 * Removes from a scene, in place, the shapes that lie wholly outside of what they are clipped to.
 */
export function removeUnseen(scene: Scene): void {
  for (const group of scene.items) {
    for (const mark of group.items ?? []) {
      if (mark.clip) mark.items = seen(mark, group) as SceneGroup[];
      if (mark.marktype === 'group') removeUnseen(mark);
    }
  }
}

/**
 * What a clipped mark shows: its items that reach into the group's rectangle, whose corner is at 0,
 * 0.
 */
function seen(mark: Scene, { width, height }: SceneGroup): readonly SceneItem[] {
  const inside = ({ x1, y1, x2, y2 }: Bounds): boolean =>
    x2 >= 0 && y2 >= 0 && x1 <= width && y1 <= height;
  if (paths.has(mark.marktype)) return inside(mark.bounds) ? mark.items : [];
  return mark.items.filter(({ bounds }) => inside(bounds));
}
