import { compile, random, tf, tree } from 'dark-matter';
import { describe, expect, it } from 'vitest';
import { cases } from './cases/index.mjs';
import { requireSame } from './measure.mjs';

type Mode = 'eager' | 'graph';

/** The losses of three steps from the same draw, and the tensors that are left over. */
function run(
  { draw, start, step, check = step }: (typeof cases)[number],
  mode: Mode,
): { losses: number[]; left: number } {
  const before = tf.memory().numTensors;
  const drawn = tree.tidy(() => draw(random.key(0)));
  const f = compile(check, { mode });
  let state = tree.tidy(() => tree.clone(start(drawn.params)));
  const losses = [1, 2, 3].map(() => {
    const result = f(state, drawn.batch);
    tree.dispose(state);
    state = result.state;
    const [value] = result.loss.dataSync();
    result.loss.dispose();
    return value!;
  });
  f.dispose();
  tree.dispose([state, drawn]);
  return { losses, left: tf.memory().numTensors - before };
}

// The largest take minutes on a busy machine and differ from these in size alone.
const small = cases.filter(({ name }) => !['ntxent-1024', 'masked-words'].includes(name));

describe.each(small.map((each) => [each.name, each] as const))('the case %s', (_name, each) => {
  it('has the same losses compiled and eager, finite ones, and leaves no tensor behind', () => {
    const [eager, graph] = [run(each, 'eager'), run(each, 'graph')];
    requireSame(graph.losses, eager.losses);
    expect(eager.losses.every(Number.isFinite)).toBe(true);
    expect([eager.left, graph.left]).toEqual([0, 0]);
  });
});

it('cases have names of their own', () => {
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});
