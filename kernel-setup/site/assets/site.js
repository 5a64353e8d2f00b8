/* global vega, vegaLite, searchIndex */
// Theme ------------------------------------------------------------------------------------------------------------------
const root = document.documentElement;
document.getElementById('theme').addEventListener('click', () => {
  root.dataset.theme = root.dataset.theme === 'dark' ? 'light' : 'dark';
  // The library's pages, which TypeDoc makes, keep it by another name.
  try {
    for (const name of ['theme', 'tsd-theme']) localStorage.setItem(name, root.dataset.theme);
  } catch {
    /* then it is forgotten */
  }
});

// The list of notebooks is folded where there is no room beside the text.
if (matchMedia('(max-width: 60rem)').matches)
  document.querySelector('nav.contents details').open = false;

// Charts: a picture until it is scrolled to, then the chart itself, with its tooltips and selections.
const seen = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      seen.unobserve(target);
      void enliven(target);
    }
  },
  { rootMargin: '200px' },
);
for (const figure of document.querySelectorAll('figure.chart')) seen.observe(figure);

async function enliven(figure) {
  const picture = figure.querySelector('img');
  try {
    const spec = JSON.parse(figure.querySelector('script').textContent);
    const place = document.createElement('div');
    const view = new vega.View(vega.parse(vegaLite.compile(spec).spec), { renderer: 'canvas' });
    // Sliders stand beside the picture, not in it: an image has no parts for a screen reader.
    const controls = document.createElement('div');
    controls.className = 'controls';
    await view.initialize(place, controls).hover().runAsync();
    place.setAttribute('role', 'img');
    place.setAttribute('aria-label', picture.alt);
    picture.replaceWith(place, ...(controls.childElementCount > 0 ? [controls] : []));
    figure.classList.add('live');
  } catch (error) {
    console.warn('A chart stays a picture:', error); // nothing is lost
  }
}

// Search, in the notebooks' prose and the library's names and docstrings: every word must occur; headings count more than text, and one that is the words most.
const box = document.getElementById('search');
const found = document.getElementById('found');
const atFirst = 12;
const here = document
  .querySelector('a.home')
  .getAttribute('href')
  .replace(/index\.html$/, '');
box.form.addEventListener('submit', (event) => event.preventDefault());
/** The index is larger than most pages: it is fetched when somebody begins to search. */
let index;
function loadIndex() {
  if (index) return;
  index = document.createElement('script');
  index.src = `${here}assets/search-index.js`;
  index.addEventListener('load', search);
  document.head.append(index);
}
box.addEventListener('focus', loadIndex);
box.addEventListener('input', search);

function search() {
  loadIndex();
  if (typeof searchIndex === 'undefined') return;
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.replaceChildren();
  if (words.length === 0) return;
  const weight = (heading) =>
    words.filter((word) => heading.includes(word)).length + (heading === words.join(' ') ? 1 : 0);
  const hits = searchIndex
    .map((section) => ({
      section,
      heading: section.heading.toLowerCase(),
      text: section.text.toLowerCase(),
    }))
    .filter(({ heading, text }) =>
      words.every((word) => heading.includes(word) || text.includes(word)),
    )
    .sort((a, b) => weight(b.heading) - weight(a.heading));
  const list = document.createElement('ul');
  const entry = ({ section, text }) => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = `${here}${section.page}.html${section.anchor && `#${section.anchor}`}`;
    link.textContent = `${section.title}: ${section.heading}`;
    item.append(link);
    if (text) {
      const at = Math.max(0, text.indexOf(words[0]) - 60);
      const excerpt = document.createElement('p');
      excerpt.textContent = `… ${section.text.slice(at, at + 160)} …`;
      item.append(excerpt);
    }
    return item;
  };
  list.append(...hits.slice(0, atFirst).map(entry));
  const count = document.createElement('p');
  count.textContent =
    hits.length === 0
      ? 'Nothing found.'
      : hits.length === 1
        ? 'One place.'
        : `${hits.length} places.`;
  found.append(count, list);
  if (hits.length <= atFirst) return;
  const more = document.createElement('button');
  more.type = 'button';
  more.textContent = `Show the other ${hits.length - atFirst}`;
  more.addEventListener('click', () => {
    const others = hits.slice(atFirst).map(entry);
    list.append(...others);
    more.remove();
    others[0].querySelector('a').focus();
  });
  found.append(more);
}
// What was typed before this script came.
if (box.value) search();
