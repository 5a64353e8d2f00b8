/**
 * The race compares every method of the library that learns representations, and no method is
 * forgotten.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { methodNames as methods } from '../helpers/methods';

/** What has no place in a table of images' representations, and why. */
const elsewhere: Readonly<Record<string, string>> = {
  pushDown: 'an energy of points, which collapses: notebook 04',
  contrastiveDivergence: 'an energy of points: notebook 04',
  persistentDivergence: 'an energy of points: notebook 04',
  gan: 'two networks: notebook 08',
  maskedWords: 'of words: notebook 02',
  replacedTokens: 'of words: notebook 02',
  imageDenoising: 'gives a score, no representation',
  scoreMatching: 'an energy of points: notebook 04',
  nce: 'an energy of points: notebook 04',
  ratio: 'an energy of points: notebook 09',
  dictionaryLearning: 'a dictionary of patches: notebook 15',
  layeredSparseCoding: 'sparse codes of two layers: notebook 15',
  lista: 'learns to infer another’s codes: notebook 15',
  latentPredictor: 'predicts sets: notebook 07',
  mixtureDensity: 'predicts densities of y, given x: notebook 07',
  conditionalVae: 'predicts samples of y, given x: notebook 07',
  amortisedInference: 'infers another’s latents: notebook 07',
  frameJepa: 'features of frames, judged by what comes next: notebook 18',
  predictiveSparseDecomposition: 'a dictionary of patches, and an encoder for it: notebook 15',
};

const folder = join(__dirname, '../../lib/study/race');
const code = readdirSync(folder)
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n')
  // Names in prose are no rows.
  .replaceAll(/\/\*\*[^]*?\*\//g, '');

it('the library’s methods are found: a dozen at the least', () => {
  expect(methods).toEqual(
    expect.arrayContaining(['simclr', 'byol', 'barlowTwins', 'deepCluster', 'vae', 'supervised']),
  );
  expect(methods.length).toBeGreaterThan(12);
});

it.each(methods)('%s has a row, or it is said where else it is', (name) => {
  const listed = new RegExp(`\\b${name}[(<]`).test(code);
  expect(
    listed !== name in elsewhere,
    listed
      ? 'a row of the race and in the list of exceptions'
      : 'neither a row of the race nor in the list of exceptions',
  ).toBe(true);
});

it('no exception is kept for a method that is gone', () => {
  expect(Object.keys(elsewhere).filter((name) => !methods.includes(name))).toEqual([]);
});
