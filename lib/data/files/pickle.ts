/**
 * Python pickles, as far as CIFAR-10's Python version goes: dictionaries, lists, tuples, strings,
 * whole numbers, and numpy arrays of bytes. A pickle can call any function by its name; here the
 * three that make an array are known, and every other name is an error. So nothing runs.
 */

/** What a pickle of data holds. */
export type Pickled =
  | null
  | boolean
  | number
  | Uint8Array
  | readonly Pickled[]
  | ReadonlyMap<string, Pickled>
  | PickledArray;

/** A numpy array of unsigned bytes in row-major order. */
export class PickledArray {
  shape: readonly number[] = [];
  values: Uint8Array = new Uint8Array();
}

/** Stands on the stack for numpy's dtype: only its kind is looked at. */
class Dtype {
  constructor(readonly kind: string) {}
}

class Name {
  constructor(readonly name: string) {}
}

const MARK = Symbol('mark');
type Item = Pickled | Dtype | Name | typeof MARK;

/** Texts and bytes are the same in Python 2's pickles. */
const text = (bytes: Item): string =>
  bytes instanceof Uint8Array ? Buffer.from(bytes).toString('latin1') : String(bytes);

/**
 * @param bytes a pickle of protocol 2, as Python 2 and numpy wrote CIFAR-10's batches.
 * @param name for errors.
 * @throws when it is cut short, or holds what is not data.
 */
export function unpickle(bytes: Uint8Array, name: string): Pickled {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Item[] = [];
  const memo = new Map<number, Item>();
  let at = 0;

  const fail = (what: string): Error =>
    new Error(`${name}: ${what} at byte ${at}: no pickle of CIFAR-10's Python version`);
  const take = (length: number): number => {
    if (length < 0 || at + length > bytes.length) throw fail('cut short');
    const from = at;
    at += length;
    return from;
  };
  const slice = (length: number): Uint8Array => {
    const from = take(length);
    return bytes.subarray(from, from + length);
  };
  const byte = () => view.getUint8(take(1));
  const int = () => view.getInt32(take(4), true);
  const uint = () => view.getUint32(take(4), true);
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw fail('cut short');
    const read = text(slice(end - at));
    at++;
    return read;
  };
  const pop = (): Item => {
    if (stack.length === 0) throw fail('damaged');
    return stack.pop()!;
  };
  const top = (): Item => stack[stack.length - 1] ?? null;
  const sinceMark = (): Item[] => {
    const from = stack.lastIndexOf(MARK);
    if (from < 0) throw fail('damaged');
    return stack.splice(from).slice(1);
  };
  const append = (items: readonly Item[]): void => {
    const list = top();
    if (!Array.isArray(list)) throw fail('damaged');
    list.push(...(items as Pickled[]));
  };
  const setItems = (items: readonly Item[]): void => {
    const map = top();
    if (!(map instanceof Map)) throw fail('damaged');
    for (let i = 0; i + 1 < items.length; i += 2) map.set(text(items[i]!), items[i + 1]);
  };
  const call = (f: Item, [argument]: Item[]): Item => {
    if (f instanceof Name && /^numpy\.(_)?core\.multiarray\n_reconstruct$/.test(f.name))
      return new PickledArray();
    if (f instanceof Name && f.name === 'numpy\ndtype') return new Dtype(text(argument ?? null));
    throw fail('a call');
  };
  /** numpy's states: (version, shape, dtype, fortran order, bytes). A dtype's says nothing new. */
  const build = (target: Item, state: Item): void => {
    if (target instanceof Dtype) return;
    if (!(target instanceof PickledArray) || !Array.isArray(state)) throw fail('an object');
    const [, shape, dtype, columnsFirst, values] = state as Item[];
    const isBytes = dtype instanceof Dtype && dtype.kind === 'u1';
    if (!isBytes || columnsFirst || !Array.isArray(shape) || !(values instanceof Uint8Array))
      throw fail('an array of another kind');
    target.shape = shape as number[];
    target.values = values;
  };

  const operations: Readonly<Record<string, () => void>> = {
    '\x80': () => void byte(), // the protocol
    '(': () => stack.push(MARK),
    '}': () => stack.push(new Map<string, Pickled>()),
    ']': () => stack.push([]),
    ')': () => stack.push([]),
    t: () => stack.push(sinceMark() as Pickled[]),
    '\x85': () => stack.push(stack.splice(-1) as Pickled[]),
    '\x86': () => stack.push(stack.splice(-2) as Pickled[]),
    '\x87': () => stack.push(stack.splice(-3) as Pickled[]),
    N: () => stack.push(null),
    '\x88': () => stack.push(true),
    '\x89': () => stack.push(false),
    I: () => {
      const digits = line(); // 00 and 01 are the booleans of protocol 1
      stack.push(digits === '00' ? false : digits === '01' ? true : Number(digits));
    },
    K: () => stack.push(byte()),
    M: () => stack.push(view.getUint16(take(2), true)),
    J: () => stack.push(int()),
    U: () => stack.push(slice(byte())),
    T: () => stack.push(slice(int())),
    X: () => stack.push(slice(uint())),
    q: () => void memo.set(byte(), top()),
    r: () => void memo.set(uint(), top()),
    h: () => stack.push(memo.get(byte()) ?? null),
    j: () => stack.push(memo.get(uint()) ?? null),
    c: () => stack.push(new Name(`${line()}\n${line()}`)),
    R: () => {
      const items = pop();
      stack.push(call(pop(), items as Item[]));
    },
    b: () => {
      const state = pop();
      build(top(), state);
    },
    a: () => append([pop()]),
    e: () => append(sinceMark()),
    s: () => setItems(stack.splice(-2)),
    u: () => setItems(sinceMark()),
  };

  for (;;) {
    const code = String.fromCharCode(byte());
    if (code === '.') return pop() as Pickled;
    const operation = Object.hasOwn(operations, code) ? operations[code] : undefined;
    if (!operation) throw fail(`operation ${JSON.stringify(code)}`);
    operation();
  }
}
