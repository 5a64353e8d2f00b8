/** Thumbnails, cut from their sheets. */
import type { Tiles } from './payload';

export interface ThumbnailSheets {
  readonly side: number;
  /** Draws one as a square; nothing while its sheet is not there yet. */
  draw(context: CanvasRenderingContext2D, index: number, x: number, y: number, size: number): void;
  /** A canvas of its own with this one. */
  canvas(index: number): HTMLCanvasElement;
}

export async function loadSheets(tiles: Tiles): Promise<ThumbnailSheets> {
  const { side, columns, perSheet } = tiles;
  const sheets = await Promise.all(tiles.sheets.map(imageOf));
  const draw: ThumbnailSheets['draw'] = (context, index, x, y, size) => {
    const at = index % perSheet;
    const [left, top] = [(at % columns) * side, Math.floor(at / columns) * side];
    const sheet = sheets[Math.floor(index / perSheet)]!;
    context.drawImage(sheet, left, top, side, side, x, y, size, size);
  };
  return {
    side,
    draw,
    canvas(index) {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [side, side];
      draw(canvas.getContext('2d')!, index, 0, 0, side);
      return canvas;
    },
  };
}

async function imageOf(source: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = source;
  await image.decode();
  return image;
}
