// @ts-check
/** The results as a picture: how many times as long as ours each peer's step takes. */
import { plot } from 'dark-matter';

const colours = ['#0072B2', '#D55E00', '#009E73', '#CC79A7', '#E69F00'];

/** @param {readonly import('./report.mjs').Row[]} rows @param {string} subtitle */
export function draw(rows, subtitle) {
  const points = rows.flatMap(({ name, peers }) =>
    Object.entries(peers).flatMap(([peer, figures]) =>
      'ratio' in figures && figures.ratio
        ? [
            {
              case: name,
              peer,
              times: 1 / figures.ratio.median,
              low: 1 / figures.ratio.p90,
              high: 1 / figures.ratio.p10,
            },
          ]
        : [],
    ),
  );
  const names = [...new Set(points.map(({ peer }) => peer))];
  const shown = [0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256].filter(
    (tick) =>
      tick >= Math.min(0.5, ...points.map(({ low }) => low)) / 2 &&
      tick <= 2 * Math.max(...points.map(({ high }) => high)),
  );
  const x = {
    type: 'quantitative',
    title:
      "a step's time, as a multiple of dark-matter's: to the right of 1, dark-matter is faster",
    scale: { type: 'log', base: 2, nice: false },
    axis: { values: shown, labelExpr: "datum.value + '×'" },
  };
  const y = {
    field: 'case',
    type: 'nominal',
    title: null,
    sort: rows.map(({ name }) => name),
    axis: { grid: true, ticks: false, domain: false },
  };
  // The same domain as the shapes': one legend for both.
  const color = {
    field: 'peer',
    type: 'nominal',
    title: null,
    sort: names,
    scale: { domain: names, range: colours.slice(0, names.length) },
  };
  return plot.chart({
    title: { text: 'A compiled training step beside the others', subtitle },
    width: 520,
    height: 34 * rows.length,
    layer: [
      {
        data: { values: [{ one: 1 }] },
        mark: { type: 'rule', color: '#222222', strokeWidth: 1.5 },
        encoding: { x: { ...x, field: 'one' } },
      },
      {
        data: { values: points },
        mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
        encoding: { x: { ...x, field: 'low' }, x2: { field: 'high' }, y, color },
      },
      {
        data: { values: points },
        mark: { type: 'point', filled: true, size: 90, opacity: 0.95 },
        encoding: {
          x: { ...x, field: 'times' },
          y,
          color,
          shape: {
            field: 'peer',
            type: 'nominal',
            title: null,
            sort: names,
            scale: { domain: names },
          },
        },
      },
    ],
  });
}
