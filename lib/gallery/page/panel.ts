/** The panel beside the map: the chosen picture, those like it, and names. */
import type { Collection } from './collection';
import { baseName, byId, count, element, shortName } from './dom';
import type { Neighbor } from './nearest';
import type { ThumbnailSheets } from './thumbnails';

type Choose = (index: number) => void;

/** Names that are listed at once. */
const NAMES = 12;
const COSINE = 'The number is the cosine of the two embeddings: 1 is the same direction.';

export function showPicture(
  pictures: Collection,
  sheets: ThumbnailSheets,
  index: number,
  likes: readonly Neighbor[],
  choose: Choose,
): void {
  const file = pictures.files[index]!;
  const name = pictures.className(index);
  const facts = [name === undefined ? '' : `Class: ${name}`, pictures.prediction(index) ?? ''];
  const buttons = likeButtons(pictures, sheets, likes, choose);
  show(baseName(file), sheets.canvas(index), [file, ...facts], buttons);
  byId('said').textContent =
    `${baseName(file)} chosen, ${likes.length} pictures most like it shown`;
}

/** A picture that was dropped in. */
export interface Dropped {
  readonly name: string;
  readonly pixels: Uint8Array;
  readonly side: number;
  readonly channels: 1 | 3;
}

export function showDropped(
  pictures: Collection,
  sheets: ThumbnailSheets,
  dropped: Dropped,
  likes: readonly Neighbor[],
  choose: Choose,
): void {
  const [best] = likes;
  const same =
    best && best.cosine > 0.9995
      ? `Almost the same to the encoder: ${pictures.files[best.index]}. If they look alike too, it may be a copy.`
      : 'Small, as the encoder sees it.';
  const buttons = likeButtons(pictures, sheets, likes, choose);
  show(dropped.name, canvasOf(dropped), ['Your picture', same], buttons);
  byId('said').textContent =
    `${likes.length} pictures most like ${dropped.name} shown; the first is ${best ? pictures.files[best.index] : 'none'}`;
}

function show(
  title: string,
  picture: HTMLCanvasElement,
  facts: readonly string[],
  likes: HTMLElement,
): void {
  byId('chosen-title').textContent = title;
  const top = element('div', '', 'facts');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', title);
  const words = element('div');
  words.append(...facts.filter(Boolean).map((fact) => element('p', fact, 'small')));
  top.append(picture, words);
  const body = byId('chosen-body');
  // The button that was pressed goes: who works with keys goes on from the heading.
  const hadFocus = body.contains(document.activeElement);
  body.replaceChildren(top, element('h3', 'Most like it'), element('p', COSINE, 'small'), likes);
  if (hadFocus) byId('chosen-title').focus({ preventScroll: true });
  byId('panel').scrollTop = 0;
}

/** A button for each picture, with its cosine where there is one. */
export function likeButtons(
  pictures: Collection,
  sheets: ThumbnailSheets,
  likes: readonly { readonly index: number; readonly cosine?: number }[],
  choose: Choose,
): HTMLElement {
  const list = element('div', '', 'likes');
  for (const { index, cosine } of likes) {
    const file = pictures.files[index]!;
    const button = element('button', '', 'like');
    button.type = 'button';
    button.title = file;
    const canvas = sheets.canvas(index);
    canvas.setAttribute('aria-hidden', 'true');
    button.append(canvas, element('span', shortName(file)));
    if (cosine !== undefined) button.append(element('span', cosine.toFixed(3), 'cosine'));
    button.addEventListener('click', () => choose(index));
    list.append(button);
  }
  return list;
}

/** Those whose names contain a text. */
export function showNames(
  pictures: Collection,
  sheets: ThumbnailSheets,
  text: string,
  choose: Choose,
): void {
  const wanted = text.trim().toLocaleLowerCase().normalize();
  const place = byId('names');
  if (wanted === '') return place.replaceChildren();
  const found = pictures.files.flatMap((file, index) =>
    file.toLocaleLowerCase().normalize().includes(wanted) ? [{ index }] : [],
  );
  const more = found.length > NAMES ? `, of which ${NAMES} are shown` : '';
  const said = `${count(found.length)} ${found.length === 1 ? 'name matches' : 'names match'}${more}.`;
  place.replaceChildren(
    element('p', said, 'small'),
    likeButtons(pictures, sheets, found.slice(0, NAMES), choose),
  );
}

function canvasOf({ pixels, side, channels }: Dropped): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [side, side];
  const image = new ImageData(side, side);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < 3; c++)
      image.data[4 * i + c] = pixels[i * channels + (channels === 3 ? c : 0)]!;
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}
