/** Mouse, pen, fingers, wheel and keys on the map, as what they mean. */
import type { Point } from './camera';

export interface Gestures {
  /** By so many CSS pixels. */
  move(dx: number, dy: number): void;
  zoom(at: Point | undefined, factor: number): void;
  tap(at: Point): void;
  hover(at: Point | undefined): void;
  step(dx: number, dy: number): void;
  showAll(): void;
  letGo(): void;
}

/** How far a finger may slip and still tap, in CSS pixels. */
const SLIP = 6;
const STEP = 80;

export function listen(canvas: HTMLCanvasElement, gestures: Gestures): void {
  const fingers = new Map<number, Point>();
  let slipped = 0;
  const pointOf = (event: MouseEvent): Point => ({ x: event.offsetX, y: event.offsetY });

  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (fingers.size === 0) slipped = 0;
    fingers.set(event.pointerId, pointOf(event));
    gestures.hover(undefined);
  });
  canvas.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId);
    const now = pointOf(event);
    if (!before) {
      if (event.pointerType !== 'touch') gestures.hover(now);
      return;
    }
    const [first, second] = [...fingers.values()];
    const apart = first && second && distance(first, second);
    fingers.set(event.pointerId, now);
    slipped += distance(before, now);
    if (slipped < SLIP) return;
    canvas.classList.add('moving');
    gestures.move((now.x - before.x) / fingers.size, (now.y - before.y) / fingers.size);
    if (apart) {
      const [a, b] = [...fingers.values()] as [Point, Point];
      gestures.zoom({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }, distance(a, b) / apart);
    }
  });
  const lift = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size > 0) return;
    canvas.classList.remove('moving');
    if (slipped < SLIP && event.type === 'pointerup') gestures.tap(pointOf(event));
  };
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  canvas.addEventListener('pointerleave', () => gestures.hover(undefined));
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const pixels = event.deltaY * [1, 16, 400][event.deltaMode]!;
      gestures.zoom(pointOf(event), Math.exp(-Math.min(300, Math.max(-300, pixels)) / 300));
    },
    { passive: false },
  );
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (pressed(event, gestures)) event.preventDefault();
  });
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function pressed({ key, shiftKey }: KeyboardEvent, gestures: Gestures): boolean {
  const arrow = arrows[key];
  if (arrow && shiftKey) gestures.move(-STEP * arrow[0], -STEP * arrow[1]);
  else if (arrow) gestures.step(arrow[0], arrow[1]);
  else if (key === '+' || key === '=') gestures.zoom(undefined, 1.5);
  else if (key === '-') gestures.zoom(undefined, 1 / 1.5);
  else if (key === '0') gestures.showAll();
  else if (key === 'Escape') gestures.letGo();
  else return false;
  return true;
}

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);
