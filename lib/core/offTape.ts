import { tf } from './engine';

/**
 * Runs `f` as if no gradient were being taken: what it computes is for the backward pass a
 * constant, and costs no memory for it. `f` itself may take gradients; a `scan` in it can be one
 * loop of the graph.
 */
export function offTape<T>(f: () => T): T {
  const { state } = tf.engine();
  const { gradientDepth, activeTape } = state;
  state.gradientDepth = 0;
  state.activeTape = null as never;
  try {
    return f();
  } finally {
    state.gradientDepth = gradientDepth;
    state.activeTape = activeTape;
  }
}
