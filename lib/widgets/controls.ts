/** The widgets that are needed most, one call each. */
import { expectNumber } from '../core/checks';
import { describe } from '../plot/values';
import { css, pages } from './pages';
import { box, drawn, track, words } from './pictures';
import { widget, type Widget } from './widget';

export interface SliderOptions {
  /** Said before it. */
  readonly label?: string;
  /** 0 by default. */
  readonly min?: number;
  /** 1 by default. */
  readonly max?: number;
  /** Between two values; a hundredth of the range by default. */
  readonly step?: number;
  /** Where it stands first; `min` by default. */
  readonly value?: number;
  /** Whether the kernel hears of it while it is dragged; else when it is let go. True by default. */
  readonly continuous?: boolean;
}

/** What a slider's `get`, `set` and `on` know. */
export type SliderState = { -readonly [Name in keyof SliderOptions]-?: SliderOptions[Name] };

/**
 * A slider, whose `value` is a number from `min` to `max`.
 *
 * While `onChange` is at work, moves are gathered: it is called next with where the slider then
 * stands.
 *
 * @param onChange called with each new value; the same as `on('change:value', …)`.
 * @throws where `min` is not below `max`, `step` is not above 0, or `value` is outside.
 * @example
 * ```ts
 * import { show, widgets } from 'dark-matter';
 *
 * const rate = widgets.slider({ label: 'rate', max: 0.1, value: 0.03 }, (value) =>
 *   console.log(`the rate is now ${value}`),
 * );
 * await show(rate);
 * ```
 */
export function slider(
  options: SliderOptions = {},
  onChange?: (value: number, before: number) => unknown,
): Widget<SliderState> {
  const { label = '', min = 0, max = 1, continuous = true } = options;
  expectNumber('min', min, {});
  expectNumber('max', max, { above: min });
  const { step = Number(((max - min) / 100).toPrecision(12)), value = min } = options;
  expectNumber('step', step, { above: 0 });
  expectNumber('value', value, { atLeast: min, atMost: max });
  const made = widget<SliderState>({
    esm: pages.slider,
    css,
    state: { label, min, max, step, value, continuous },
    fallback: ({ label, min, max, value }) =>
      drawn(`${named(label)}${value} (a slider from ${min} to ${max})`, [
        ...(label ? [words(label)] : []),
        track((value - min) / (max - min), true),
        words(String(value)),
      ]),
  });
  if (onChange) made.on('change:value', onChange);
  return made;
}

type Choice = string | number | boolean;

export interface SelectOptions<Options extends readonly Choice[]> {
  /** Said before it. */
  readonly label?: string;
  /** What there is to choose from: text, numbers, true and false. */
  readonly options: Options;
  /** What is chosen first; the first one by default. */
  readonly value?: Options[number];
}

/** What a choice's `get`, `set` and `on` know. */
export type SelectState<Option> = {
  label: string;
  options: readonly Option[];
  value: Option;
};

/**
 * A list to choose from, whose `value` is one of `options`.
 *
 * @param onChange called with each new value; the same as `on('change:value', …)`.
 * @throws RangeError where there are no options, or `value` is none of them.
 * @example
 * ```ts
 * import { show, widgets } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const toy = widgets.select({ label: 'data', options: ['moons', 'spirals'], value: 'spirals' });
 * await show(toy);
 * assert.equal(toy.get('value'), 'spirals');
 * ```
 */
export function select<const Options extends readonly Choice[]>(
  { label = '', options, value = options[0]! }: SelectOptions<Options>,
  onChange?: (value: Options[number], before: Options[number]) => unknown,
): Widget<SelectState<Options[number]>> {
  if (!Array.isArray(options) || options.length === 0)
    throw new RangeError(`options: ${describe(options)} given, an array of one or more expected`);
  if (!options.includes(value))
    throw new RangeError(`value: ${describe(value)} given, one of ${options.join(', ')} expected`);
  const made = widget<SelectState<Options[number]>>({
    esm: pages.select,
    css,
    state: { label, options, value },
    fallback: ({ label, options, value }) =>
      drawn(`${named(label)}${value} (of ${options.join(', ')})`, [
        ...(label ? [words(label)] : []),
        box(String(value), true),
      ]),
  });
  if (onChange) made.on('change:value', onChange);
  return made;
}

/** What a button's `get`, `set` and `on` know. */
export type ButtonState = {
  label: string;
  /** How often it was pressed. */
  clicks: number;
};

/**
 * A button, which counts its `clicks`. Clicks while `onClick` is at work come as one.
 *
 * @param onClick called when it was pressed; the same as `on('change:clicks', …)`.
 * @example
 * ```ts
 * import { show, widgets } from 'dark-matter';
 *
 * await show(widgets.button('Train again', () => console.log('training')));
 * ```
 */
export function button(label: string, onClick?: () => unknown): Widget<ButtonState> {
  if (typeof label !== 'string')
    throw new TypeError(`label: ${describe(label)} given, text expected`);
  const made = widget<ButtonState>({
    esm: pages.button,
    css,
    state: { label, clicks: 0 },
    fallback: ({ label }) => drawn(`${label} (a button)`, [box(label, false)]),
  });
  if (onClick) made.on('change:clicks', () => onClick());
  return made;
}

export interface ProgressOptions {
  /** Said before it. */
  readonly label?: string;
  /** What all of it is; 1 by default. */
  readonly max?: number;
  /** What is done; 0 by default. */
  readonly value?: number;
}

/** What a bar's `get`, `set` and `on` know. */
export type ProgressState = { -readonly [Name in keyof ProgressOptions]-?: ProgressOptions[Name] };

/**
 * A bar that shows how far something is: `set('value', …)` moves it.
 *
 * @throws where `max` is not above 0, or `value` is below 0 or above `max`.
 * @example
 * ```ts
 * import { show, widgets } from 'dark-matter';
 *
 * const bar = widgets.progress({ label: 'files', max: 3 });
 * await show(bar);
 * for (let done = 1; done <= 3; done++) bar.set('value', done);
 * ```
 */
export function progress({
  label = '',
  max = 1,
  value = 0,
}: ProgressOptions = {}): Widget<ProgressState> {
  expectNumber('max', max, { above: 0 });
  expectNumber('value', value, { atLeast: 0, atMost: max });
  return widget<ProgressState>({
    esm: pages.progress,
    css,
    state: { label, max, value },
    fallback: ({ label, max, value }) =>
      drawn(`${named(label)}${value} of ${max}`, [
        ...(label ? [words(label)] : []),
        track(value / max, false),
        words(`${value} of ${max}`),
      ]),
  });
}

function named(label: string): string {
  return label ? `${label}: ` : '';
}
