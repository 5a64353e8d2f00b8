/**
 * Tensors that nothing holds any more are freed, as in Python.
 *
 * TensorFlow's memory lies outside the JavaScript heap, and tfjs gives it back only to `dispose`
 * and `tidy`. Here each tensor that outlives its scopes is also watched by a FinalizationRegistry:
 * when garbage collection finds that it cannot be reached, it is disposed of, and `tf.memory()`
 * counts it as gone. V8 does not see how large tensors are, so that it would seldom collect on
 * their account: a collection is asked for whenever their memory has doubled since the last one.
 *
 * Collected tensors are freed between two turns of the event loop: while a training or a file is
 * awaited, or at a cell's end, and not within a loop that never awaits. `dispose` and `tidy` free
 * at once. With DARK_MATTER_FORGOTTEN=keep in the environment nothing is watched, so that
 * `tf.memory()` shows what was not disposed of.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import type { Tensor } from '@tensorflow/tfjs-core';

/** What is left of a tensor that was collected, for tfjs to free: its data and how to count it. */
type Remains = Pick<Tensor, 'dataId' | 'dtype' | 'size'>;

/** tfjs's engine, as far as it is used here. */
interface Engine {
  readonly state: {
    readonly numTensors: number;
    readonly numBytes: number;
    readonly activeScope: { readonly track: Tensor[] } | null;
  };
  trackTensor(tensor: Tensor, backend?: unknown): void;
  disposeTensor(tensor: Remains): void;
  endScope(result?: unknown): void;
}

/** Bytes that may come before the first collection, and between any two. */
const LEAST_GROWTH = 64 * 2 ** 20;

/** About what a tensor costs besides its numbers, in bytes: a million scalars are no 4 MB. */
const OVERHEAD = 1024;

/** So many new tensors are looked at in one go. */
const LARGEST_BROOD = 1024;

/**
 * Makes tfjs free what nothing holds. Variables are not watched: tfjs holds them by name.
 *
 * @param collect asks for a garbage collection; it need not happen at once.
 */
export function freeForgotten(tf: typeof TensorFlow, collect: () => void = collector()): void {
  const engine = tf.engine() as unknown as Engine;
  const { trackTensor, disposeTensor, endScope } = engine;
  const occupied = (): number => engine.state.numBytes + OVERHEAD * engine.state.numTensors;
  const nextLimit = (): number => occupied() + Math.max(occupied(), LEAST_GROWTH);
  let limit = LEAST_GROWTH;

  const registry = new FinalizationRegistry<Remains>((remains) => {
    disposeTensor.call(engine, remains);
    limit = Math.min(limit, nextLimit());
  });

  // Most tensors of a training loop are disposed of before anybody could forget them: new ones wait
  // until the running code awaits or ends, for watching costs a microsecond each.
  let brood: Tensor[] = [];
  let awaited = false;
  const watchBrood = (): void => {
    awaited = false;
    const born = brood;
    brood = [];
    for (const tensor of born)
      if (!tensor.isDisposed)
        registry.register(
          tensor,
          { dataId: tensor.dataId, dtype: tensor.dtype, size: tensor.size },
          tensor,
        );
    if (occupied() < limit) return;
    limit = nextLimit();
    collect();
  };
  const watch = (tensor: Tensor): void => {
    if (tensor instanceof tf.Variable) return;
    if (brood.push(tensor) >= LARGEST_BROOD) return watchBrood();
    if (awaited) return;
    awaited = true;
    queueMicrotask(watchBrood);
  };

  engine.trackTensor = (tensor, backend) => {
    trackTensor.call(engine, tensor, backend);
    // A scope holds its tensors until it ends.
    if (!engine.state.activeScope) watch(tensor);
  };
  engine.endScope = (result) => {
    const track = engine.state.activeScope?.track ?? [];
    endScope.call(engine, result);
    const outermost = !engine.state.activeScope;
    for (const tensor of track)
      if (!tensor.isDisposed && (outermost || (tensor as { kept?: boolean }).kept)) watch(tensor);
  };
  engine.disposeTensor = (tensor) => {
    registry.unregister(tensor);
    disposeTensor.call(engine, tensor);
  };
}

/** V8's collector, which it lends only to those who ask by a flag. */
function collector(): () => void {
  let collectGarbage: ((options: { type: string; execution: string }) => unknown) | undefined;
  return () => {
    if (!collectGarbage) {
      setFlagsFromString('--expose-gc');
      collectGarbage = runInNewContext('gc') as typeof collectGarbage;
      setFlagsFromString('--no-expose-gc');
    }
    // Not now: what the running code has on its stack would count as held.
    void collectGarbage!({ type: 'major', execution: 'async' });
  };
}
