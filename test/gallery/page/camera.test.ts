import fc from 'fast-check';
import { expect, test } from 'vitest';
import { between, moved, toMap, toScreen, whole, zoomed } from '../../../lib/gallery/page/camera';

const view = { width: 800, height: 500 };
const share = fc.integer({ min: 0, max: 1000 }).map((value) => value / 1000);
const camera = fc.record({ x: share, y: share, scale: fc.integer({ min: 100, max: 9000 }) });
const point = fc.record({ x: share.map((x) => 800 * x), y: share.map((y) => 500 * y) });
const settings = { seed: 5, numRuns: 200 };

test('the screen and the map are each other’s inverse', () => {
  fc.assert(
    fc.property(camera, point, (from, at) => {
      const back = toScreen(from, view, toMap(from, view, at));
      expect(back.x).toBeCloseTo(at.x, 6);
      expect(back.y).toBeCloseTo(at.y, 6);
    }),
    settings,
  );
});

test('zooming leaves what is under the pointer where it is, at the limits too', () => {
  fc.assert(
    fc.property(camera, point, fc.integer({ min: 1, max: 40 }), (from, at, tenths) => {
      const to = zoomed(from, view, at, tenths / 10, [200, 5000]);
      const [before, after] = [toMap(from, view, at), toMap(to, view, at)];
      expect(after.x).toBeCloseTo(before.x, 9);
      expect(after.y).toBeCloseTo(before.y, 9);
      expect(to.scale).toBeGreaterThanOrEqual(200);
      expect(to.scale).toBeLessThanOrEqual(5000);
    }),
    settings,
  );
});

test('all of the map is seen, and touches the margin', () => {
  const extent = { x: 1, y: 0.4 };
  const all = whole(extent, view, 40);
  expect(toScreen(all, view, { x: 0, y: 0 }).x).toBeCloseTo(40, 9);
  expect(toScreen(all, view, extent).x).toBeCloseTo(760, 9);
  expect(toScreen(all, view, extent).y).toBeLessThanOrEqual(460);
});

test('a map of one point, or a line, is seen at a finite scale', () => {
  expect(Number.isFinite(whole({ x: 0, y: 0 }, view, 40).scale)).toBe(true);
});

test('the middle of the view stays on the map, and a flight ends where it should', () => {
  expect(moved({ x: 0.5, y: 0.5, scale: 100 }, 1e6, -1e6, { x: 1, y: 0.7 })).toEqual({
    x: 0,
    y: 0.7,
    scale: 100,
  });
  const [from, to] = [
    { x: 0, y: 1, scale: 10 },
    { x: 1, y: 0, scale: 1000 },
  ];
  expect(between(from, to, 0).scale).toBeCloseTo(10, 9);
  expect(between(from, to, 1).scale).toBeCloseTo(1000, 6);
  expect(between(from, to, 0.5).scale).toBeCloseTo(100, 6);
});
