/** The README's tables, made of the results of notebook 17. */
import type { ResultRecord } from '../../lib/measure/results';
import { mean, standardDeviationOf } from '../../lib/measure/statistics';

const columns = ['20-NN', 'linear', '10 labels', 'moved, 1-NN', 'hole, 1-NN', 'wall'];

/** One value, or the mean and the standard deviation over seeds. */
function cell(values: readonly number[] | undefined, digits: number): string {
  if (!values) return '-';
  const middle = mean(values).toFixed(digits);
  return values.length === 1
    ? middle
    : `${middle} ± ${standardDeviationOf(values).toFixed(digits)}`;
}

function table(figures: ResultRecord['figures']): string {
  const rows = Object.entries(figures).map(
    ([name, of]) =>
      `| ${name} | ${columns.map((column) => cell(of[column], column === 'wall' ? 2 : 1)).join(' | ')} |`,
  );
  return [
    `| | ${columns.join(' | ')} |`,
    `|---|${columns.map(() => '---|').join('')}`,
    ...rows,
  ].join('\n');
}

/**
 * How the long race's rows end: of a baseline, that its directions are judged; of a method, how
 * long it was trained.
 */
const longEnds = [', direction', ' steps'];
const isLong = (name: string): boolean => longEnds.some((end) => name.endsWith(end));

/** The newest race of all. Markdown. */
export function leaderboardTable(records: readonly ResultRecord[]): string {
  return table(records.filter(({ figures }) => !Object.keys(figures).some(isLong)).at(-1)!.figures);
}

/** The long race: of each name the newest row, baselines first. Markdown. */
export function longRaceTable(records: readonly ResultRecord[]): string {
  const rows = records.flatMap(({ figures }) => Object.entries(figures));
  return table(
    Object.fromEntries(longEnds.flatMap((end) => rows.filter(([name]) => name.endsWith(end)))),
  );
}
