/**
 * Many charts of one kind as one chart with a slider: training steps, temperatures, dimensions.
 *
 * The rows of all frames stand in one table each, with the frame's number, and a filter shows those
 * of the frame that the slider points at. Axes and colours reach over all frames.
 */
import { Chart, chart, inOneScale, isSpec, type Spec } from './chart';
import type { TitleOptions } from './common';
import { ImageGrid } from './images';
import { byFrame, mergeFrames } from './sliderMerge';
import { describe, isRecord, plural } from './values';

export interface SliderOptions extends TitleOptions {
  /** What changes from frame to frame: 'step', 'temperature'. 'frame' by default. */
  readonly name?: string;
  /** Its value in each frame: [frames]; by default 0, 1, 2, … */
  readonly values?: readonly (number | string)[];
  /** The value shown first, and in pictures that cannot slide: one of `values`, by default the last. */
  readonly initial?: number | string;
}

/** The bound parameter's name, in the spec. */
const parameter = 'frame';

/**
 * One chart with a slider over frames. In JupyterLab, in VS Code and on a page the reader moves it;
 * a PNG or SVG shows the frame of `initial`.
 *
 * @param frames charts of one builder with the same options (`lines`, `scatter`, `heatmap`,
 * `histogram`, `bars`, `energySurface`, `side` of these), or image grids of the same size. At least
 * two. Axes and colour scales are extended to hold all frames.
 * @throws RangeError when there are fewer than two, when their shapes differ, when `values` are of
 * another number or `initial` is none of them.
 * @example
 * ```ts
 * import { plot } from 'dark-matter';
 * import assert from 'node:assert/strict';
 * const frames = [1, 2, 4].map((k) => plot.lines([1, 2, 3].map((x) => x ** k)));
 * const chart = plot.slider(frames, { name: 'power', values: [1, 2, 4], initial: 2 });
 * assert.match(JSON.stringify(chart.spec), /"input":"range"/);
 * ```
 */
export function slider(
  frames: readonly (Chart | Spec | ImageGrid)[],
  options: SliderOptions = {},
): Chart {
  if (!Array.isArray(frames) || frames.length < 2)
    throw new RangeError(
      `frames: ${describe(frames)} given, an array of at least two charts expected`,
    );
  const { name = 'frame', values = frames.map((_, i) => i) } = options;
  if (values.length !== frames.length)
    throw new RangeError(
      `values: ${values.length} given, ${frames.length} expected, one for each frame`,
    );
  const { initial = values.at(-1)! } = options;
  const first = values.indexOf(initial);
  if (first < 0)
    throw new RangeError(
      `initial: ${describe(initial)} given, one of ${values.slice(0, 10).join(', ')} expected`,
    );
  const charts = alike(frames.map(toChart));
  const scale = scaleOf(values);
  const index = scale.index(parameter);
  const merged = mergeFrames(
    charts.map((one) => one.spec),
    index,
  );
  const labels = values.map((value) => `${name} = ${value}`);
  // Pictures of pixels come without a margin; the words above them need one.
  const { padding: _padding, ...framed } = merged;
  return new Chart(
    {
      ...framed,
      ...titledBy(charts, options, labels, index),
      params: [
        {
          name: parameter,
          value: scale.even ? values[first] : first,
          bind: {
            input: 'range',
            ...scale.range,
            name: `${name}${scale.even ? '' : ' (number)'} `,
          },
        },
        ...((merged['params'] as readonly unknown[] | undefined) ?? []),
      ],
    },
    {
      text: `slider over ${plural(values.length, name)} from ${values[0]} to ${values.at(-1)}, at ${initial}: ${charts[first]!.text}`,
    },
  );
}

function toChart(frame: Chart | Spec | ImageGrid, i: number): Chart {
  if (frame instanceof ImageGrid) return frame.chart();
  if (frame instanceof Chart) return frame;
  if (isSpec(frame)) return chart(frame);
  throw new TypeError(`frames[${i}]: ${describe(frame)} given, a chart or an image grid expected`);
}

/** Frames in one scale of colours; where they are panels, each panel in its own. */
function alike(charts: readonly Chart[]): readonly Chart[] {
  const parts = charts.map(({ making }) => making.parts);
  const panels = parts[0]?.of.length;
  if (panels === undefined || !parts.every((part) => part?.of.length === panels))
    return inOneScale(charts);
  const columns = Array.from({ length: panels }, (_, p) =>
    alike(parts.map((part) => part!.of[p]!)),
  );
  return parts.map((part, i) => part!.again(columns.map((column) => column[i]!)));
}

interface Scale {
  /** Whether the slider runs over the values themselves; else over the frames' numbers. */
  readonly even: boolean;
  readonly range: { readonly min: number; readonly max: number; readonly step: number };
  /** An expression: the frame's number, from the parameter. */
  index(name: string): string;
}

function scaleOf(values: readonly (number | string)[]): Scale {
  const numbers = values.map(Number);
  const [min, max] = [numbers[0]!, numbers.at(-1)!];
  const step = Number(((max - min) / (values.length - 1)).toPrecision(12));
  const even =
    values.every((value) => typeof value === 'number') &&
    step > 0 &&
    numbers.every((value, i) => Math.abs(value - (min + i * step)) <= 1e-9 * Math.abs(max - min));
  return even
    ? { even, range: { min, max, step }, index: (name) => `round((${name} - (${min})) / ${step})` }
    : { even, range: { min: 0, max: values.length - 1, step: 1 }, index: (name) => name };
}

/** The title, and below it the frame's value and what its chart says of itself. */
function titledBy(
  charts: readonly Chart[],
  { title, subtitle }: SliderOptions,
  labels: readonly string[],
  index: string,
): { title: unknown } {
  const own = charts.map(({ spec }) => (isRecord(spec['title']) ? spec['title'] : {}));
  const texts = own.map(({ text = '' }) => title ?? text);
  // Vega-Lite draws no subtitle without a title.
  const untitled = texts.every((text) => text === '');
  const below = own.map(({ subtitle: lines = [] }, i) => [
    [untitled ? '' : labels[i], subtitle].filter(Boolean).join(' · '),
    ...[lines].flat(),
  ]);
  return {
    title: {
      ...own[0],
      text: byFrame(untitled ? labels : texts, index),
      subtitle: byFrame(below, index),
    },
  };
}
