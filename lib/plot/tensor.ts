/**
 * A tensor at a glance: its shape, its range, whether it holds NaN, and how its values are
 * distributed.
 */
import type { Tensor } from '../core/engine';
import { binned } from './bins';
import { displaySymbol, type Displayable, type MimeBundle } from './display';
import { rasterize } from './render';
import { escape } from './columns';
import { config, font, ink } from './theme';
import { round } from './values';

const blocks = '▁▂▃▄▅▆▇█';

/**
 * A preview of a tensor: shape, dtype, least, mean, standard deviation, greatest; the number of
 * values that are not finite, which the others leave out; a histogram, as a picture and in the
 * text. The tensor is read now and not kept.
 */
export function tensorSummary(tensor: Tensor): Displayable {
  const name = `Tensor ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.isDisposed)
    return { [displaySymbol]: (): MimeBundle => ({ 'text/plain': `${name}, disposed` }) };
  if (tensor.dtype === 'string' || tensor.size === 0)
    return { [displaySymbol]: (): MimeBundle => ({ 'text/plain': name }) };
  const values = tensor.dataSync();
  let [n, sum, low, high] = [0, 0, Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    n++;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const mean = sum / n;
  let squares = 0;
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2;
  const bad = values.length - n;
  const warning = bad > 0 ? ` · ${bad} of ${values.length} not finite` : '';
  if (n === 0)
    return { [displaySymbol]: (): MimeBundle => ({ 'text/plain': `${name}${warning}` }) };
  const stats = `min ${round(low, 4)} · mean ${round(mean, 4)} · sd ${round(Math.sqrt(squares / n), 4)} · max ${round(high, 4)}${warning}`;
  const counts = binned(values, low, high, 24);
  const most = Math.max(...counts);
  const spark = counts
    .map((count) => (count === 0 ? ' ' : blocks[Math.ceil((count / most) * blocks.length) - 1]))
    .join('');
  return {
    [displaySymbol]: (): MimeBundle => ({
      'image/png': rasterize(picture(name, stats, counts)).toString('base64'),
      'text/plain': `${name} · ${stats}\n${round(low, 4)} ${spark} ${round(high, 4)}`,
    }),
  };
}

function picture(name: string, stats: string, counts: readonly number[]): string {
  const [width, height, bar] = [500, 92, 484 / counts.length];
  const most = Math.max(...counts);
  const bars = counts.map((count, i) => {
    const tall = (count / most) * 36;
    return `<rect x="${8 + i * bar}" y="${46 - tall + 38}" width="${bar - 1}" height="${tall}" fill="${ink}"/>`;
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="${font}" font-size="12">` +
    `<rect width="100%" height="100%" fill="white"/><text x="8" y="18" font-weight="bold" fill="${config.title.color}">${escape(name)}</text>` +
    `<text x="8" y="36" fill="${config.axis.labelColor}">${escape(stats)}</text>${bars.join('')}</svg>`
  );
}
