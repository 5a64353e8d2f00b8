/** Elements of the page. */

/** The element with this id, which the page's HTML has. */
export const byId = <E extends HTMLElement = HTMLElement>(id: string): E =>
  document.getElementById(id) as E;

/** A new element with a text, which is never read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  text = '',
  className = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

export const count = (value: number): string => value.toLocaleString('en-GB');

/** A file's name without its folders. */
export const baseName = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

/** The end of a file's name, which tells pictures apart more often than the beginning. */
export function shortName(file: string, length = 9): string {
  const name = baseName(file).replace(/\.[a-z0-9]{2,5}$/i, '');
  const letters = [...name];
  return letters.length <= length ? name : `…${letters.slice(1 - length).join('')}`;
}
