/** Widgets: sliders, buttons and whatever else a page can draw, which the kernel hears and sets. */
export { widget, type Off, type Widget, type WidgetOptions } from './widget';
export {
  button,
  progress,
  select,
  slider,
  type ButtonState,
  type ProgressOptions,
  type ProgressState,
  type SelectOptions,
  type SelectState,
  type SliderOptions,
  type SliderState,
} from './controls';
