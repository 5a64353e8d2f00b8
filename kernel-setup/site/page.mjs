/**
 * What all pages have in common: the head, the list of notebooks, and the ways to the page before
 * and the one after.
 */
import { escaped } from './text.mjs';

/**
 * @typedef {{ name: string, title: string }} Entry a page of the collection, by its file's name without ending
 */

/**
 * Only our own files run: no script and no handler that came with a notebook's prose or outputs.
 * Vega compiles its expressions, which is eval's right.
 */
const policy = "script-src 'self' file: 'unsafe-eval'; object-src 'none'; base-uri 'none'";

/**
 * @param {{ title: string, body: string, entries: readonly Entry[], current?: string, root?: string
 * }} page
 * @returns {string}
 */
export function pageHtml({ title, body, entries, current, root = '.' }) {
  const at = entries.findIndex(({ name }) => name === current);
  const link = (
    /** @type {Entry | undefined} */ entry,
    /** @type {string} */ rel,
    /** @type {string} */ arrow,
  ) =>
    entry
      ? `<a rel="${rel}" href="${root}/${entry.name}.html">${rel === 'prev' ? `${arrow} ` : ''}${escaped(entry.title)}${rel === 'next' ? ` ${arrow}` : ''}</a>`
      : '<span></span>';
  const around =
    at < 0
      ? ''
      : `<nav class="around" aria-label="Before and after">${link(entries[at - 1], 'prev', '←')}${link(entries[at + 1], 'next', '→')}</nav>`;
  const charts = /<figure class="chart"|data-notebook=/.test(body)
    ? ['vega', 'vega-lite']
        .map((name) => `<script src="${root}/assets/${name}.min.js" defer></script>`)
        .join('\n')
    : '';
  const list = entries
    .map(
      (entry) =>
        `<li><a href="${root}/${entry.name}.html"${entry.name === current ? ' aria-current="page"' : ''}>${escaped(entry.title)}</a></li>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escaped(title)} · Dark Matter</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}/assets/style.css">
<script src="${root}/assets/theme.js"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the text</a>
<header>
<a class="home" href="${root}/index.html">Dark Matter</a>
<form role="search"><label for="search">Search</label><input id="search" type="search" placeholder="Search" autocomplete="off" aria-controls="found"></form>
<button id="theme" type="button">Dark or light</button>
</header>
<div id="found" role="status"></div>
<div class="columns">
<nav class="contents" aria-label="Notebooks"><details open><summary>Notebooks</summary><ol>
${list}
</ol><p><a href="${root}/api/index.html">The library’s pages</a></p></details></nav>
<main id="main">
${body}
${around}
</main>
</div>
<footer><a href="${root}/licences.html">Licences of what is shown here</a></footer>
${charts}
<script src="${root}/assets/site.js" defer></script>
</body>
</html>
`;
}
