/**
 * A TensorFlow.js tensor at a glance: shape, dtype, the first values, and how all are distributed.
 */
import { inspect } from 'node:util';
import { escapeHtml } from './frame';

/**
 * What we need of a tensor. The kernel does not load TensorFlow: it knows tensors by their members.
 */
export interface TensorLike {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly size: number;
  readonly dataId: object;
  readonly isDisposed: boolean;
  dataSync(): ArrayLike<number | string>;
}

export function isTensor(value: unknown): value is TensorLike {
  if (typeof value !== 'object' || value === null) return false;
  const { shape, dtype, dataId, dataSync } = value as Partial<TensorLike>;
  return (
    Array.isArray(shape) &&
    typeof dtype === 'string' &&
    dataId !== undefined &&
    typeof dataSync === 'function'
  );
}

const bins = 32;
const shown = 6;

export function tensorBundle(tensor: TensorLike): Readonly<Record<string, unknown>> {
  const title = `Tensor ${tensor.dtype} [${tensor.shape.join(', ')}]`;
  if (tensor.isDisposed) return { 'text/plain': `${title}, disposed` };
  const values = tensor.dataSync();
  const text = `${preview(values, tensor.shape)}`;
  const stats = typeof values[0] === 'number' ? statistics(values as ArrayLike<number>) : undefined;
  const summary = stats
    ? `min ${stats.min}  mean ${stats.mean}  sd ${stats.sd}  max ${stats.max}${stats.warning}`
    : '';
  const lines = [title, ...(summary ? [summary] : []), text];
  const html = [
    `<b>${escapeHtml(title)}</b>`,
    escapeHtml(summary),
    stats?.picture ?? '',
    `<pre>${escapeHtml(text)}</pre>`,
  ];
  return {
    'text/plain': lines.join('\n'),
    'text/html': `<div>${html.filter(Boolean).join('<br>')}</div>`,
  };
}

/** Nested brackets, as NumPy prints them, with the middle of long axes left out. */
function preview(values: ArrayLike<number | string>, shape: readonly number[]): string {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const at = (axis: number, offset: number): string => {
    const length = shape[axis];
    if (length === undefined) return show(values[offset]);
    const cut = length > 2 * shown;
    const items = Array.from({ length: cut ? 2 * shown : length }, (_, i) => {
      const index = cut && i >= shown ? length - 2 * shown + i : i;
      return at(axis + 1, offset + index * (strides[axis] ?? 1));
    });
    if (cut) items.splice(shown, 0, '…');
    const inner = axis === shape.length - 1;
    return `[${items.join(inner ? ', ' : `,\n${' '.repeat(axis + 1)}`)}]`;
  };
  return at(0, 0);
}

function show(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : inspect(value);
}

function statistics(
  values: ArrayLike<number>,
):
  | { min: string; mean: string; sd: string; max: string; warning: string; picture: string }
  | undefined {
  let [n, sum, min, max] = [0, 0, Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    n++;
    sum += value;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const bad = values.length - n;
  const warning = bad > 0 ? `  (${bad} of ${values.length} not finite)` : '';
  if (n === 0) return undefined;
  const mean = sum / n;
  let squares = 0;
  const counts = new Array<number>(bins).fill(0);
  const width = (max - min) / bins || 1;
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    const bin = Math.min(bins - 1, Math.floor((value - min) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    min: show(min),
    mean: show(mean),
    sd: show(Math.sqrt(squares / n)),
    max: show(max),
    warning,
    picture: histogram(counts),
  };
}

function histogram(counts: readonly number[]): string {
  const most = Math.max(...counts);
  const bars = counts.map(
    (count, i) =>
      `<rect x="${i * 8}" y="${40 - (40 * count) / most}" width="7" height="${(40 * count) / most}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${8 * counts.length}" height="40" fill="#4c78a8">${bars.join('')}</svg>`;
}
