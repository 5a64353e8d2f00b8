/**
 * Notebook 17 compares every method of the library that learns representations, and no method is
 * forgotten.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNotebook, sourceOf } from '../../kernel-setup/runner/notebook.mjs';
import { methodNames as methods } from '../helpers/methods';

const root = join(__dirname, '../..');

/** What has no place in a table of digits' representations, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  pushDown: 'an energy of points, which collapses: notebook 04',
  contrastiveDivergence: 'an energy of points: notebook 04',
  persistentDivergence: 'an energy of points: notebook 04',
  gan: 'two networks: notebook 08',
  maskedWords: 'of words: notebook 02',
  replacedTokens: 'of words: notebook 02',
  ijepa: 'a transformer on patches: notebook 18',
  imageDenoising: 'gives a score, no representation',
  maskedImages: 'a transformer on patches: notebook 18',
  scoreMatching: 'an energy of points: notebook 04',
  nce: 'an energy of points: notebook 04',
  ratio: 'an energy of points: notebook 09',
  dictionaryLearning: 'a dictionary of patches: notebook 15',
  lista: 'learns to infer another’s codes: notebook 15',
  limitedAutoencoder: 'limits of a latent, compared with each other: notebook 16',
  latentPredictor: 'predicts sets: notebook 07',
  mixtureDensity: 'predicts densities of y, given x: notebook 07',
  conditionalVae: 'predicts samples of y, given x: notebook 07',
  amortisedInference: 'infers another’s latents: notebook 07',
  predictiveSparseDecomposition: 'a dictionary of patches, and an encoder for it',
};

const code = readNotebook(join(root, 'notebooks', '17-leaderboard.ipynb'))
  .cells.filter(({ cell_type }) => cell_type === 'code')
  .map(sourceOf)
  .join('\n');

it('the library’s methods are found: a dozen at the least', () => {
  expect(methods).toEqual(
    expect.arrayContaining(['simclr', 'byol', 'barlowTwins', 'deepCluster', 'vae', 'supervised']),
  );
  expect(methods.length).toBeGreaterThan(12);
});

it.each(methods)('%s is in the table, or it is said where else', (name) => {
  const listed = new RegExp(`\\b${name}\\(`).test(code);
  expect(
    listed !== name in elsewhere,
    listed
      ? 'in the table and in the list of exceptions'
      : 'neither in the notebook nor in the list of exceptions',
  ).toBe(true);
});

it('no exception is kept for a method that is gone', () => {
  expect(Object.keys(elsewhere).filter((name) => !methods.includes(name))).toEqual([]);
});
