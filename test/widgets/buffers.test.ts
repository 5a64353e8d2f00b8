import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pack, unpack } from '../../lib/widgets/buffers';

const none = (): undefined => undefined;

describe('a widget’s state', () => {
  it('comes back as it was packed, whatever JSON and bytes it holds', () => {
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.uint8Array({ maxLength: 5 }),
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('tree'), { maxKeys: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tree), (state) => {
        const packed = pack(state);
        // On the wire.
        const sent = JSON.parse(JSON.stringify(packed.state)) as typeof packed.state;
        expect(unpack({ ...packed, state: sent }, none)).toEqual({ ...state });
      }),
      { seed: 24 },
    );
  });

  it('holds of a typed array what it shows, not the memory it shows it of', () => {
    const memory = new Uint8Array([1, 2, 3, 4]);
    const { buffers } = pack({ part: memory.subarray(1, 3) });
    memory[1] = 9;
    expect(buffers.map((each) => [...each])).toEqual([[2, 3]]);
    expect(buffers[0]!.buffer.byteLength).toBe(2);
  });

  it('bytes become what the name held before', () => {
    const { state, paths, buffers } = pack({ x: new Float64Array([1.5]) });
    const as = (before: unknown): unknown => unpack({ state, paths, buffers }, () => before)['x'];
    expect(as(new Float64Array())).toEqual(new Float64Array([1.5]));
    expect(as(new Int16Array())).toBeInstanceOf(Int16Array);
    expect(as(null)).toBeInstanceOf(Uint8Array);
    // Eight bytes are no whole number of them; a Buffer is one of a pool.
    expect(
      unpack({ state, paths, buffers: [new Uint8Array(3)] }, () => new Float64Array()),
    ).toEqual({
      x: new Uint8Array(3),
    });
  });

  it('paths that lead nowhere are left out', () => {
    const packed = { state: { a: 1 }, paths: [['b', 'c'], ['a', 'x'], ['d']], buffers: [] };
    expect(unpack(packed, none)).toEqual({ a: 1 });
  });

  const loop: { self?: object } = {};
  loop.self = loop;
  it.each([
    [{ rate: NaN }, /^state\.rate: NaN given, JSON or bytes expected/],
    [{ deep: [{ f: () => 1 }] }, /^state\.deep\.0\.f: a function given/],
    [{ nothing: undefined }, /^state\.nothing: undefined given/],
    [{ big: 1n }, /^state\.big: bigint 1 given/],
    [{ map: new Map() }, /^state\.map: a Map given/],
    [{ loop }, /one level too many, or a loop, given/],
  ])('%o is refused by name', (state, message) => {
    expect(() => pack(state)).toThrow(message);
  });
});
