// @ts-check
/** The results as a Markdown table. */

/** @typedef {import('./measure.mjs').Figures} Figures */
/** @typedef {{ name: string, title: string, peers: import('./measure.mjs').Outcome }} Row */

/** @param {number} ms */
const time = (ms) => (ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : ms.toFixed(0));
/** @param {number} times */
const factor = (times) => times.toFixed(times < 10 ? 2 : 1);
/**
 * @param {import('./measure.mjs').Figures | import('./measure.mjs').Missing | undefined} figures
 * @returns {figures is Figures}
 */
const has = (figures) => figures !== undefined && 'ms' in figures;

/**
 * A row a case: milliseconds a step, median (10th to 90th percentile of the rounds), and how many
 * times as long we take.
 *
 * @param {readonly Row[]} rows
 */
export function table(rows) {
  const [ours, ...others] = Object.keys(rows[0].peers);
  const compiled = others.filter((name) =>
    rows.some(({ peers }) => has(peers[name]) && peers[name].compileMs > 0),
  );
  const head = [
    'case',
    `${ours}, ms`,
    'as, nodes',
    ...others.flatMap((name) => [`${name}, ms`, 'ours / it']),
    `compiling, s: ${[ours, ...compiled].join(', ')}`,
  ];
  const lines = rows.map(({ name, peers }) => {
    const own = /** @type {Figures} */ (peers[ours]);
    const cells = others.flatMap((other) => {
      const figures = peers[other];
      return has(figures)
        ? [withSpread(figures.ms), figures.ratio ? factor(figures.ratio.median) : '']
        : ['n/a', ''];
    });
    const compiling = [ours, ...compiled].map((each) => {
      const figures = peers[each];
      return has(figures) ? (figures.compileMs / 1000).toFixed(1) : '-';
    });
    return [name, withSpread(own.ms), `${own.mode}, ${own.nodes}`, ...cells, compiling.join(', ')];
  });
  const missing = rows.flatMap(({ name, peers }) =>
    Object.entries(peers).flatMap(([peer, figures]) =>
      'missing' in figures ? [{ name, peer, why: figures.missing }] : [],
    ),
  );
  return [head, head.map(() => '---'), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .concat(notes(missing))
    .join('\n');
}

/** @param {import('./statistics.mjs').Spread} spread */
const withSpread = ({ median, p10, p90 }) => `${time(median)} (${time(p10)}-${time(p90)})`;

/** One line for each reason. @param {{ name: string, peer: string, why: string }[]} missing */
function notes(missing) {
  const reasons = [...new Set(missing.map(({ peer, why }) => `n/a, ${peer}: ${why}`))];
  return reasons.map((reason) => {
    const names = missing
      .filter(({ peer, why }) => `n/a, ${peer}: ${why}` === reason)
      .map(({ name }) => name);
    return `\n${reason} (${names.join(', ')})`;
  });
}
