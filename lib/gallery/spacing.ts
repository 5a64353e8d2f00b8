/**
 * Which pictures are drawn when not all have room: the order in which each next one is the one
 * farthest from all before it (Gonzalez 1985). At any zoom the pictures that fit are a first part of
 * that order, spread evenly, and zooming in only adds some.
 *
 * Distances are along the axis on which two are farther apart: squares of a side do not overlap where
 * they are a side apart.
 */

/**
 * @param places [n, 2].
 * @param atMost pictures that are put in order; the rest get their distance to the nearest of these.
 */
export function farthestFirst(places: Float32Array, atMost = 20_000): Float32Array {
  const n = places.length / 2;
  const distances = new Float32Array(n).fill(Infinity);
  const isDone = new Uint8Array(n);
  let next = 0;
  for (let step = 0; step < Math.min(n, atMost) && next >= 0; step++) {
    const [x, y] = [places[2 * next]!, places[2 * next + 1]!];
    isDone[next] = 1;
    let [farthest, far] = [-1, -1];
    for (let i = 0; i < n; i++) {
      if (isDone[i]) continue;
      const apart = Math.max(Math.abs(places[2 * i]! - x), Math.abs(places[2 * i + 1]! - y));
      if (apart < distances[i]!) distances[i] = apart;
      if (distances[i]! > far) [farthest, far] = [i, distances[i]!];
    }
    next = farthest;
  }
  return distances;
}
