/** Which notebooks run in the reader's browser, and why the others do not. */

/** Seconds for all of a notebook's cells, in headless Chromium on two cores (docs/browser.md). */
export const offered = new Map([
  ['00-start-here', 120],
  ['09-high-dimension', 100],
  ['16-limiting-the-latent', 50],
]);

const convolutions = 'it trains convolutional networks, for minutes on all cores';

/** @type {ReadonlyMap<string, string>} */
const because = new Map([
  ['02-denoising-text', 'it trains transformers, for minutes on all cores'],
  ['04-energy-based-models', 'it trains convolutional networks, and reads photographs'],
  ['15-sparse-modelling', 'it reads photographs, and learns from them for a minute on all cores'],
  ['19-your-own-pictures', 'it reads a folder of pictures'],
]);

/** @param {string} name of a notebook */
export const reasonOf = (name) => because.get(name) ?? convolutions;
