/** The README's table, made of the results of notebook 17. */
import type { ResultRecord } from '../../lib/measure/results';

const columns = ['20-NN', 'linear', '10 labels', 'moved, 1-NN', 'wall'];

const rounded = (value: number, digits: number) => value.toFixed(digits);

/** One value, or the mean and the standard deviation over seeds. */
function cell(values: readonly number[] | undefined, digits: number): string {
  if (!values) return '-';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return rounded(mean, digits);
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
  return `${rounded(mean, digits)} ± ${rounded(deviation, digits)}`;
}

/** Markdown. */
export function leaderboardTable({ figures }: ResultRecord): string {
  const rows = Object.entries(figures).map(([name, of]) => `| ${name} | ${columns.map((column) => cell(of[column], column === 'wall' ? 2 : 1)).join(' | ')} |`);
  return [`| | ${columns.join(' | ')} |`, `|---|${columns.map(() => '---|').join('')}`, ...rows].join('\n');
}
