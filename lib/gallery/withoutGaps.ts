/**
 * A map whose far-off groups are drawn in: UMAP puts a group that is connected to no other anywhere,
 * and one such group would leave the rest a corner of the page. How far away it lies means nothing.
 */

/** The share of the points whose distances from the middle stay as they are. */
const KEPT = 0.9;

/**
 * Points beyond a distance q from the middle, which nine of ten are within, come to q (1 + ln(r/q)):
 * in the same direction and the same order.
 *
 * @param places [n, 2].
 * @returns [n, 2].
 */
export function withoutGaps(places: Float32Array): Float32Array {
  const n = places.length / 2;
  const middle = [0, 1].map((axis) =>
    quantile(
      places.filter((_, at) => at % 2 === axis),
      0.5,
    ),
  );
  const distances = Float32Array.from({ length: n }, (_, i) =>
    Math.hypot(places[2 * i]! - middle[0]!, places[2 * i + 1]! - middle[1]!),
  );
  const limit = quantile(distances, KEPT);
  return places.map((value, at) => {
    const distance = distances[Math.floor(at / 2)]!;
    if (distance <= limit || limit === 0) return value;
    const factor = (limit * (1 + Math.log(distance / limit))) / distance;
    return middle[at % 2]! + (value - middle[at % 2]!) * factor;
  });
}

const quantile = (values: Float32Array, share: number): number =>
  values.slice().sort()[Math.min(values.length - 1, Math.floor(share * values.length))]!;
