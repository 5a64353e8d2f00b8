// @ts-check
/** How many steps each method gets: equal CPU time, found by timing a few of its steps. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { train } from 'dark-matter';
import { writeWhole } from '../setup/files.mjs';
import { cpuSeconds } from './cpuTime.mjs';
import { methodsOf } from './methods.mjs';
import { oneView, twoViews } from './recipe.mjs';

/** @typedef {import('./methods.mjs').MethodName} MethodName */

/** Steps that are not counted (compiling is in the first), and steps that are. */
const [warmUp, measured] = [3, 8];

/**
 * CPU seconds of a step of each method.
 *
 * @param {{ methods: readonly MethodName[], train: import('dark-matter').data.ImageSet['train'], width:
 * number, batch: number, signal?: AbortSignal }} given
 * @returns {Promise<Record<MethodName, number>>}
 */
async function timeSteps({ methods, train: examples, width, batch, signal }) {
  /** @type {Partial<Record<MethodName, number>>} */
  const seconds = {};
  for (const name of methods) {
    let began = 0;
    const trained = await train(
      /** @type {any} */ ({
        method: methodsOf({ width, steps: {} })[name],
        data: name === 'supervised' ? examples : { images: examples.images },
        augment: name === 'supervised' ? oneView : twoViews,
        batch,
        steps: warmUp + measured,
        display: 'none',
        signal,
        onStep: (/** @type {{ step: number, loss(): number }} */ { step, loss }) => {
          loss();
          if (step === warmUp) began = cpuSeconds();
        },
      }),
    );
    seconds[name] = (cpuSeconds() - began) / measured;
    trained.dispose();
  }
  return /** @type {Record<MethodName, number>} */ (seconds);
}

/**
 * The steps of each method, the same whenever the study goes on.
 *
 * @param {string} folder where they are remembered
 * @param {{ cpuMinutes: number, methods: readonly MethodName[], train:
 * import('dark-matter').data.ImageSet['train'], width: number, batch: number, signal?: AbortSignal }} given
 * @returns {Promise<Record<MethodName, number>>}
 */
export async function planSteps(folder, { cpuMinutes, ...given }) {
  const file = join(folder, 'steps.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const seconds = Object.entries(await timeSteps(given));
  const steps = Object.fromEntries(
    seconds.map(([name, each]) => [name, Math.max(1, Math.round((60 * cpuMinutes) / each))]),
  );
  mkdirSync(folder, { recursive: true });
  writeWhole(file, JSON.stringify(steps));
  return /** @type {Record<MethodName, number>} */ (steps);
}
