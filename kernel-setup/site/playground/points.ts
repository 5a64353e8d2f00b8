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

  const count = (): number => points.length / 2;
  const clamp = (value: number): number => Math.max(-HALF, Math.min(HALF, value));
  const placeOf = ({ clientX, clientY }: { clientX: number; clientY: number }) => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return [
      clamp(((clientX - left) / width) * 2 * HALF - HALF),
      clamp(HALF - ((clientY - top) / height) * 2 * HALF),
    ] as const;
  };
  const hit = (event: { clientX: number; clientY: number }, touch: boolean): number => {
    const [x, y] = placeOf(event);
    const scale = (2 * HALF) / canvas.getBoundingClientRect().width;
    let [best, least] = [-1, (touch ? REACH.touch : REACH.mouse) * scale];
    for (let i = 0; i < count(); i++) {
      const distance = Math.hypot(points[2 * i]! - x, points[2 * i + 1]! - y);
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  };
  const move = (i: number, x: number, y: number): void => {
    points = points.slice();
    points[2 * i] = clamp(x);
    points[2 * i + 1] = clamp(y);
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

  // A finger that begins on a point drags it; elsewhere it scrolls the page.
  canvas.addEventListener(
    'touchstart',
    (event) => {
      if (event.touches.length === 1 && hit(event.touches[0]!, true) >= 0) event.preventDefault();
    },
    { passive: false },
  );
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    pressed = { x: event.clientX, y: event.clientY };
    dragged = hit(event, event.pointerType === 'touch');
    if (dragged < 0) return;
    chosen = dragged;
    canvas.setPointerCapture(event.pointerId);
    changed();
  });
  canvas.addEventListener('pointermove', (event) => {
    if (dragged >= 0) move(dragged, ...placeOf(event));
  });
  canvas.addEventListener('pointerup', (event) => {
    const still =
      pressed && Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < SLIP;
    if (dragged < 0 && still) add(...placeOf(event));
    [dragged, pressed] = [-1, undefined];
  });
  canvas.addEventListener('pointercancel', () => ([dragged, pressed] = [-1, undefined]));
  canvas.addEventListener('dblclick', (event) => {
    const i = hit(event, false);
    if (i >= 0) remove(i);
  });

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
