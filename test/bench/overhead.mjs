// @ts-check
/**
 * `node test/bench/overhead.mjs`: what a compiled call costs before it computes anything, by the
 * number of tensors that go in and come out. Prints milliseconds, medians of nine rounds in turns.
 */
import { compile, tf, tree } from 'dark-matter';
import { quantile } from './statistics.mjs';

/** @param {number} leaves @param {'graph' | 'xla'} mode */
function measured(leaves, mode) {
  const state = Array.from({ length: leaves }, (_, i) => tf.scalar(i));
  const call = compile(
    (/** @type {import('dark-matter').Tensor[]} */ tensors) => tensors.map((x) => x.add(1)),
    { mode },
  );
  for (let i = 0; i < 200; i++) tree.dispose(call(state));
  return () => {
    const began = performance.now();
    for (let i = 0; i < 300; i++) tree.dispose(call(state));
    return (performance.now() - began) / 300;
  };
}

const cases = [1, 8, 24, 48].flatMap((leaves) =>
  /** @type {const} */ (['graph', 'xla']).map((mode) => ({
    leaves,
    mode,
    round: measured(leaves, mode),
    times: /** @type {number[]} */ ([]),
  })),
);
for (let i = 0; i < 9; i++) for (const each of cases) each.times.push(each.round());
for (const { leaves, mode, times } of cases) {
  const [least, median, greatest] = [0, 0.5, 1].map((q) => quantile(times, q).toFixed(3));
  process.stdout.write(
    `${String(leaves).padStart(3)} leaves  ${mode.padEnd(5)}  ${median} (${least}-${greatest})\n`,
  );
}
