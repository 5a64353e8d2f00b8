/**
 * The engine: one place that loads TensorFlow, so that everything else says `import { tf } from
 * '../core/engine'`.
 *
 * `@tensorflow/tfjs-node` on the native library that kernel-setup installs; where that is missing,
 * pure-JavaScript tfjs, announced on stderr, so that a notebook still opens (about 200 times
 * slower).
 */
import { createRequire } from 'node:module';
import util from 'node:util';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import { freeForgotten } from './forgotten';
import { mendGather } from './gather';
import { mendSecondOrder } from './secondOrder';
import { mendStatusErrors } from './statusErrors';

export type {
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  Scalar,
  Rank,
  DataType,
  TypedArray,
} from '@tensorflow/tfjs-core';

/**
 * Which implementation runs: 'native' is the TensorFlow C library, 'javascript' the slow fallback.
 */
export type EngineName = 'native' | 'javascript';

function load(): { tf: typeof TensorFlow; engine: EngineName } {
  // TensorFlow greets on stderr at start-up; level 2 keeps its errors and drops the greeting.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreRemovedUtil();
  const require = createRequire(__filename);
  try {
    return { tf: require('@tensorflow/tfjs-node') as typeof TensorFlow, engine: 'native' };
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    process.stderr.write(
      `dark-matter: the native TensorFlow engine did not load (${reason}).\n` +
        'dark-matter: using pure-JavaScript tfjs, about 200 times slower. `npm run doctor` says what is wrong.\n',
    );
    return { tf: require('@tensorflow/tfjs') as typeof TensorFlow, engine: 'javascript' };
  }
}

/** tfjs-node 4.22 calls two `util` functions that Node 22 warns of and Node 23 removed. */
function restoreRemovedUtil(): void {
  const target = util as unknown as Record<string, unknown>;
  target['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  target['isArray'] = Array.isArray;
}

const loaded = load();
mendSecondOrder(loaded.tf);
if (process.env['DARK_MATTER_FORGOTTEN'] !== 'keep') freeForgotten(loaded.tf);
if (loaded.engine === 'native') {
  mendGather(loaded.tf);
  mendStatusErrors(loaded.tf);
}

/** TensorFlow.js, on the best engine found. */
export const tf = loaded.tf;

/** The engine that `tf` runs on. */
export const engine: EngineName = loaded.engine;
