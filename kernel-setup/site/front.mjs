/**
 * The front page: the playground, and the notebooks in the post's order, each with a picture of its
 * own.
 */
import { playgroundHtml } from './playground.mjs';
import { escaped } from './text.mjs';

/**
 * @param {readonly import('./page.mjs').Entry[]} entries
 * @param {ReadonlyMap<string, import('./cards.mjs').Card>} pictures
 * @param {boolean} saved whether the outputs are those that the notebooks carry in git
 */
export function frontHtml(entries, pictures, saved) {
  const cards = entries.map(({ name, title }) => {
    const picture = pictures.get(name);
    const image = picture
      ? `<img loading="lazy" alt="" width="${picture.width}" height="${picture.height}" src="./${picture.file}">`
      : '';
    return `<li><a href="${name}.html">${image}${escaped(title)}</a></li>`;
  });
  return `<h1 class="front">Self-supervised learning you can run and change</h1>
<p>A model learns an <em>energy</em>: low on the data, high elsewhere. Shape one by hand: it trains live, in your browser.</p>
${playgroundHtml}
<h2>The notebooks</h2>
<p>Yann LeCun and Ishan Misra’s post <a href="https://ai.meta.com/blog/self-supervised-learning-the-dark-matter-of-intelligence/">“Self-supervised
learning: the dark matter of intelligence”</a> (2021) says how machines could learn like babies do: mostly by watching. These notebooks follow it section by
section. Every method runs on real data in a minute or two on a laptop’s CPU, and every claim is measured: a cell asserts it, and fails if it does not hold.</p>
<p>${saved ? 'What you see in them was computed when they were last saved.' : 'What you see in them was executed for this page. Charts can be pointed at.'} To change and rerun them, clone the repository and say <code>npm start</code>.</p>
<ol class="cards">
${cards.join('\n')}
</ol>`;
}
