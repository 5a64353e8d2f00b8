/** The page: what is on it, what was chosen, and who draws what. */
import { between, moved, whole, zoomed, type Camera, type Point, type View } from './camera';
import { classColor, meanColors, unpacked } from './collection';
import { baseName, byId, count, element } from './dom';
import { NoPicture, see } from './embed';
import { listen } from './gestures';
import { showDuplicates } from './duplicatesPanel';
import { PictureMap, type MapColors, type Scene } from './map';
import { nearest, type Neighbor } from './nearest';
import type { Payload } from './payload';
import { likeButtons, showDropped, showNames, showPicture } from './panel';
import { loadSheets } from './thumbnails';

/** Neighbours that are shown. */
const LIKES = 12;
/** Milliseconds of a flight over the map. */
const FLIGHT = 450;

async function start(): Promise<void> {
  const payload = JSON.parse(byId('payload').textContent) as Payload;
  const pictures = unpacked(payload);
  const sheets = await loadSheets(payload.tiles);
  const canvas = byId<HTMLCanvasElement>('map');
  const map = new PictureMap(canvas, pictures, sheets);
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  let view: View = { width: canvas.clientWidth, height: canvas.clientHeight };
  let scene: Scene = { camera: fitted(), view, likes: [] };
  let colors = colorsNow();
  let asked = false;
  let flight = 0;

  function fitted(): Camera {
    return whole(pictures.extent, view, 40);
  }
  const limits = (): [number, number] => {
    const all = fitted().scale;
    return [all / 2, all * Math.max(4, 3 * Math.sqrt(pictures.n))];
  };

  function colorsNow(): MapColors {
    const style = getComputedStyle(document.documentElement);
    const { labels } = pictures;
    const means = meanColors(payload.tiles.colors);
    const colorOf = (label: number, i: number): string =>
      label < 0 ? means[i]! : classColor(label, labels!.classes.length);
    return {
      accent: style.getPropertyValue('--accent'),
      ground: style.getPropertyValue('--raised'),
      pictures: labels ? Array.from(labels.index, colorOf) : means,
    };
  }

  /** Draws once, however many things change before the next frame. */
  function change(part: Partial<Scene>): void {
    scene = { ...scene, ...part };
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const drawn = map.draw(scene, colors);
      byId('scale').textContent =
        drawn === pictures.n
          ? `${count(drawn)} pictures`
          : `${count(drawn)} drawn as pictures here; zoom in for more`;
    });
  }

  function flyTo(camera: Camera): void {
    cancelAnimationFrame(flight);
    if (still.matches) return change({ camera });
    const [from, begun] = [scene.camera, performance.now()];
    const frame = (now: number): void => {
      const t = Math.min(1, Math.max(0, (now - begun) / FLIGHT));
      change({ camera: between(from, camera, t) });
      if (t < 1) flight = requestAnimationFrame(frame);
    };
    flight = requestAnimationFrame(frame);
  }

  /** Moves the map only where a place is not well in view. */
  function bringIntoView(place: Point): void {
    const { camera } = scene;
    const [dx, dy] = [(place.x - camera.x) * camera.scale, (place.y - camera.y) * camera.scale];
    if (Math.abs(dx) < 0.42 * view.width && Math.abs(dy) < 0.42 * view.height) return change({});
    flyTo({ ...camera, ...place });
  }

  /** Counts what was asked for: an answer that comes after the next question is not shown. */
  let question = 0;

  function choose(index: number): void {
    question++;
    const row = pictures.rows.subarray(index * pictures.dim, (index + 1) * pictures.dim);
    const likes = nearest(pictures.rows, row, LIKES, index);
    const place = map.place(index);
    showPicture(pictures, sheets, index, likes, choose);
    change({
      chosen: { index, place },
      likes: likes.map((like) => like.index),
      hovered: undefined,
    });
    bringIntoView(place);
  }

  function letGo(): void {
    change({ chosen: undefined, likes: [] });
  }

  async function search(file: File | undefined): Promise<void> {
    if (!file || !payload.encoder) return;
    byId('trouble').textContent = '';
    byId('said').textContent = `Looking at ${file.name}`;
    const mine = ++question;
    try {
      const { pixels, embedding } = await see(file, payload.encoder);
      if (mine !== question) return;
      const likes = nearest(pictures.rows, embedding, LIKES);
      const { side, channels } = payload.encoder;
      showDropped(pictures, sheets, { name: file.name, pixels, side, channels }, likes, choose);
      const place = middle(likes.slice(0, 3));
      change({ chosen: { place }, likes: likes.map((like) => like.index) });
      bringIntoView(place);
    } catch (error) {
      if (mine !== question) return;
      byId('said').textContent = '';
      byId('trouble').textContent =
        error instanceof NoPicture
          ? `${file.name} is no picture that this browser can read. JPEG, PNG, WebP, AVIF and GIF work everywhere.`
          : `${file.name} could not be searched for: ${(error as Error).message}`;
    }
  }

  /** Among a picture's nearest: there it would lie. */
  function middle(likes: readonly Neighbor[]): Point {
    const places = likes.map(({ index }) => map.place(index));
    const mean = (values: number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
    return { x: mean(places.map(({ x }) => x)), y: mean(places.map(({ y }) => y)) };
  }

  const centre = (): Point => ({ x: view.width / 2, y: view.height / 2 });
  const zoom = (at: Point, factor: number): void =>
    change({ camera: zoomed(scene.camera, view, at, factor, limits()) });

  listen(canvas, {
    move: (dx, dy) => {
      cancelAnimationFrame(flight);
      change({ camera: moved(scene.camera, dx, dy, pictures.extent) });
    },
    zoom: (at, factor) => {
      cancelAnimationFrame(flight);
      zoom(at ?? centre(), factor);
    },
    tap: (at) => {
      const index = map.at(scene, at);
      if (index === undefined) letGo();
      else choose(index);
    },
    hover,
    step: (dx, dy) => {
      const { chosen, camera } = scene;
      const next = chosen
        ? map.towards(chosen.place, dx, dy, chosen.index)
        : map.nearestTo({ x: camera.x, y: camera.y });
      if (next !== undefined) choose(next);
    },
    showAll: () => flyTo(fitted()),
    letGo,
  });

  function hover(at: Point | undefined): void {
    const index = at && map.at(scene, at);
    const tip = byId('tip');
    tip.hidden = index === undefined;
    if (at && index !== undefined) {
      const name = pictures.className(index);
      tip.textContent = `${baseName(pictures.files[index]!)}${name === undefined ? '' : ` · ${name}`}`;
      tip.style.left = `${Math.max(4, Math.min(at.x + 16, view.width - tip.offsetWidth - 4))}px`;
      tip.style.top = `${at.y > view.height - 80 ? at.y - 60 : at.y + 36}px`;
    }
    canvas.classList.toggle('over', index !== undefined);
    if (index !== scene.hovered) change({ hovered: index });
  }

  const closer = (factor: number): void => {
    const camera = zoomed(scene.camera, view, centre(), factor, limits());
    flyTo(camera);
  };
  byId('closer').addEventListener('click', () => closer(2));
  byId('wider').addEventListener('click', () => closer(0.5));
  byId('whole').addEventListener('click', () => flyTo(fitted()));
  byId<HTMLInputElement>('name').addEventListener('input', ({ target }) =>
    showNames(pictures, sheets, (target as HTMLInputElement).value, choose),
  );
  showClasses();
  showDuplicates(payload.duplicates, pictures.n, (group) =>
    likeButtons(
      pictures,
      sheets,
      group.map((index) => ({ index })),
      choose,
    ),
  );
  if (payload.encoder) acceptPictures((file) => void search(file));
  else for (const part of document.querySelectorAll('.needs-encoder')) part.remove();

  function showClasses(): void {
    const { labels } = pictures;
    if (!labels) return;
    byId('classes').hidden = false;
    const sizes = labels.classes.map(() => 0);
    for (const label of labels.index) if (label >= 0) sizes[label]!++;
    labels.classes.forEach((name, label) => {
      const button = element('button');
      button.type = 'button';
      button.setAttribute('aria-pressed', 'false');
      const dot = element('span', '', 'dot');
      dot.style.background = classColor(label, labels.classes.length);
      button.append(dot, `${name} (${count(sizes[label]!)})`);
      button.addEventListener('click', () => {
        const isOn = scene.label !== label;
        change({ label: isOn ? label : undefined });
        for (const each of byId('class-list').children)
          each.setAttribute('aria-pressed', String(isOn && each === button));
      });
      byId('class-list').append(button);
    });
  }

  new ResizeObserver(() => {
    const isWhole = scene.camera.scale === fitted().scale;
    view = { width: canvas.clientWidth, height: canvas.clientHeight };
    change({ view, ...(isWhole && { camera: fitted() }) });
  }).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    colors = colorsNow();
    change({});
  });
  const megabytes = document.documentElement.outerHTML.length / 1e6;
  byId('size').textContent =
    `This page is one file of ${megabytes.toFixed(1)} MB. It holds everything that it shows, and asks no network for anything.`;
  change({});
  document.documentElement.dataset['ready'] = 'true';
}

/** By the button, by dropping and by pasting. */
function acceptPictures(search: (file: File | undefined) => void): void {
  const input = byId<HTMLInputElement>('file');
  input.addEventListener('change', () => {
    search(input.files?.[0]);
    input.value = '';
  });
  const veil = byId('veil');
  const hasFile = (event: DragEvent): boolean => !!event.dataTransfer?.types.includes('Files');
  addEventListener('dragover', (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) veil.hidden = true;
  });
  addEventListener('drop', (event) => {
    if (!hasFile(event)) return;
    event.preventDefault();
    veil.hidden = true;
    search(event.dataTransfer?.files[0]);
  });
  addEventListener('paste', (event) => {
    const file = event.clipboardData?.files[0];
    if (file) search(file);
  });
}

void start();
