/** The colour behind what is transparent. */
export type Ground = 'white' | 'black' | `#${string}` | readonly [number, number, number];

/** @throws unless it is one of the names, '#rrggbb', or three whole numbers from 0 to 255. */
export function rgbOf(ground: Ground): [number, number, number] {
  if (ground === 'white') return [255, 255, 255];
  if (ground === 'black') return [0, 0, 0];
  if (typeof ground === 'string' && /^#[0-9a-f]{6}$/i.test(ground)) {
    const value = Number.parseInt(ground.slice(1), 16);
    return [value >> 16, (value >> 8) & 255, value & 255];
  }
  const isByte = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
  if (Array.isArray(ground) && ground.length === 3 && ground.every(isByte))
    return [...(ground as [number, number, number])];
  throw new Error(
    `ground: ${JSON.stringify(ground)} given, 'white', 'black', '#rrggbb' or [red, green, blue] from 0 to 255 expected`,
  );
}
