/** Pictures of the small widgets, for readers whom no page serves: what they stood at, in the light theme. */
import { escape } from '../plot/columns';
import { displaySymbol, type Displayable } from '../plot/display';
import { rasterize } from '../plot/render';
import { config, font, okabeIto } from '../plot/theme';
import { textWidth } from '../plot/typography';

const fontSize = 13;
const height = 36;
const middle = height / 2;
const gap = 10;
const [blue] = okabeIto;
const ink = config.title.color;
const rim = '#8a8a8a';

/** Something drawn beside what stands left of it: its SVG from x = 0 on, and its width. */
interface Part {
  readonly svg: string;
  readonly width: number;
}

/** Parts in a row; `text` says the same to those who do not see it. */
export function drawn(text: string, parts: readonly Part[]): Displayable {
  return {
    [displaySymbol]: () => {
      const svg = inRow(parts, text);
      return {
        'image/svg+xml': svg,
        'image/png': rasterize(svg).toString('base64'),
        'text/plain': text,
      };
    },
  };
}

function inRow(parts: readonly Part[], text: string): string {
  let x = gap;
  const placed = parts.map((part) => {
    const at = `<g transform="translate(${x},0)">${part.svg}</g>`;
    x += part.width + gap;
    return at;
  });
  const width = Math.ceil(x);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(text)}" font-family="${font}" font-size="${fontSize}">` +
    `<rect width="${width}" height="${height}" fill="#ffffff"/>${placed.join('')}</svg>`
  );
}

export function words(text: string): Part {
  return {
    svg: `<text x="0" y="${middle + 0.36 * fontSize}" fill="${ink}">${escape(text)}</text>`,
    width: textWidth({ fontSize }, text),
  };
}

/** A track that is blue up to `share` of it, with a knob there or without. */
export function track(share: number, knob: boolean): Part {
  const width = 200;
  const at = Math.min(Math.max(share, 0), 1) * width;
  const bar = (w: number, colour: string): string =>
    `<rect x="0" y="${middle - 3}" width="${w.toFixed(1)}" height="6" rx="3" fill="${colour}"/>`;
  const end = knob ? `<circle cx="${at.toFixed(1)}" cy="${middle}" r="7" fill="${blue}"/>` : '';
  return { svg: bar(width, '#d4d4d4') + bar(at, blue) + end, width };
}

/** Words in a frame; `open` draws the mark of a list that unfolds. */
export function box(text: string, open: boolean): Part {
  const inside = textWidth({ fontSize }, text);
  const width = inside + 24 + (open ? 18 : 0);
  const x = width - 18;
  const mark = open
    ? `<path d="M${x.toFixed(1)} ${middle - 2}l4 5 4-5" fill="none" stroke="${ink}" stroke-width="1.5"/>`
    : '';
  return {
    svg: `<rect x="0.5" y="5.5" width="${(width - 1).toFixed(1)}" height="${height - 11}" rx="4" fill="${open ? '#ffffff' : '#eeeeee'}" stroke="${rim}"/><g transform="translate(12,0)">${words(text).svg}</g>${mark}`,
    width,
  };
}
