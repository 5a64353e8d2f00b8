/** The README's table, made of the results of notebook 17. */
import type { ResultRecord } from '../../lib/measure/results';
import { mean, standardDeviationOf } from '../../lib/measure/statistics';

const columns = ['20-NN', 'linear', '10 labels', 'moved, 1-NN', 'wall'];

/** One value, or the mean and the standard deviation over seeds. */
function cell(values: readonly number[] | undefined, digits: number): string {
  if (!values) return '-';
  const middle = mean(values).toFixed(digits);
  return values.length === 1 ? middle : `${middle} ± ${standardDeviationOf(values).toFixed(digits)}`;
}

/** Markdown. */
export function leaderboardTable({ figures }: ResultRecord): string {
  const rows = Object.entries(figures).map(([name, of]) => `| ${name} | ${columns.map((column) => cell(of[column], column === 'wall' ? 2 : 1)).join(' | ')} |`);
  return [`| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---|').join('')}`, ...rows].join('\n');
}
