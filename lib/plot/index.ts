/**
 * The plotting room: charts in Vega-Lite, pictures of pixels, tables, and the one call that
 * displays them.
 */
export { chart, Chart, type ChartOptions, type Spec } from './chart';
export { displaySymbol, type Displayable, type Host, type MimeBundle } from './display';
export { show, type Shown } from './show';
export { live, type Live } from './live';
export { lines, type Line, type LinesOptions, type Runs } from './lines';
export { scatter, type ScatterOptions } from './scatter';
export { heatmap, type HeatmapOptions } from './heatmap';
export { energySurface, type EnergyGrid, type EnergySurfaceOptions } from './surface';
export { bars, type Bar, type BarsOptions } from './bars';
export { spectrum, type SpectrumOptions } from './spectrum';
export { histogram, type HistogramOptions } from './histogram';
export { diagram, type Diagram, type DiagramOptions } from './diagram';
export type { DiagramTheme } from './diagramDraw';
export type {
  DiagramData,
  DiagramGroup,
  DiagramLink,
  DiagramNode,
  LinkKind,
  NodeKind,
} from './diagramText';
export { slider, type SliderOptions } from './slider';
export { side, type SideOptions } from './side';
export type { AxisOptions, Rule, SizeOptions, TitleOptions } from './common';
export type { ColorOptions } from './colors';
export {
  imageGrid,
  type ImageGrid,
  type ImageGridOptions,
  type ImageOptions,
  type Images,
} from './images';
export { savedPicture } from './savedPicture';
export { table, type Row, type TableOptions } from './table';
export type { Cell, Estimate } from './columns';
export { Spread } from './spread';
export { frame, type DataFrameLike, type FrameOptions } from './frame';
export { okabeIto, palette, petroff10 } from './theme';
export type { Matrix, Numbers } from './values';
