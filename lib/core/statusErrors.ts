/**
 * What TensorFlow's C library says of a call that it refuses, as a sentence: which operation, on
 * what shapes and dtypes, and why.
 *
 * tfjs-node throws `Invalid TF_Status: 3 Message: ...`, which names neither. All of its kernels,
 * and our own calls, go through `binding.executeOp`, with the numbers that `getInputTensorIds` gave
 * for the inputs: in these two places it is mended.
 */
import type * as TensorFlow from '@tensorflow/tfjs-node';

interface Input {
  readonly dtype: string;
  readonly shape: readonly number[];
}

interface Backend {
  binding: {
    executeOp(
      name: string,
      attributes: readonly unknown[],
      inputs: readonly number[],
      outputs: number,
    ): unknown;
  };
  getInputTensorIds(tensors: readonly Input[]): number[];
}

/** What TensorFlow's error codes that come up here mean (tensorflow/c/tsl_status.h). */
const REASONS: Readonly<Record<number, string>> = {
  3: 'the arguments do not fit',
  5: 'there is no such operation for them',
  8: 'there is not enough memory',
  9: 'it cannot run now',
  11: 'an index is out of range',
  12: 'it is not implemented for them',
  13: 'TensorFlow failed within',
};

/** On the addon, which outlives this module where that is loaded anew. */
const MENDED = Symbol.for('dark-matter.statusErrors');

/** Done twice, it changes nothing. */
export function mendStatusErrors(tf: typeof TensorFlow): void {
  const backend = tf.findBackend('tensorflow') as unknown as Backend;
  const binding = backend.binding as Backend['binding'] & { [MENDED]?: true };
  if (binding[MENDED]) return;
  binding[MENDED] = true;

  // The inputs of the operation that comes next, by number. No tensor is held: only what it looks
  // like.
  const inputs = new Map<number, Input>();
  const prototype = Object.getPrototypeOf(backend) as Backend;
  const idsOf = prototype.getInputTensorIds;
  prototype.getInputTensorIds = function (tensors) {
    const ids = idsOf.call(this, tensors);
    ids.forEach((id, i) =>
      inputs.set(id, { dtype: tensors[i]!.dtype, shape: tensors[i]!.shape ?? [] }),
    );
    return ids;
  };

  const execute = binding.executeOp.bind(binding);
  binding.executeOp = (name, attributes, ids, outputs) => {
    try {
      return execute(name, attributes, ids, outputs);
    } catch (error) {
      throw isGraph(name)
        ? explainedGraph(error)
        : explained(
            error,
            name,
            ids.map((id) => inputs.get(id)),
          );
    } finally {
      inputs.clear();
    }
  };
}

/**
 * `MatMul of int32 [4, 8] and float32 [8, 3]: the arguments do not fit (TensorFlow: ...)`; an error
 * that is no status is given back as it is.
 */
function explained(
  error: unknown,
  operation: string,
  inputs: readonly (Input | undefined)[],
): unknown {
  const status = statusOf(error);
  if (!status) return error;
  const given = inputs.filter((input) => input !== undefined);
  const of = given.length > 0 ? ` of ${listed(given.map(described))}` : '';
  return new Error(`${operation}${of}: ${reasonOf(status)}${advice(status, given)}`, {
    cause: error,
  });
}

/**
 * What a whole graph was refused for: `GatherV2 in the graph: the arguments do not fit (TensorFlow:
 * ...)`. It has run with these shapes and dtypes when it was traced, so they are not listed: it is
 * the values, or the machine.
 */
export function explainedGraph(error: unknown): unknown {
  const status = statusOf(error);
  if (!status) return error;
  const node = /\{\{node (?:\w+\/)*([A-Za-z0-9]+?)(?:_\d+)?\}\}/.exec(status.message)?.[1];
  return new Error(`${node ? `${node} in the graph` : 'the graph'}: ${reasonOf(status)}`, {
    cause: error,
  });
}

/** Whether it is one of the functions that `compile` adds; see `compile/executable.ts`. */
const isGraph = (name: string): boolean => name.startsWith('compiled_');

interface Status {
  readonly code: number;
  readonly message: string;
}

function statusOf(error: unknown): Status | undefined {
  const match =
    error instanceof Error && /^Invalid TF_Status: (\d+)\s*Message: ([^]*)$/.exec(error.message);
  return match ? { code: Number(match[1]), message: match[2]!.trim() } : undefined;
}

/**
 * TensorFlow's own words follow ours, without the names of its nodes around them and the
 * definitions after them.
 */
function reasonOf({ code, message }: Status): string {
  const words = message
    .split('\n')[0]!
    .replace(/\{\{(function_)?node [^}]*\}\}\s*/g, '')
    .replace(/\s*\[Op:\w+\]( name: ?)?/g, '')
    .trim()
    .replace(/[.;]$/, '');
  return `${REASONS[code] ?? `TensorFlow refuses, with status ${code}`} (TensorFlow: ${words})`;
}

const described = ({ dtype, shape }: Input): string => `${dtype} [${shape.join(', ')}]`;

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** Where dtypes are at fault, whole numbers or truth values were given for numbers, most often. */
function advice({ message }: Status, given: readonly Input[]): string {
  const aboutTypes = /allowed values|expected to be a|OpKernel|signature/.test(message);
  const others = given.some(({ dtype }) => dtype !== 'float32');
  return aboutTypes && others ? '; toFloat() converts to float32' : '';
}
