// @ts-check
/** node darkMatter.mjs auto|graph|xla|eager: our own cases; `eager` is plain tfjs-node. */
import { compile, load, tf, tree } from 'dark-matter';
import { cases } from '../cases/index.mjs';
import { serve } from './serve.mjs';

const mode = /** @type {import('dark-matter').Mode} */ (process.argv[2]);
/** Enough for 'auto' to have measured both ways and chosen. */
const warmUp = mode === 'eager' ? 1 : 20;

await serve(async (name, file) => {
  const found = cases.find((each) => each.name === name);
  if (!found) throw new Error(`${name}: no such case`);
  const drawn = /** @type {import('../cases/case.mjs').Drawn} */ ((await load(file)).tree);
  const fresh = () => tree.tidy(() => tree.clone(found.start(drawn.params)));
  const stepper = (/** @type {import('../cases/case.mjs').Step} */ f) => {
    const compiled = compile(f, { name, mode });
    let state = fresh();
    const step = () => {
      const { state: next, loss } = compiled(state, drawn.batch);
      tree.dispose(state);
      state = next;
      const value = loss.dataSync()[0];
      loss.dispose();
      return /** @type {number} */ (value);
    };
    const finish = () => {
      tree.dispose(state);
      compiled.dispose();
    };
    return { compiled, step, finish };
  };

  const checked = stepper(found.check ?? found.step);
  const losses = [checked.step(), checked.step(), checked.step()];
  checked.finish();

  const { compiled, step, finish } = stepper(found.step);
  for (let i = 0; i < warmUp; i++) step();
  const trace = compiled.report().traces[0];
  const chosen = trace && trace.mode !== 'measuring' ? trace[trace.mode] : undefined;
  return {
    losses,
    compileMs: trace ? trace.traceMs + (chosen?.firstCallMs ?? 0) : 0,
    detail: {
      mode: trace?.mode ?? 'eager',
      nodes: trace?.nodes,
      graphMs: trace?.graph?.medianMs,
      xlaMs: trace?.xla?.medianMs,
      tensors: tf.memory().numTensors,
    },
    step,
    finish: () => {
      finish();
      tree.dispose(drawn);
    },
  };
});
