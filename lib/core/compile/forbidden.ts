/**
 * What a traced function must not do, because a graph could not do it again: read data, draw from
 * JavaScript's randomness, print, wait. While a trace runs, these fail with an error that says what
 * to do instead; a value is never frozen in silence.
 */
import { tf, type Tensor } from '../engine';
import { nativeBackend } from '../native';
import { callSite } from './callSite';

/** Makes an error that names the function. */
export type Violation = (text: string) => Error;

/** What the random operations of tfjs, which draw in JavaScript, are called here. */
const RANDOM: Readonly<Record<string, string>> = {
  rand: 'random.uniform',
  randomUniform: 'random.uniform',
  randomUniformInt: 'random.randint',
  randomNormal: 'random.normal',
  randomStandardNormal: 'random.normal',
  randomGamma: 'random.uniform or random.normal',
  truncatedNormal: 'random.truncatedNormal',
  multinomial: 'random.categorical',
};

const PRINTING = ['log', 'info', 'debug', 'dir', 'table'] as const;

interface Watch {
  /** Remembers an error, so that it is thrown even if the traced function catches it. */
  violated(error: Error): Error;
  finish(result: unknown): void;
  restore(): void;
}

interface Options {
  readonly fail: Violation;
  /** Data of the trace: added to here as it comes into being. */
  readonly born: WeakSet<object>;
  readonly getInputTensorIds: (tensors: readonly Tensor[]) => number[];
}

interface Internals {
  tensorMap: {
    get(dataId: object): { values: unknown; dtype: number; shape: number[] } | undefined;
    set(dataId: object, value: unknown): void;
  };
  readSync(dataId: object): unknown;
}

export function forbid({ fail, born, getInputTensorIds }: Options): Watch {
  let first: Error | undefined;
  const violated = (error: Error): Error => (first ??= error);
  const undo: (() => void)[] = [];
  const replace = <T extends object, K extends keyof T>(
    target: T,
    key: K,
    value: unknown,
  ): void => {
    const own = Object.getOwnPropertyDescriptor(target, key);
    Object.defineProperty(target, key, {
      value,
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
    });
    undo.push(() => {
      if (own) Object.defineProperty(target, key, own);
      else delete target[key];
    });
  };

  const backend = nativeBackend() as unknown as Internals & ReturnType<typeof nativeBackend>;
  const { tensorMap } = backend;
  const readSync = backend.readSync.bind(backend);
  const readError = (dataId: object): Error => {
    const shape = tensorMap.get(dataId)?.shape ?? [];
    return violated(
      fail(
        `the data of a tensor of shape [${shape}] is read at ${callSite()}. There is no data while a function is traced. ` +
          'Return the tensor and read or print the result; instead of `if` on a tensor use tf.where; instead of a loop that stops by itself use scan.',
      ),
    );
  };
  // A tensor that JavaScript just wrote is a literal, the same in every call: reading it back is
  // harmless.
  const isLiteral = (dataId: object): boolean =>
    born.has(dataId) && tensorMap.get(dataId)?.values != null;

  replace(tensorMap, 'set', function (this: unknown, dataId: object, value: unknown) {
    born.add(dataId);
    Object.getPrototypeOf(tensorMap).set.call(tensorMap, dataId, value);
  });
  replace(backend, 'getInputTensorIds', getInputTensorIds);
  replace(backend, 'readSync', (dataId: object) => {
    if (isLiteral(dataId)) return readSync(dataId);
    throw readError(dataId);
  });
  replace(backend as unknown as { read: unknown }, 'read', (dataId: object) => {
    if (isLiteral(dataId)) return Promise.resolve(readSync(dataId));
    readError(dataId);
    return new Promise(() => undefined); // never resolved: `finish` throws, and no rejection goes astray
  });

  const engine = tf.engine();
  const startScope = engine.startScope.bind(engine);
  replace(engine, 'startScope', (scope?: string) => {
    const operation = scope?.replace(/__op$/, '');
    if (operation !== undefined && operation in RANDOM) {
      throw violated(
        fail(
          `tf.${operation} draws in JavaScript, at ${callSite()}: every call would get the same numbers. Use ${RANDOM[operation]} with a key that is an argument.`,
        ),
      );
    }
    startScope(scope);
  });
  replace(Math, 'random', () => {
    throw violated(
      fail(
        `Math.random is called at ${callSite()}: every call would get the same number. Use the functions of \`random\` with a key that is an argument.`,
      ),
    );
  });
  for (const method of PRINTING) {
    replace(console, method, () => {
      throw violated(
        fail(
          `console.${method} is called at ${callSite()}: it would print once, while the function is traced. Return what you want to see and print the result.`,
        ),
      );
    });
  }

  return {
    violated,
    finish: (result) => {
      if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function') {
        (result as PromiseLike<unknown>).then(undefined, () => undefined);
        violated(
          fail(
            'the function is asynchronous. A graph is built in one go: remove `async` and `await`.',
          ),
        );
      }
      if (first) throw first;
    },
    restore: () => undo.reverse().forEach((restore) => restore()),
  };
}
