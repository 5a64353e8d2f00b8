/** Layers made of layers. */
import { dropout as dropoutOf, foldIn, split, type Key } from '../core/random';
import type { Tensor } from '../core/engine';
import {
  calibrate,
  defineLayer,
  type AnyLayer,
  type ApplyOptions,
  type Layer,
  type NoParams,
  type ParamsOf,
} from './layer';
import { within } from './place';

/** The layers by name, or in a row. */
export type Layers = Readonly<Record<string, AnyLayer>> | readonly AnyLayer[];

/** The parameters in the same form: a record has the layers' names, a row their places. */
export type SequentialParams<L extends Layers> = { readonly [K in keyof L]: ParamsOf<L[K]> };

/**
 * One layer after the other: `sequential({ hidden: dense(784, 128), act: relu(), out: dense(128,
 * 10) })`, or the same in an array. The parameters keep the form: `params.hidden.kernel`, or
 * `params[0].kernel`.
 *
 * Names run in the order written; names that are whole numbers would not, and are refused.
 *
 * @throws what a layer throws, with the layer's place before it: `sequential[2] dense(x): shape ...`,
 * `sequential.hidden dense(x): ...`.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const net = nn.sequential([nn.dense(4, 8), nn.relu(), nn.dense(8, 2)]);
 * const params = net.init(random.key(0));
 * assert.deepEqual(net.apply(params, tf.zeros([3, 4])).shape, [3, 2]);
 * ```
 */
export function sequential<const L extends Layers>(layers: L): Layer<SequentialParams<L>> {
  const named = Object.entries(layers) as [string, Layer<unknown>][];
  if (named.length === 0) throw new Error('sequential: no layers given, at least one expected');
  const asRow = Array.isArray(layers);
  if (!asRow && named.some(([name]) => /^\d+$/.test(name))) {
    throw new Error(
      `sequential: names ${named.map(([name]) => name).join(', ')} given, words expected (JavaScript sorts numbers)`,
    );
  }
  type Params = SequentialParams<L>;
  const gather = (entries: [string, unknown][]): Params =>
    (asRow ? entries.map(([, params]) => params) : Object.fromEntries(entries)) as Params;
  const paramsOf = (params: Params, name: string): unknown =>
    (params as Record<string, unknown>)[name];
  const placeOf = (name: string): string => `sequential${asRow ? `[${name}]` : `.${name}`}`;
  return defineLayer<Params>({
    name: 'sequential',
    stochastic: named.some(([, layer]) => layer.stochastic),
    init: (key: Key) => {
      const keys = split(key, named.length);
      return gather(named.map(([name, layer], i) => [name, layer.init(keys[i]!)]));
    },
    apply: (params, x, options) =>
      named.reduce(
        (y, [name, layer], i) =>
          within(placeOf(name), layer, () =>
            layer.apply(paramsOf(params, name), y, forLayer(layer, options, i)),
          ),
        x,
      ),
    calibrate: (params, x) => {
      const calibrated: [string, unknown][] = [];
      let y = x;
      for (const [name, layer] of named) {
        const input = y;
        y = within(placeOf(name), layer, () => {
          const next = calibrate(layer, paramsOf(params, name), input);
          calibrated.push([name, next]);
          return layer.apply(next, input);
        });
      }
      return gather(calibrated);
    },
  });
}

/** Each random layer gets a key of its own; the others are spared the work. */
function forLayer(
  layer: AnyLayer,
  options: ApplyOptions | undefined,
  index: number,
): ApplyOptions | undefined {
  return options?.key && layer.stochastic
    ? { ...options, key: foldIn(options.key, index) }
    : options;
}

export interface ResidualParams<P, S> {
  readonly block: P;
  readonly shortcut: S;
}

/**
 * x + block(x) (He et al. 2016, equation 1), or shortcut(x) + block(x) where the block changes the
 * shape (equation 2).
 *
 * @throws when the two sums' shapes differ.
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const block = nn.residual(nn.dense(4, 4, { init: nn.zeros }));
 * const x = tf.tensor2d([[1, 2, 3, 4]]);
 * const y = block.apply(block.init(random.key(0)), x);
 * assert.deepEqual([...y.dataSync()], [1, 2, 3, 4]);
 * ```
 */
export function residual<P, S = NoParams>(
  block: Layer<P>,
  shortcut?: Layer<S>,
): Layer<ResidualParams<P, S>> {
  type Params = ResidualParams<P, S>;
  const around = shortcut ?? (identity as unknown as Layer<S>);
  return defineLayer<Params>({
    name: 'residual',
    stochastic: Boolean(block.stochastic || around.stochastic),
    init: (key) => {
      const [first, second] = split(key);
      return { block: block.init(first), shortcut: around.init(second) };
    },
    apply: (params, x, options) => {
      const y = within('residual.block', block, () =>
        block.apply(params.block, x, forLayer(block, options, 0)),
      );
      const skipped = within('residual.shortcut', around, () =>
        around.apply(params.shortcut, x, forLayer(around, options, 1)),
      );
      if (y.shape.join() !== skipped.shape.join()) {
        throw new Error(
          `residual: the block gives [${y.shape.join(', ')}], its shortcut [${skipped.shape.join(', ')}]; equal shapes expected`,
        );
      }
      return y.add(skipped);
    },
    calibrate: (params, x) => ({
      block: within('residual.block', block, () => calibrate(block, params.block, x)),
      shortcut: within('residual.shortcut', around, () => calibrate(around, params.shortcut, x)),
    }),
  });
}

/**
 * x as it is.
 *
 * @example
 * ```ts
 * import { nn, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const x = tf.tensor1d([1, 2]);
 * assert.deepEqual([...nn.identity.apply({}, x).dataSync()], [1, 2]);
 * ```
 */
export const identity: Layer<NoParams> = defineLayer({
  name: 'identity',
  init: () => ({}),
  apply: (_params, x: Tensor) => x.clone(),
});

/**
 * Zeroes a part `rate` in [0, 1) of the entries, and scales the rest up, where `apply` is given a
 * key; else x as it is.
 *
 * @example
 * ```ts
 * import { nn, random, tf } from 'dark-matter';
 * import assert from 'node:assert/strict';
 *
 * const layer = nn.dropout(0.5);
 * const dropped = layer.apply({}, tf.ones([100]), { key: random.key(0) });
 * assert.deepEqual([...new Set(dropped.dataSync())].sort(), [0, 2]);
 * assert.equal(layer.apply({}, tf.ones([100])).sum().dataSync()[0], 100); // without a key
 * ```
 */
export function dropout(rate: number): Layer<NoParams> {
  if (!(rate >= 0 && rate < 1))
    throw new Error(`dropout: rate is ${rate}, a number in [0, 1) expected`);
  return defineLayer({
    name: 'dropout',
    stochastic: true,
    init: () => ({}),
    apply: (_params, x, options) => (options?.key ? dropoutOf(options.key, x, rate) : x.clone()),
  });
}
