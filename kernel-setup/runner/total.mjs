/** What the whole collection took, beside what it should take. */

/** Of all notebooks at their quick budget, on two cores that do nothing else. */
const mostMinutes = 20;

/**
 * A note, not a test: a busy machine is nobody's fault.
 *
 * @param {readonly { seconds: number }[]} results
 * @param {number} seconds from the first start to the last end
 * @param {boolean} isCollection every notebook, at its quick budget
 * @returns {string} a line
 */
export function totalOf(results, seconds, isCollection) {
  const slowest = Math.max(0, ...results.map((result) => result.seconds));
  const took = `${results.length} notebook${results.length === 1 ? '' : 's'} in ${timeOf(seconds)}${results.length > 1 ? `, the longest ${timeOf(slowest)}` : ''}`;
  if (!isCollection) return took;
  return `${took}; ${seconds <= mostMinutes * 60 ? 'within' : 'more than'} the ${mostMinutes} min that all should take on 2 idle cores`;
}

/** @param {number} exact seconds */
function timeOf(exact) {
  const seconds = Math.round(exact);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
