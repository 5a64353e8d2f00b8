/** A race of every method that learns features, with one encoder, one judge and one budget. */
export type { Entry, Network, Run } from './entry';
export { features, field, toBeat, type Shape } from './field';
export { images, type RaceImages, type RaceImagesOptions, type RaceSet } from './images';
export { landscape, type Landscape, type LandscapeOptions } from './landscape';
export { record } from './raceRecord';
export { rowChart, type ChartRow, type RowChartOptions } from './rowChart';
export { search, type Choice, type Knob, type SearchOptions } from './search';
export { rowNames, run, type Length, type RaceOptions } from './race';
