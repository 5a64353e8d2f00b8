/**
 * What is painted on the page. These functions run in the browser, whose types the rest of the
 * project does without.
 */
import type { Locator } from 'playwright-core';

interface Canvas {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d'): {
    getImageData(
      x: number,
      y: number,
      width: number,
      height: number,
    ): { readonly data: Uint8ClampedArray };
  };
  toDataURL(): string;
}

declare function getComputedStyle(element: unknown): { readonly backgroundColor: string };

/**
 * What part of a chart each colour covers, largest first, without white and what is transparent.
 */
export async function coverage(chart: Locator): Promise<number[]> {
  await chart.waitFor();
  return chart.evaluate((element: unknown) => {
    const canvas = element as Canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map<number, number>();
    for (let i = 0; i < data.length; i += 4) {
      const colour = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
      if (data[i + 3]! > 250 && colour !== 0xffffff)
        counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    return [...counts.values()]
      .map((count) => count / (canvas.width * canvas.height))
      .sort((a, b) => b - a);
  });
}

/** The chart's pixels, as one string. */
export function drawing(chart: Locator): Promise<string> {
  return chart.evaluate((element: unknown) => (element as Canvas).toDataURL(), undefined, {
    timeout: 5000,
  });
}

/** Red, green and blue, 0 to 255. */
export async function backgroundOf(element: Locator): Promise<number[]> {
  const colour = await element.evaluate(
    (found: unknown) => getComputedStyle(found).backgroundColor,
  );
  return colour.match(/\d+/g)!.slice(0, 3).map(Number);
}
