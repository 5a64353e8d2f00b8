/**
 * The notebooks' prose as HTML: Markdown, with its mathematics as MathML, which browsers show and
 * read aloud by themselves.
 */
import katexPlugin from '@vscode/markdown-it-katex';
import katex from 'katex';
import MarkdownIt from 'markdown-it';
import { highlighted } from './code.mjs';
import { laidOut } from './mathml.mjs';
import { escaped } from './text.mjs';

/**
 * What is wrong with a text's formulas: the plugin would show it, and we refuse the text.
 * @type {Error[]}
 */
let broken = [];

const mathml = {
  ...katex,
  /** @param {string} source @param {import('katex').KatexOptions} [options] */
  renderToString(source, options) {
    try {
      const html = laidOut(
        katex.renderToString(source, {
          ...options,
          output: 'mathml',
          throwOnError: true,
          strict: false,
        }),
      );
      // A long formula is scrolled.
      return options?.displayMode ? html.replace('<math ', '<math tabindex="0" ') : html;
    } catch (error) {
      broken.push(/** @type {Error} */ (error));
      return '';
    }
  },
};

const markdown = new MarkdownIt({
  html: true,
  linkify: true,
  highlight: (source, language) =>
    language === 'ts' || language === 'typescript' ? highlighted(source) : '',
});
// It finds the formulas. A CommonJS module: to Node, its default export is a property of it.
/** @type {any} */
const plugin = katexPlugin;
(plugin.default ?? plugin)(markdown, { katex: mathml });

/**
 * The HTML that prose may hold: what folds an answer away, a line's end, and marks of single words.
 * Without attributes, but for a fold that begins open, so that there is nothing in them to run.
 */
const allowed =
  /^<(?:\/?(?:details|summary|sub|sup|kbd|mark|b|i)|details open(?:="")?|br ?\/?|!--[^<>]*--)>/;

/**
 * Every other `<` is text, as it would be without HTML.
 *
 * @param {string} html
 */
const harmless = (html) =>
  html.replace(/<[^<>]*>|[<>]/g, (part) => (allowed.test(part) ? part : escaped(part)));

// A table that is wider than a telephone is scrolled, also with the keyboard.
markdown.renderer.rules['table_open'] = () =>
  '<div class="table" tabindex="0" role="group" aria-label="table"><table>\n';
markdown.renderer.rules['table_close'] = () => '</table></div>\n';
// So is a long line of code.
for (const kind of ['fence', 'code_block']) {
  const { [kind]: rule } = markdown.renderer.rules;
  markdown.renderer.rules[kind] = (...given) =>
    rule?.(...given).replace('<pre', '<pre tabindex="0"') ?? '';
}

for (const kind of ['html_block', 'html_inline'])
  markdown.renderer.rules[kind] = (/** @type {{ content: string }[]} */ tokens, at = 0) =>
    harmless(tokens[at]?.content ?? '');

/**
 * @param {string} source
 * @returns {string} HTML
 * @throws where a formula is none, quoting it
 */
export function rendered(source) {
  broken = [];
  const html = markdown.render(source);
  if (broken[0]) throw broken[0];
  // An empty heading, as of a table's first column, is none to those who listen.
  return withinSite(html.replace(/<th([^>]*)><\/th>/g, '<td$1></td>'));
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
