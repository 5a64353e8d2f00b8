/**
 * The one call that displays: charts, specs, images, data frames, tensors, anything that says how
 * it looks.
 */
import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { chart, isSpec } from './chart';
import {
  displaySymbol,
  host,
  isDisplayable,
  metadataOf,
  type Displayable,
  type MimeBundle,
} from './display';
import { frame, isDataFrame } from './frame';
import { tensorSummary } from './tensor';
import { isRecord, isTensor } from './values';

/** Something that is on display, and can be changed in its place. */
export interface Shown extends Displayable {
  /** The Jupyter display id. */
  readonly id: string;
  /** Shows `x` in the same place. */
  update(x: unknown): Promise<void>;
}

/**
 * Displays `x` now, and gives a handle by which it can be changed in place.
 *
 * `x` is a chart or a Vega-Lite spec, an image grid, a table, a danfojs DataFrame or Series, a
 * tensor, a bundle of MIME types, any object with a `Symbol.for('Jupyter.display')` method, or else
 * plain text. Outside a notebook a terminal gets its text/plain. Charts are compiled and checked in
 * either case.
 *
 * @throws what the chart throws: an unknown field, empty data, a spec that does not compile.
 * @example
 * ```ts
 * import { plot, show } from 'dark-matter';
 *
 * const shown = await show(plot.lines([3, 2, 1]));
 * await shown.update(plot.lines([3, 2, 1, 0.5]));
 * ```
 */
export async function show(x: unknown): Promise<Shown> {
  const id = randomUUID();
  send(await bundleOf(x), id, false);
  // As a cell's last expression the handle shows nothing: what it stands for is on display already.
  return {
    id,
    update: async (next) => send(await bundleOf(next), id, true),
    [displaySymbol]: () => ({}),
  };
}

/**
 * How `x` looks, by MIME type. `preview` prefers the cheaper form of what is about to change again.
 */
export async function bundleOf(x: unknown, preview = false): Promise<MimeBundle> {
  if (isDisplayable(x))
    return preview && x.displayPreview ? x.displayPreview() : x[displaySymbol]();
  if (isDataFrame(x)) return bundleOf(frame(x));
  if (isTensor(x)) return bundleOf(tensorSummary(x));
  if (isSpec(x)) return bundleOf(chart(x), preview);
  if (isBundle(x)) return x;
  return { 'text/plain': typeof x === 'string' ? x : inspect(x) };
}

/**
 * Sends a bundle to the notebook under a display id; outside a notebook, its text to a terminal.
 */
export function send(bundle: MimeBundle, id: string, update: boolean): void {
  const notebook = host();
  if (notebook) notebook.display(bundle, { metadata: metadataOf(bundle), id, update });
  else if (process.stdout.isTTY)
    process.stdout.write(`${String(bundle['text/plain'] ?? Object.keys(bundle).join(', '))}\n`);
}

/** A record whose every key is a MIME type, such as { 'text/html': '<b>…</b>' }. */
function isBundle(x: unknown): x is MimeBundle {
  if (!isRecord(x)) return false;
  const keys = Object.keys(x);
  return (
    keys.length > 0 &&
    keys.every((key) => /^(text|image|application|audio|video)\/[\w.+-]+$/.test(key))
  );
}
