import { expect, test } from 'vitest';
import { reportHtml, whoWon } from '../../lib/gallery/report';

const around = (score: number, spread?: number) => ({
  score,
  ...(spread !== undefined && { interval: [score - spread, score + spread] as const }),
});

const rows = (trained: number, pixels: number, spread?: number) => ({
  measure: 'Same label',
  rows: [
    { name: 'Ours', ...around(trained, spread), trained: true },
    { name: 'Pixels', ...around(pixels, spread) },
    { name: 'PCA', ...around(pixels - 0.1, spread) },
  ],
});

test('the winner is named with the best of its rivals', () => {
  expect(whoWon(rows(0.7, 0.6))).toMatch(
    /^Ours does better than all baselines: 70.0% against 60.0% .*Pixels/,
  );
  expect(whoWon(rows(0.5, 0.6))).toMatch(/^Pixels does better: 60.0% against 50.0%/);
});

test('a difference within the spreads is no win', () => {
  expect(whoWon(rows(0.61, 0.6, 0.01))).toMatch(/^Ours and Pixels do equally well/);
  expect(whoWon(rows(0.6, 0.61, 0.01))).toMatch(/^Ours and Pixels do equally well/);
  expect(whoWon(rows(0.62, 0.6, 0.01))).toMatch(/better than all/);
});

test('without a rival nothing is claimed', () => {
  expect(whoWon({ measure: '', rows: [{ name: 'Ours', score: 1, trained: true }] })).toMatch(
    /nothing to compare/,
  );
});

test('what a paired test says stands instead, and intervals are shown whole', () => {
  const html = reportHtml({
    comparison: { ...rows(0.6, 0.68, 0.1), said: 'Ours is worse than Pixels.' },
  });
  expect(html).toContain('<p>Ours is worse than Pixels.</p>');
  expect(html).not.toContain('equally well');
  expect(html).toContain('<b>68.0%</b> (58.0% to 78.0%)');
});

test('the best score is bold, and only that', () => {
  const html = reportHtml({ comparison: rows(0.5, 0.6) });
  expect(html.match(/<b>[^<]*<\/b>/g)).toEqual(['<b>60.0%</b>']);
});
