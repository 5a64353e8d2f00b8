/**
 * Gabor functions fitted to filters: the measure of whether a filter is an oriented edge detector,
 * and of which one.
 */
import { expectNumber } from '../core/checks';
import { lbfgs } from '../numerics/lbfgs';

/**
 * A Gabor function: a wave under a Gaussian window. Lengths in pixels, the origin at the filter's
 * upper left pixel.
 */
export interface GaborFit {
  /** The window's centre. */
  readonly x: number;
  readonly y: number;
  /** Of the wave's stripes, in degrees from the horizontal, counter-clockwise, in [0, 180). */
  readonly orientation: number;
  /**
   * Of the wave, in cycles a pixel: above 0, and across and down each at most 0.5, so that a
   * diagonal one may have 0.71.
   */
  readonly frequency: number;
  /** The window's standard deviations: across the stripes and along them. */
  readonly across: number;
  readonly along: number;
  /** The share of the filter's squared length that the fit explains, in [0, 1]. */
  readonly explained: number;
}

/**
 * The Gabor function nearest to a filter, by least squares (Gabor 1946; as fitted to receptive
 * fields by Jones and Palmer 1987).
 *
 *     exp( -u^2 / 2 across^2 - v^2 / 2 along^2 ) ( a cos 2 pi f u + b sin 2 pi f u )
 *
 * u runs across the stripes and v along them. a and b are worked out exactly for each setting of
 * the other six, which start where the filter's spectrum is largest, with a small and with a wide
 * window; the better of the two ends counts.
 *
 * @param filter [side * side], row by row, the first row at the top.
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { measure } from 'dark-matter';
 * const wave = Float32Array.from(
 *   { length: 64 },
 *   (_, i) => Math.cos(i % 8) * Math.exp(-(((i % 8) - 4) ** 2) / 8),
 * );
 * assert.ok(measure.fitGabor(wave).explained > 0.5);
 * ```
 */
export function fitGabor(filter: ArrayLike<number>): GaborFit {
  const side = Math.sqrt(filter.length);
  expectNumber('filter: side', side, { atLeast: 3, integer: true });
  const values = Float64Array.from(filter);
  const power = values.reduce((sum, v) => sum + v * v, 0);
  if (!(power > 0)) throw new Error('filter: all zero or NaN given, something to fit expected');
  const loss = (p: ArrayLike<number>) => 1 - explainedBy(values, side, p) / power;
  const { angle, frequency } = strongestWave(values, side);
  const centre = centreOfPower(values, side, power);
  const fits = [side / 8, side / 4].map((width) => {
    const start = Float64Array.of(
      centre.x,
      centre.y,
      angle,
      logit(Math.min(frequency / highestAt(angle), 0.95)),
      Math.log(width),
      Math.log(width),
    );
    return lbfgs((p) => ({ value: loss(p), gradient: differences(loss, p) }), start, {
      tolerance: 1e-5,
      maxIterations: 80,
    });
  });
  const { x: best, value } = fits[0]!.value < fits[1]!.value ? fits[0]! : fits[1]!;
  const [x, y, theta, wave, across, along] = best as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // y runs down in a picture and angles are told upwards; the stripes lie at a right angle to the
  // wave.
  const orientation = ((((-theta * 180) / Math.PI + 90) % 180) + 180) % 180;
  return {
    x,
    y,
    orientation,
    frequency: highestAt(theta) * sigmoid(wave),
    across: Math.exp(across) + narrowest,
    along: Math.exp(along) + narrowest,
    explained: 1 - value,
  };
}

/** No window is narrower than this, in pixels: one pixel alone is not a wave. */
const narrowest = 0.3;
/**
 * Nor has a wave more than half a cycle a pixel, across or down (Nyquist): a faster one looks, on
 * the pixels, like a slower one of another direction.
 */
const highestAt = (angle: number): number =>
  0.5 / Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));

const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const logit = (p: number): number => Math.log(p / (1 - p));

/** The squared length of the filter's projection on the plane of the two waves under a window. */
function explainedBy(values: Float64Array, side: number, p: ArrayLike<number>): number {
  const [x0, y0, angle, frequency] = [p[0]!, p[1]!, p[2]!, highestAt(p[2]!) * sigmoid(p[3]!)];
  const [across, along] = [Math.exp(p[4]!) + narrowest, Math.exp(p[5]!) + narrowest];
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  let [cc, cs, ss, fc, fs] = [1e-9, 0, 1e-9, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const dx = (i % side) - x0;
    const dy = Math.floor(i / side) - y0;
    const u = dx * cosine + dy * sine;
    const v = dy * cosine - dx * sine;
    const window = Math.exp(-0.5 * ((u / across) ** 2 + (v / along) ** 2));
    const phase = 2 * Math.PI * frequency * u;
    const [c, s] = [window * Math.cos(phase), window * Math.sin(phase)];
    cc += c * c;
    cs += c * s;
    ss += s * s;
    fc += values[i]! * c;
    fs += values[i]! * s;
  }
  // Least squares for the amplitudes of the two, whose normal equations are 2 x 2.
  return (fc * fc * ss - 2 * fc * fs * cs + fs * fs * cc) / (cc * ss - cs * cs);
}

/**
 * Direction (radians, x right and y down) and frequency of the wave in which the filter has most
 * power.
 */
function strongestWave(values: Float64Array, side: number): { angle: number; frequency: number } {
  let best = { angle: 0, frequency: 0, power: -1 };
  for (let a = 0; a < 16; a++) {
    for (let k = 1; k <= side; k++) {
      const [angle, frequency] = [(a * Math.PI) / 16, k / (2 * side)];
      const [fx, fy] = [
        2 * Math.PI * frequency * Math.cos(angle),
        2 * Math.PI * frequency * Math.sin(angle),
      ];
      let [real, imaginary] = [0, 0];
      values.forEach((value, i) => {
        const phase = fx * (i % side) + fy * Math.floor(i / side);
        real += value * Math.cos(phase);
        imaginary += value * Math.sin(phase);
      });
      const power = real ** 2 + imaginary ** 2;
      if (power > best.power) best = { angle, frequency, power };
    }
  }
  return best;
}

/** Where the filter's squares have their centre of gravity. */
function centreOfPower(
  values: Float64Array,
  side: number,
  power: number,
): { x: number; y: number } {
  let [x, y] = [0, 0];
  values.forEach((value, i) => {
    x += (value ** 2 * (i % side)) / power;
    y += (value ** 2 * Math.floor(i / side)) / power;
  });
  return { x, y };
}

/** The gradient by central differences: six numbers, each a few hundred multiplications. */
function differences(
  f: (p: ArrayLike<number>) => number,
  at: Float64Array,
  step = 1e-5,
): Float64Array {
  return at.map((value, i) => {
    const moved = Float64Array.from(at);
    moved[i] = value + step;
    const above = f(moved);
    moved[i] = value - step;
    return (above - f(moved)) / (2 * step);
  });
}
