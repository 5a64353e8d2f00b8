/** The map: pictures where there is room for them, small squares where there is not. */
import { toScreen, type Camera, type Point, type View } from './camera';
import type { Collection } from './collection';
import type { ThumbnailSheets } from './thumbnails';

export interface Scene {
  readonly camera: Camera;
  readonly view: View;
  /** The one that was chosen, or a place for a picture that was dropped in. */
  readonly chosen?: { readonly index?: number; readonly place: Point };
  /** Neighbours of the chosen one, which lines lead to. */
  readonly likes: readonly number[];
  readonly hovered?: number;
  /** Only this class is shown in full. */
  readonly label?: number;
}

export interface MapColors {
  readonly accent: string;
  readonly ground: string;
  /** CSS colours, [n]. */
  readonly pictures: readonly string[];
}

/** CSS pixels. */
const DOT = 4;
const SMALLEST = 34;
const LARGEST = 72;
/** Where there is room for most. */
const GROWN = 112;
const GAP = 4;

export class PictureMap {
  /** The side of a drawn picture when all are seen, by how many there are for the room. */
  private readonly spacings: Float32Array;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly pictures: Collection,
    private readonly sheets: ThumbnailSheets,
  ) {
    this.spacings = pictures.spacing.slice().sort();
  }

  /** The side of a picture at this zoom, in CSS pixels: it grows once most have room. */
  side({ camera, view }: Scene): number {
    const { n } = this.pictures;
    const room = Math.sqrt((view.width * view.height) / n) * 0.8;
    const base = Math.min(LARGEST, Math.max(SMALLEST, room));
    const dense = this.spacings[Math.floor(n / 4)]! * camera.scale - GAP;
    return Math.max(base, Math.min(GROWN, dense));
  }

  /** Whether one is drawn as a picture: where none that is drawn is nearer than its side. */
  isDrawn(index: number, scene: Scene, side: number): boolean {
    if (index === scene.chosen?.index || scene.likes.includes(index)) return true;
    const { label } = scene;
    if (label !== undefined && this.pictures.labels!.index[index] !== label) return false;
    return this.pictures.spacing[index]! * scene.camera.scale >= side + GAP;
  }

  /** @returns how many are drawn as pictures. */
  draw(scene: Scene, colors: MapColors): number {
    const { view } = scene;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [Math.round(view.width * ratio), Math.round(view.height * ratio)];
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    const context = this.canvas.getContext('2d')!;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    context.imageSmoothingQuality = 'high';
    const side = this.side(scene);
    const drawn = this.dots(context, scene, side, colors);
    this.lines(context, scene, colors);
    const likes = new Set(scene.likes);
    for (const index of drawn)
      if (!likes.has(index)) this.picture(context, scene, index, side, colors);
    // The nearest neighbour last: where they overlap, it is on top, with its frame.
    for (const index of [...scene.likes].reverse()) {
      this.picture(context, scene, index, side, colors);
      this.frame(context, this.onScreen(scene, index), side + 2, 2, colors);
    }
    this.marks(context, scene, side, colors);
    return drawn.length;
  }

  /** Draws the small squares; gives the others. */
  private dots(
    context: CanvasRenderingContext2D,
    scene: Scene,
    side: number,
    colors: MapColors,
  ): number[] {
    const { camera, view, label } = scene;
    const { n, places, labels } = this.pictures;
    const drawn: number[] = [];
    for (let i = 0; i < n; i++) {
      const x = (places[2 * i]! - camera.x) * camera.scale + view.width / 2;
      const y = (places[2 * i + 1]! - camera.y) * camera.scale + view.height / 2;
      if (x < -side || y < -side || x > view.width + side || y > view.height + side) continue;
      if (this.isDrawn(i, scene, side)) {
        drawn.push(i);
        continue;
      }
      context.globalAlpha = label !== undefined && labels!.index[i] !== label ? 0.12 : 0.85;
      context.fillStyle = colors.pictures[i]!;
      context.fillRect(x - DOT / 2, y - DOT / 2, DOT, DOT);
    }
    context.globalAlpha = 1;
    return drawn;
  }

  private picture(
    context: CanvasRenderingContext2D,
    scene: Scene,
    index: number,
    side: number,
    colors: MapColors,
  ): void {
    const { x, y } = this.onScreen(scene, index);
    const half = side / 2;
    if (this.pictures.labels) {
      context.fillStyle = colors.pictures[index]!;
      context.fillRect(x - half - 2, y - half - 2, side + 4, side + 4);
    }
    this.sheets.draw(context, index, x - half, y - half, side);
  }

  private lines(context: CanvasRenderingContext2D, scene: Scene, colors: MapColors): void {
    if (!scene.chosen) return;
    const from = toScreen(scene.camera, scene.view, scene.chosen.place);
    context.strokeStyle = colors.accent;
    context.globalAlpha = 0.7;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const index of scene.likes) {
      const to = this.onScreen(scene, index);
      context.moveTo(from.x, from.y);
      context.lineTo(to.x, to.y);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** The chosen one and the hovered one, larger. */
  private marks(
    context: CanvasRenderingContext2D,
    scene: Scene,
    side: number,
    colors: MapColors,
  ): void {
    const { chosen, hovered } = scene;
    const shown = hovered ?? chosen?.index;
    if (shown !== undefined) {
      const size = Math.max(side * 1.3, 56);
      const { x, y } = this.onScreen(scene, shown);
      this.sheets.draw(context, shown, x - size / 2, y - size / 2, size);
      this.frame(context, { x, y }, size + 2, shown === chosen?.index ? 4 : 2, colors);
    }
    if (chosen && (chosen.index === undefined || chosen.index !== shown))
      this.frame(context, toScreen(scene.camera, scene.view, chosen.place), side + 2, 4, colors);
  }

  private frame(
    context: CanvasRenderingContext2D,
    { x, y }: Point,
    size: number,
    width: number,
    colors: MapColors,
  ): void {
    context.lineWidth = width + 2;
    context.strokeStyle = colors.ground;
    context.strokeRect(x - size / 2, y - size / 2, size, size);
    context.lineWidth = width;
    context.strokeStyle = colors.accent;
    context.strokeRect(x - size / 2, y - size / 2, size, size);
  }

  place(index: number): Point {
    const { places } = this.pictures;
    return { x: places[2 * index]!, y: places[2 * index + 1]! };
  }

  private onScreen({ camera, view }: Scene, index: number): Point {
    return toScreen(camera, view, this.place(index));
  }

  /** The picture under a place of the screen, or the square next to it. */
  at(scene: Scene, point: Point): number | undefined {
    const side = this.side(scene);
    let best: { index: number; distance: number } | undefined;
    for (let index = 0; index < this.pictures.n; index++) {
      const { x, y } = this.onScreen(scene, index);
      const distance = Math.max(Math.abs(x - point.x), Math.abs(y - point.y));
      const isPicture = this.isDrawn(index, scene, side);
      // A picture covers the squares below it.
      const reach = isPicture ? side / 2 : 9;
      if (distance > reach) continue;
      const rank = isPicture ? distance / 1e6 : distance;
      if (!best || rank < best.distance) best = { index, distance: rank };
    }
    return best?.index;
  }

  /** The next picture from a place in a direction, up to 45 degrees beside it. */
  towards(from: Point, dx: number, dy: number, without: number | undefined): number | undefined {
    let best: { index: number; distance: number } | undefined;
    for (let index = 0; index < this.pictures.n; index++) {
      if (index === without) continue;
      const { x, y } = this.place(index);
      const along = (x - from.x) * dx + (y - from.y) * dy;
      const beside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
      if (along <= 0 || beside > along) continue;
      const distance = along + 2 * beside;
      if (!best || distance < best.distance) best = { index, distance };
    }
    return best?.index;
  }

  /** The picture nearest to a place of the map. */
  nearestTo(point: Point): number {
    let [nearest, distance] = [0, Infinity];
    for (let index = 0; index < this.pictures.n; index++) {
      const { x, y } = this.place(index);
      const far = (x - point.x) ** 2 + (y - point.y) ** 2;
      if (far < distance) [nearest, distance] = [index, far];
    }
    return nearest;
  }
}
