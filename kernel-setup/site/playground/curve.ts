/** Draws how a figure went since its training began. */

export interface Curve {
  /** The newest value. */
  add(value: number): void;
  /** Forgets all values. */
  clear(): void;
  /** Draws them between `low` and `high`, and a dashed line at `goal`. */
  paint(range: { low: number; high: number; goal?: { at: number; name: string } }): void;
}

/** When there are so many, every second one is dropped, and from then on every second is kept. */
const MOST = 480;

export function curve(canvas: HTMLCanvasElement): Curve {
  const context = canvas.getContext('2d')!;
  const { width, height } = canvas;
  const edge = 6;
  let values: number[] = [];
  let [stride, told] = [1, 0];
  const color = (name: string): string =>
    getComputedStyle(document.documentElement).getPropertyValue(name);

  return {
    add(value) {
      if (told++ % stride === 0) values.push(value);
      if (values.length < MOST) return;
      values = values.filter((_, i) => i % 2 === 0);
      stride *= 2;
    },
    clear() {
      values = [];
      [stride, told] = [1, 0];
    },
    paint({ low, high, goal }) {
      const toY = (value: number): number =>
        height - edge - ((value - low) / (high - low)) * (height - 2 * edge);
      const inside = (value: number): number => Math.max(low, Math.min(high, value));
      context.clearRect(0, 0, width, height);
      if (goal) {
        context.strokeStyle = context.fillStyle = color('--soft');
        context.lineWidth = 2;
        context.setLineDash([10, 8]);
        context.beginPath();
        context.moveTo(0, toY(goal.at));
        context.lineTo(width, toY(goal.at));
        context.stroke();
        context.setLineDash([]);
        context.font = '24px system-ui, sans-serif';
        context.textAlign = 'right';
        context.fillText(goal.name, width - 4, toY(goal.at) - 8);
      }
      context.strokeStyle = color('--link');
      context.lineWidth = 4;
      context.lineJoin = 'round';
      context.beginPath();
      const across = Math.max(values.length, 60);
      values.forEach((value, i) => context.lineTo((i / across) * width, toY(inside(value))));
      context.stroke();
    },
  };
}
