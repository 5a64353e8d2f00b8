/** Text and HTML. */

/** @param {string} text */
export const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** @param {string} html @returns {string} its words, for searching */
export const textOf = (html) => html.replace(/<annotation[\s\S]*?<\/annotation>/g, '').replace(/<[^>]+>/g, ' ').replace(/&(lt|gt|amp|quot);/g, ' ').replace(/\s+/g, ' ').trim();
