import { expect, test } from 'vitest';
import { reportHtml, whoWon } from '../../lib/gallery/report';

const rows = (trained: number, pixels: number, spread?: number) => ({
  measure: 'Same label',
  rows: [
    { name: 'Ours', score: trained, spread, trained: true },
    { name: 'Pixels', score: pixels, spread },
    { name: 'PCA', score: pixels - 0.1, spread },
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

test('the best score is bold, and only that', () => {
  const html = reportHtml({ comparison: rows(0.5, 0.6) });
  expect(html.match(/<b>[^<]*<\/b>/g)).toEqual(['<b>60.0%</b>']);
});
