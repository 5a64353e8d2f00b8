/** Where the parts of a diagram are: what laying out gives to drawing. */
import type { DiagramLink, DiagramNode } from './diagramText';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** In CSS pixels, from the top left; a node's `x`, `y` are its middle, a group's its corner. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly (DiagramNode & Box)[];
  readonly links: readonly (DiagramLink & {
    /** A start and cubic Bézier segments of three points each. */
    readonly path: readonly Point[];
    readonly at?: Point;
  })[];
  readonly groups: readonly (Box & { readonly label: string; readonly at: Point })[];
}
