/** `for await` over what the kernel puts in place of its values does what JavaScript does. */
import { expect, it } from 'vitest';
import { Cell, runIn } from '../../kernel-setup/kernel/cell';
import { waitEach } from '../../kernel-setup/kernel/wait';

type Values = AsyncIterable<unknown> | Iterable<unknown>;

/** What a loop comes by, and how it ends. */
async function courseOf(values: () => Values): Promise<unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const value of values()) seen.push(value);
  } catch (error) {
    seen.push(String(error));
  }
  return seen;
}

/** One item after the other, whatever they say of being done. */
const giving = (...steps: object[]): Iterable<unknown> => ({
  [Symbol.iterator]: () => ({
    next: () => steps.shift() as IteratorResult<unknown>,
    return: () => {
      throw new Error('closing');
    },
  }),
});

it.each<[string, () => Values]>([
  ['a string', () => 'ab'],
  ['promises, one of which is rejected', () => [1, Promise.resolve(2), Promise.reject('three'), 4]],
  [
    'what throws when it is closed after a rejection',
    () => giving({ done: false, value: Promise.reject('first') }),
  ],
  [
    'an iterator that is done in other words',
    () => giving({ done: 0, value: Promise.resolve(1) }, { done: 1, value: Promise.reject('no') }),
  ],
  [
    'an iterable that says it is not asynchronous',
    () => Object.assign([1], { [Symbol.asyncIterator]: undefined }),
  ],
  [
    'a generator',
    async function* () {
      yield 1;
      throw new RangeError('two');
    },
  ],
  ['null', () => null as never],
])('%s', async (_, values) => {
  const cell = new Cell('In[3]', {} as never, false);
  const waited = await runIn(cell, () => courseOf(() => waitEach(values())));
  expect(waited).toEqual(await courseOf(values));
});
