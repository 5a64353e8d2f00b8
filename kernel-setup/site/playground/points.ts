/** Points that are dragged, added and removed: with a mouse, a finger or keys. */
import { HALF } from './messages';

export interface Points {
  get(): Float32Array;
  /** The place of the point that the keys move, or -1. */
  chosen(): number;
  set(points: Float32Array): void;
}

/** How near a press has to be, in pixels of the screen. */
const REACH = { mouse: 12, touch: 24 };
/** Further than this, a press is no click. */
const SLIP = 6;
/** Two clicks within so many milliseconds are a double click. */
const TWICE = 400;
/** Points near the dragged one come along: by how much, falls off with their distance, as a bell. */
const PULL = 0.35;
/** The distance between painted points. */
const SPACING = 0.2;
const MOST = 600;

/**
 * @param changed told after each change by hand.
 * @param say what a screen reader is told.
 */
export function editablePoints(
  canvas: HTMLCanvasElement,
  changed: () => void,
  say: (text: string) => void,
): Points {
  let points = new Float32Array();
  let [chosen, dragged] = [-1, -1];
  let pressed: { x: number; y: number } | undefined;
  /** How much each point comes along with the dragged one: 1 for itself, 0 for those far away. */
  let pull: readonly number[] = [];
  let clicked: PointerEvent | undefined;
  let touch = false;
  /** How many points there were when the pointer went down. */
  let atPress = 0;

  const count = (): number => points.length / 2;
  const clamp = (value: number): number => Math.max(-HALF, Math.min(HALF, value));
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [
      clamp(((clientX - left) / width) * 2 * HALF - HALF),
      clamp(HALF - ((clientY - top) / height) * 2 * HALF),
    ] as const;
  };
  const hit = (event: { clientX: number; clientY: number }): number => {
    const [x, y] = placeOf(event);
    const scale = (2 * HALF) / canvas.getBoundingClientRect().width;
    let [best, least] = [-1, (touch ? REACH.touch : REACH.mouse) * scale];
    for (let i = 0; i < count(); i++) {
      const away = distance(i, x, y);
      if (away < least) [best, least] = [i, away];
    }
    return best;
  };
  const distance = (i: number, x: number, y: number): number =>
    Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y);
  const take = (i: number): void => {
    pull = Array.from({ length: count() }, (_, k) => {
      const share = Math.exp(-((distance(k, points[2 * i]!, points[2 * i + 1]!) / PULL) ** 2) / 2);
      return share < 0.02 ? 0 : share;
    });
  };
  const move = (i: number, x: number, y: number): void => {
    const [dx, dy] = [clamp(x) - points[2 * i]!, clamp(y) - points[2 * i + 1]!];
    points = points.map((at, k) => clamp(at + pull[k >> 1]! * (k % 2 ? dy : dx)));
    changed();
  };
  const add = (x: number, y: number): boolean => {
    if (count() >= MOST) {
      say(`${MOST} points are the most there may be.`);
      return false;
    }
    points = Float32Array.from([...points, clamp(x), clamp(y)]);
    chosen = count() - 1;
    changed();
    return true;
  };
  const remove = (i: number): void => {
    if (count() < 2) return say('One point has to stay.');
    points = points.filter((_, k) => k >> 1 !== i);
    chosen = Math.min(chosen, count() - 1);
    changed();
    say(`Removed; ${count()} points are left.`);
  };

  const slipped = ({ clientX, clientY }: PointerEvent): boolean =>
    pressed !== undefined && Math.hypot(clientX - pressed.x, clientY - pressed.y) >= SLIP;
  /** Points along the way of the pointer, which went down on an empty place. */
  const paint = (event: PointerEvent): void => {
    const [x, y] = placeOf(event);
    const last = count() - 1;
    if (slipped(event) && (chosen !== last || distance(last, x, y) >= SPACING)) add(x, y);
  };

  /** Of a double click: a browser tells none where a finger's touch was kept from scrolling. */
  const isSecond = ({ timeStamp, clientX, clientY }: PointerEvent): boolean =>
    clicked !== undefined &&
    timeStamp - clicked.timeStamp < TWICE &&
    Math.hypot(clientX - clicked.clientX, clientY - clicked.clientY) < REACH.mouse;

  // A finger that begins on a point drags it; elsewhere it scrolls the page.
  canvas.addEventListener(
    'touchstart',
    (event) => {
      touch = true;
      if (event.touches.length === 1 && hit(event.touches[0]!) >= 0) event.preventDefault();
    },
    { passive: false },
  );
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    touch = event.pointerType === 'touch';
    pressed = { x: event.clientX, y: event.clientY };
    atPress = count();
    dragged = hit(event);
    if (!touch || dragged >= 0) canvas.setPointerCapture(event.pointerId);
    if (dragged < 0) return;
    chosen = dragged;
    take(dragged);
    changed();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (dragged >= 0) move(dragged, ...placeOf(event));
    else if (pressed && !touch) paint(event);
  });
  canvas.addEventListener('pointerup', (event) => {
    const click = pressed && !slipped(event) ? event : undefined;
    if (dragged >= 0) {
      if (click && isSecond(click)) remove(dragged);
      else sayChosen();
    } else if (pressed) {
      if (click) add(...placeOf(click));
      if (count() > atPress) say(`Added; ${count()} points.`);
    }
    [dragged, pressed, clicked] = [-1, undefined, click];
  });
  canvas.addEventListener('pointercancel', () => ([dragged, pressed] = [-1, undefined]));
  const sayChosen = (): void =>
    say(
      `Point ${chosen + 1} of ${count()}, at ${points[2 * chosen]!.toFixed(1)}, ${points[2 * chosen + 1]!.toFixed(1)}`,
    );
  const choose = (by: number): void => {
    chosen = (Math.max(chosen, by > 0 ? -1 : 0) + by + count()) % count();
    changed();
    sayChosen();
  };
  const step = (dx: number, dy: number, far: boolean): void => {
    if (chosen < 0) chosen = 0;
    const length = far ? 0.5 : 0.1;
    take(chosen);
    move(chosen, points[2 * chosen]! + length * dx, points[2 * chosen + 1]! + length * dy);
    sayChosen();
  };
  const beside = (): readonly [number, number] =>
    chosen < 0 ? [0, 0] : [points[2 * chosen]! + 0.3, points[2 * chosen + 1]!];
  const keys: Record<string, (far: boolean) => void> = {
    ArrowLeft: (far) => step(-1, 0, far),
    ArrowRight: (far) => step(1, 0, far),
    ArrowUp: (far) => step(0, 1, far),
    ArrowDown: (far) => step(0, -1, far),
    n: () => choose(1),
    p: () => choose(-1),
    Enter: () => {
      if (add(...beside())) sayChosen();
    },
    Delete: () => chosen >= 0 && remove(chosen),
    Backspace: () => chosen >= 0 && remove(chosen),
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || count() === 0) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act(event.shiftKey);
  });

  return {
    get: () => points,
    chosen: () => chosen,
    set: (next) => {
      points = Float32Array.from(next);
      [chosen, dragged] = [-1, -1];
    },
  };
}
