/** A cell's outputs as HTML. Charts are pictures that come alive when they are scrolled to. */
import { rendered } from './markdown.mjs';
import { escaped, scriptJson } from './text.mjs';

/**
 * @typedef {{ output_type: string, name?: string, text?: string | string[], data?: Record<string, any>, metadata?: Record<string, any>, traceback?: string[], ename?: string, evalue?: string }} Output
 */

const vega = 'application/vnd.vegalite.v5+json';

/** @param {string | string[] | undefined} text nbformat keeps lines apart */
const joined = (text = '') => (Array.isArray(text) ? text.join('') : text);

/** @param {Output} output @returns {string | undefined} base64 of its picture */
export const pngOf = ({ data }) =>
  data?.['image/png'] && joined(data['image/png']).replace(/\s/g, '');

/** @param {Output} output @returns {string} */
export function outputHtml(output) {
  const { output_type: type, name, text, data = {}, metadata = {}, ename, evalue } = output;
  if (type === 'stream')
    return `<pre class="stream ${name === 'stderr' ? 'stderr' : ''}" tabindex="0">${escaped(joined(text).trimEnd())}</pre>`;
  if (type === 'error')
    return `<pre class="stream stderr" tabindex="0">${escaped(`${ename}: ${evalue}`)}</pre>`;
  const description = escaped(joined(data['text/plain']).slice(0, 300));
  const png = pngOf(output);
  if (png) {
    const { width, height } = metadata['image/png'] ?? {};
    // On a phone a wide picture is scrolled, rather than shrunk until its words cannot be read.
    const size =
      width && height
        ? ` width="${width}" height="${height}" style="min-width: ${Math.round(0.6 * width)}px"`
        : '';
    const picture = `<img loading="lazy" alt="${description}"${size} src="data:image/png;base64,${png}">`;
    if (!data[vega]) return `<figure tabindex="0">${picture}</figure>`;
    return `<figure class="chart" tabindex="0">${picture}<script type="application/json">${scriptJson(data[vega])}</script></figure>`;
  }
  if (data['text/html'])
    return `<div class="table" tabindex="0" role="group" aria-label="${description.split('\n')[0] || 'output'}">${joined(data['text/html'])}</div>`;
  if (data['text/markdown']) return rendered(joined(data['text/markdown']));
  return `<pre class="stream" tabindex="0">${escaped(joined(data['text/plain']))}</pre>`;
}
