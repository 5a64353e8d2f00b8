import type { AnyLayer } from './layer';

/**
 * Runs a layer that is part of another. An error says which layer it was: `sequential[2] dense(x):
 * shape [16, 5] given, [batch, 4] expected`. It stays the same error, with its class and its
 * stack.
 *
 * @param place where the layer stands: `sequential[2]`, `residual.block`.
 */
export function within<T>(place: string, layer: AnyLayer, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof Error) relabel(error, place, layer.name);
    throw error;
  }
}

function relabel(error: Error, place: string, name: string): void {
  const { message: told, stack } = error; // the stack is written when it is first read
  // A layer's own errors begin with its name; TensorFlow's do not.
  error.message = told.startsWith(name) ? `${place} ${told}` : `${place} ${name}: ${told}`;
  if (stack) error.stack = stack.replace(told, () => error.message);
}
