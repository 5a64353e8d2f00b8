/** How a picture of any shape becomes a square. */
export interface Framing {
  /**
   * 'cover' scales the shorter edge to the side and cuts the longer one, 'contain' scales the longer
   * edge and puts `ground` beside it, 'fill' scales both.
   */
  readonly fit: 'cover' | 'contain' | 'fill';
  /** Red, green and blue, 0 to 255: what is behind transparent pixels, and beside 'contain'. */
  readonly ground: readonly [number, number, number];
}
