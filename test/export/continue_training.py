"""Loads an exported step and goes on training: prints the losses. Arguments: the SavedModel's folder, steps."""
import sys

import tensorflow as tf

model = tf.saved_model.load(sys.argv[1])
step = model.signatures['serving_default']
arguments = model.signatures['arguments']()
for _ in range(int(sys.argv[2])):
    result = step(**arguments)
    print(float(result['out_loss']))
    # out_state_... of one step is arg0_... of the next.
    state = {name.replace('out_state', 'arg0', 1): value for name, value in result.items() if name.startswith('out_state')}
    arguments = {**arguments, **state}
