/** Text and HTML. */

/** @param {string} text */
export const escaped = (text) =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/**
 * JSON for a script in a page: no text in it may look like the script's end.
 * @param {unknown} value
 */
export const scriptJson = (value) => JSON.stringify(value).replace(/</g, '\\u003c');

/** @param {string} html @returns {string} its words, for searching */
export const textOf = (html) =>
  html
    .replace(/<annotation[\s\S]*?<\/annotation>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&(lt|gt|amp|quot);/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
