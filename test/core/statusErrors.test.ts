import { compile, engine, tf, type Tensor } from 'dark-matter';
import { describe, expect, it } from 'vitest';

const messageOf = (f: () => unknown): string => {
  try {
    f();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe.runIf(engine === 'native')('what TensorFlow refuses', () => {
  it('is told with the operation, the shapes and dtypes, the reason, and the way out', () => {
    expect(messageOf(() => tf.topk(tf.ones([3], 'bool')))).toMatch(
      /^TopKV2 of bool \[3\] and int32 \[\]: the arguments do not fit \(TensorFlow: Value for attr 'T' of bool .*\); toFloat\(\) converts to float32$/,
    );
    expect(messageOf(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, 5], 'int32')))).toBe(
      'GatherV2 of float32 [3, 2], int32 [2] and int32 []: the arguments do not fit (TensorFlow: indices[1] = 5 is not in [0, 3))',
    );
  });

  it('keeps TensorFlow’s own error as its cause', () => {
    try {
      tf.topk(tf.ones([3], 'bool'));
      expect.unreachable();
    } catch (error) {
      expect(((error as Error).cause as Error).message).toMatch(/^Invalid TF_Status: 3/);
    }
  });

  it('is told in the same words while a function is traced', () => {
    const pick = compile((x: Tensor, i: Tensor) => tf.gather(x, i as never), { mode: 'graph' });
    expect(messageOf(() => pick(tf.ones([3, 2]), tf.tensor1d([7], 'int32')))).toMatch(
      /^GatherV2 of float32 \[3, 2\], int32 \[1\] and int32 \[\]: .*indices\[0\] = 7 is not in \[0, 3\)/,
    );
    pick.dispose();
  });

  it('in a compiled graph names the function and the operation in it', () => {
    const pick = compile((x: Tensor, i: Tensor) => tf.gather(x, i as never), {
      name: 'pick',
      mode: 'graph',
    });
    const x = tf.ones([3, 2]);
    pick(x, tf.tensor1d([1], 'int32'));
    expect(messageOf(() => pick(x, tf.tensor1d([7], 'int32')))).toBe(
      'compile(pick): GatherV2 in the graph: the arguments do not fit (TensorFlow: indices[0] = 7 is not in [0, 3))',
    );
    pick.dispose();
  });

  it('does not blame the inputs of an operation that went before', () => {
    tf.add(tf.ones([9, 9]), 1);
    expect(messageOf(() => tf.topk(tf.ones([3], 'bool')))).not.toContain('[9, 9]');
  });
});
