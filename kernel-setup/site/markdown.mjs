/**
 * The notebooks' prose as HTML: Markdown, with its mathematics as MathML, which browsers show and
 * read aloud by themselves.
 */
import katex from 'katex';
import MarkdownIt from 'markdown-it';
import { highlighted } from './code.mjs';

const markdown = new MarkdownIt({
  html: true,
  linkify: true,
  highlight: (source, language) =>
    language === 'ts' || language === 'typescript' ? highlighted(source) : '',
});

/**
 * What `$...$`, `$$...$$` and code look like, in the order in which they are looked for: a dollar
 * in code is a dollar.
 */
const pieces =
  /(```[\s\S]*?```|`[^`\n]+`)|\$\$([\s\S]+?)\$\$|\$(?!\s)([^$\n]+?(?:\n[^$\n]+?)?)(?<!\s)\$(?!\d)/g;

/**
 * @param {string} source
 * @returns {string} HTML
 * @throws where a formula is none, quoting it
 */
export function rendered(source) {
  /** @type {string[]} */
  const formulas = [];
  // Taken out first: Markdown would read the underscores and asterisks of formulas as its own.
  const text = source.replace(pieces, (whole, code, block, inline) => {
    if (code !== undefined) return whole;
    formulas.push(
      katex
        .renderToString(block ?? inline, {
          output: 'mathml',
          displayMode: block !== undefined,
          throwOnError: true,
          strict: false,
        })
        .replace('<math ', block === undefined ? '<math ' : '<math tabindex="0" '),
    ); // a long formula is scrolled
    return `\uE000${formulas.length - 1}\uE000`;
  });
  // An empty heading, as of a table's first column, is none to those who listen.
  const html = markdown.render(text).replace(/<th([^>]*)><\/th>/g, '<td$1></td>');
  return withinSite(html).replace(/\uE000(\d+)\uE000/g, (_, i) => formulas[Number(i)] ?? '');
}

/**
 * What a notebook's neighbours are called here: `05-….ipynb` is a page, and the README's map of all
 * is the front page.
 * @param {string} html
 */
const withinSite = (html) =>
  html
    .replace(/href="(?:\.\/)?([\w-]+)\.ipynb(#[^"]*)?"/g, 'href="$1.html$2"')
    .replace(/href="\.\.\/README\.md(#[^"]*)?"/g, 'href="index.html"');
