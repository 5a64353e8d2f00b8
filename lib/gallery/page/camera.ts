/** What part of the map is seen: pure functions from a camera to a camera. */

export interface Camera {
  /** The place in the middle of the view, on the map. */
  readonly x: number;
  readonly y: number;
  /** CSS pixels a unit of the map. */
  readonly scale: number;
}

export interface View {
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const toScreen = (camera: Camera, view: View, { x, y }: Point): Point => ({
  x: (x - camera.x) * camera.scale + view.width / 2,
  y: (y - camera.y) * camera.scale + view.height / 2,
});

export const toMap = (camera: Camera, view: View, { x, y }: Point): Point => ({
  x: (x - view.width / 2) / camera.scale + camera.x,
  y: (y - view.height / 2) / camera.scale + camera.y,
});

/** All of a map of the given extent, with a margin for the outermost pictures. */
export function whole({ x, y }: Point, { width, height }: View, margin: number): Camera {
  const room = (length: number): number => Math.max(1, length - 2 * margin);
  const scale = Math.min(room(width) / Math.max(x, 1e-3), room(height) / Math.max(y, 1e-3));
  return { x: x / 2, y: y / 2, scale };
}

/** Closer by a factor, so that the map's place under `at` stays there. */
export function zoomed(
  camera: Camera,
  view: View,
  at: Point,
  factor: number,
  limits: readonly [number, number],
): Camera {
  const scale = Math.min(limits[1], Math.max(limits[0], camera.scale * factor));
  const under = toMap(camera, view, at);
  return {
    x: under.x - (at.x - view.width / 2) / scale,
    y: under.y - (at.y - view.height / 2) / scale,
    scale,
  };
}

/** Moved by so many CSS pixels; the middle of the view stays on the map. */
export function moved(camera: Camera, dx: number, dy: number, extent: Point): Camera {
  const within = (value: number, most: number): number => Math.min(most, Math.max(0, value));
  return {
    ...camera,
    x: within(camera.x - dx / camera.scale, extent.x),
    y: within(camera.y - dy / camera.scale, extent.y),
  };
}

/** Between two cameras, `t` from 0 to 1: zooming is even on a logarithmic scale. */
export function between(from: Camera, to: Camera, t: number): Camera {
  const eased = t * t * (3 - 2 * t);
  const mixed = (a: number, b: number): number => a + (b - a) * eased;
  return {
    x: mixed(from.x, to.x),
    y: mixed(from.y, to.y),
    scale: Math.exp(mixed(Math.log(from.scale), Math.log(to.scale))),
  };
}
