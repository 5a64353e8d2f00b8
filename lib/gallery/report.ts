/** The foot of the page: how good the embeddings are, in plain sentences and a table. */
import { escapeHtml } from './html';

export interface GalleryReport {
  /** Plain text, one paragraph each: how the encoder was trained, how sure its labels are. */
  readonly sentences?: readonly string[];
  readonly comparison?: Comparison;
  readonly collapse?: Collapse;
}

/** The encoder beside its baselines, all judged in the same way. */
export interface Comparison {
  /** What a score is a share of: 'Pictures whose nearest neighbour has the same label'. */
  readonly measure: string;
  readonly rows: readonly ComparisonRow[];
  /** Who won, in a sentence. Default: by whether the two best rows' intervals leave a doubt. */
  readonly said?: string;
  /** The score of guessing. */
  readonly chance?: number;
}

export interface ComparisonRow {
  /** 'SimCLR', 'Raw pixels', 'Untrained encoder'. */
  readonly name: string;
  /** In [0, 1]; more is better. */
  readonly score: number;
  /** 95% interval of the score, in the same unit. */
  readonly interval?: readonly [low: number, high: number];
  /** Marks the encoder that the page is about; the other rows are its baselines. */
  readonly trained?: boolean;
}

/** Whether the embeddings are still different for different pictures. */
export interface Collapse {
  readonly verdict: 'healthy' | 'suspect' | 'collapsed';
  readonly sentences?: readonly string[];
  readonly figures?: readonly {
    readonly name: string;
    readonly value: string;
    readonly meaning: string;
  }[];
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

const verdicts = {
  healthy: 'No sign of collapse.',
  suspect: 'The embeddings may be collapsing.',
  collapsed: 'The embeddings have collapsed.',
};

export function reportHtml({ sentences = [], comparison, collapse }: GalleryReport): string {
  return [
    ...sentences.map(paragraph),
    comparison ? comparisonHtml(comparison) : '',
    collapse ? collapseHtml(collapse) : '',
  ].join('\n');
}

const paragraph = (text: string): string => `<p>${escapeHtml(text)}</p>`;

function comparisonHtml(comparison: Comparison): string {
  const { measure, rows, chance } = comparison;
  const best = Math.max(...rows.map(({ score }) => score));
  const row = ({ name, score, interval, trained }: ComparisonRow): string => {
    const value = percent(score);
    const range = interval ? ` (${percent(interval[0])} to ${percent(interval[1])})` : '';
    const label = `${escapeHtml(name)}${trained ? ' (this page)' : ''}`;
    return `<tr><th scope="row">${label}</th><td>${score === best ? `<b>${value}</b>` : value}${range}</td><td class="bar"><span style="width:${Math.max(0, Math.min(100, 100 * score)).toFixed(1)}%"></span></td></tr>`;
  };
  return `<h3>Is it better than something simpler?</h3>
${paragraph(comparison.said ?? whoWon(comparison))}
<div class="table" tabindex="0" role="region" aria-label="Comparison with baselines"><table>
<caption>${escapeHtml(measure)}. More is better; the best is bold${rows.some(({ interval }) => interval) ? '; in brackets its 95% interval' : ''}.${chance === undefined ? '' : ` Guessing would reach ${percent(chance)}.`}</caption>
<thead><tr><th scope="col">Embedding</th><th scope="col">Score</th><th scope="col"><span class="hidden">As a bar</span></th></tr></thead>
<tbody>${rows.map(row).join('\n')}</tbody>
</table></div>`;
}

/** Half of the interval. */
const doubtOf = ({ interval: [low, high] = [0, 0] }: ComparisonRow): number => (high - low) / 2;

/**
 * Says whether the trained encoder won, also where it did not.
 */
export function whoWon({ rows }: Comparison): string {
  const trained = rows.find((row) => row.trained);
  const others = rows.filter((row) => !row.trained);
  if (!trained || others.length === 0) return 'There is nothing to compare the encoder with.';
  const rival = others.reduce((a, b) => (b.score > a.score ? b : a));
  const difference = trained.score - rival.score;
  const doubt = Math.hypot(doubtOf(trained), doubtOf(rival));
  const scores = (a: ComparisonRow, b: ComparisonRow): string =>
    `${percent(a.score)} against ${percent(b.score)}`;
  if (Math.abs(difference) <= doubt)
    return `${trained.name} and ${rival.name} do equally well, as far as these pictures can tell: ${scores(trained, rival)}.`;
  if (difference > 0)
    return `${trained.name} does better than all baselines: ${scores(trained, rival)} of the best of them, ${rival.name}.`;
  return `${rival.name} does better: ${scores(rival, trained)} of ${trained.name}. Training brought nothing here that the simpler embedding has not; try it for longer, or with more pictures.`;
}

function collapseHtml({ verdict, sentences = [], figures = [] }: Collapse): string {
  const rows = figures.map(
    ({ name, value, meaning }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td><td>${escapeHtml(meaning)}</td></tr>`,
  );
  const table = `<div class="table" tabindex="0" role="region" aria-label="Signs of collapse"><table>
<caption>What was looked at</caption>
<thead><tr><th scope="col">Sign</th><th scope="col">Value</th><th scope="col">What it means</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`;
  return `<h3>Did it collapse?</h3>
<p>An encoder collapses when it gives every picture nearly the same embedding. <strong class="${verdict}">${verdicts[verdict]}</strong></p>
${sentences.map(paragraph).join('\n')}
${rows.length > 0 ? table : ''}`;
}
