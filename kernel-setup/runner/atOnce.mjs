/** Work on many things, some at a time. */

/**
 * One iterator for all workers: each takes the next item when it is free.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {number} jobs at a time
 * @param {(item: T, i: number) => Promise<void>} work
 * @returns {Promise<void>}
 */
export async function atOnce(items, jobs, work) {
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) await work(item, i);
  };
  await Promise.all(Array.from({ length: Math.min(jobs, items.length) }, worker));
}
