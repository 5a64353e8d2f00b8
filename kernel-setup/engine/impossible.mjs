/**
 * This way to an engine is closed on this machine, for a reason that trying again will not change:
 * take the next one.
 */
export class Impossible extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'Impossible';
  }
}
