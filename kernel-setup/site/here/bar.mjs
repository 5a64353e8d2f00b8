/** What stands above a notebook's text: that it runs here, or why it does not. */
import { reasonOf } from './offered.mjs';

/**
 * @param {string} name of the notebook
 * @param {ReadonlyMap<string, number>} runs those that run, and their seconds
 * @returns {string} HTML
 */
export function barHtml(name, runs) {
  const seconds = runs.get(name);
  if (seconds === undefined)
    return `<aside class="here" aria-label="Run this notebook"><p>This notebook does not run in a browser: ${reasonOf(name)}. In a clone of the repository, <code>npm ci</code> and <code>npm start</code> open it.</p></aside>`;
  return `<aside class="here" id="here" data-notebook="${name}" aria-label="Run this notebook">
<button type="button" id="here-start">▶ Run it here</button>
<p id="here-told" role="status">In this page, with nothing to install: the same library, and cells that you can change. Loads 2 MB; all cells take about ${duration(seconds)}.</p>
<noscript><p>This needs JavaScript.</p></noscript>
</aside>
<link rel="stylesheet" href="./here/style.css">
<script src="./here/start.js" defer></script>`;
}

/** @param {number} seconds */
const duration = (seconds) =>
  seconds < 50 ? 'half a minute' : seconds < 80 ? 'a minute' : 'two minutes';
