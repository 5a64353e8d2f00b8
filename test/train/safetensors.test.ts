import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { tf } from '../../lib/core/engine';
import * as tree from '../../lib/core/pytree';
import { load, loadLike, save } from '../../lib/train';

let dir: string, file: string;
let before: number;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'safetensors-test-'));
  file = join(dir, 'a.safetensors');
});
afterAll(() => rmSync(dir, { recursive: true }));
beforeEach(() => void (before = tf.memory().numTensors));
afterEach(() => expect(tf.memory().numTensors).toBe(before));

/** A tree is saved, loaded as `check` wants, and freed. */
async function roundTrip(value: unknown, check: (loaded: unknown) => void): Promise<void> {
  await save(value, file, { note: 'hello' });
  const { tree: loaded, metadata } = await load(file);
  expect(metadata).toEqual({ note: 'hello' });
  check(loaded);
  tree.dispose(loaded);
}

describe('save and load', () => {
  it('give back structure, static values, shapes, dtypes and every bit', async () => {
    const value = {
      layers: [
        {
          kernel: tf.tensor2d([
            [1.5, -0],
            [NaN, 1e-40],
          ]),
        },
        {},
        { ids: tf.tensor1d([-1, 2 ** 31 - 1], 'int32') },
      ],
      'a.b[0]': tf.tensor1d([true, false, true], 'bool'),
      empty: tf.zeros([0, 3]),
      scalar: tf.scalar(7),
      name: 'static',
      n: 3,
      none: null,
    };
    await roundTrip(value, (loaded) => {
      expect(tree.flatten(loaded).structure.text).toBe(tree.flatten(value).structure.text);
      tree.map(
        (a, b) => {
          expect([b.dtype, b.shape]).toEqual([a.dtype, a.shape]);
          const bits = (t: typeof a): Buffer =>
            Buffer.from(
              new Uint8Array(t.dataSync().buffer, t.dataSync().byteOffset, t.dataSync().byteLength),
            );
          expect(bits(b).equals(bits(a))).toBe(true);
          return a;
        },
        value,
        loaded,
      );
    });
    tree.dispose(value);
  });

  it('for any records and arrays of float32', async () => {
    const { tree: anyTree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc
          .array(fc.float({ noNaN: true }), { maxLength: 4 })
          .map((values) => ({ numbers: values })),
        fc.array(tie('tree'), { maxLength: 3 }),
        fc.dictionary(
          fc
            .string()
            .filter((name) => !['numbers', '__proto__', '$tensor', '__metadata__'].includes(name)),
          tie('tree'),
          { maxKeys: 3 },
        ),
      ),
    }));
    const build = (node: unknown): unknown => {
      if (Array.isArray(node)) return node.map(build);
      const record = node as Record<string, unknown>;
      if (Array.isArray(record['numbers']))
        return tf.tensor1d(record['numbers'] as number[], 'float32');
      return Object.fromEntries(
        Object.entries(record).map(([name, child]) => [name, build(child)]),
      );
    };
    await fc.assert(
      fc.asyncProperty(anyTree, async (description) => {
        const value = build(description);
        const { paths } = tree.flatten(value).structure;
        // Two places can be written alike ({ 'a.b': … } and { a: { b: … } }); such trees are
        // refused, see below.
        if (new Set(paths).size === paths.length && !paths.includes('__metadata__')) {
          await roundTrip(value, (loaded) =>
            expect(tree.flatten(loaded).structure.text).toBe(tree.flatten(value).structure.text),
          );
        }
        tree.dispose(value);
      }),
      { numRuns: 30 },
    );
  });

  it('write the safetensors layout: length, JSON header, raw little-endian numbers', async () => {
    const value = { w: tf.tensor1d([1, 2]) };
    await save(value, file);
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE());
    expect(length % 8).toBe(0);
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    expect(header['w']).toEqual({ dtype: 'F32', shape: [2], data_offsets: [0, 8] });
    expect([bytes.readFloatLE(8 + length), bytes.readFloatLE(12 + length), bytes.length]).toEqual([
      1,
      2,
      16 + length,
    ]);
    tree.dispose(value);
  });

  it("read another program's file as a record by name", async () => {
    const header = Buffer.from(
      JSON.stringify({ 'encoder.weight': { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] } }),
    );
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(
      file,
      Buffer.concat([length, header, Buffer.from(new Float32Array([3, 4]).buffer)]),
    );
    const { tree: loaded } = await load(file);
    expect(
      (loaded as Record<string, ReturnType<typeof tf.tensor2d>>)['encoder.weight']!.arraySync(),
    ).toEqual([[3, 4]]);
    tree.dispose(loaded);
  });

  it('refuse what cannot be written: other dtypes, and two places with one name', async () => {
    const text = { label: tf.tensor1d(['a']) };
    await expect(save(text, file)).rejects.toThrow(
      'label is string, float32, int32 or bool expected',
    );
    const twins = { 'a.b': tf.scalar(1), a: { b: tf.scalar(2) } };
    await expect(save(twins, file)).rejects.toThrow('a.b');
    tree.dispose([text, twins]);
  });

  it('refuse truncated and foreign files, and leave no tensor', async () => {
    const value = { w: tf.range(0, 100), v: tf.range(0, 5) };
    await save(value, file);
    tree.dispose(value);
    const whole = readFileSync(file);
    for (const [bytes, message] of [
      [whole.subarray(0, whole.length - 1), 'truncated'],
      [whole.subarray(0, 60), 'truncated'],
      [whole.subarray(0, 3), 'not a safetensors file (3 bytes long)'],
      [Buffer.from('PK\u0003\u0004 a zip file, say, or a picture'), 'not a safetensors file'],
      [
        Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('nope')]),
        'not a safetensors file',
      ],
    ] as const) {
      writeFileSync(file, bytes);
      await expect(load(file)).rejects.toThrow(message);
    }
  });

  describe('refuse what the reference implementation refuses:', () => {
    const bytesOf = (header: string, body: number): Buffer => {
      const text = Buffer.from(header);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(text.length));
      return Buffer.concat([length, text, Buffer.alloc(body)]);
    };
    const f32 = (shape: string, offsets: string): string =>
      `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;

    it.each([
      ['an offset below 0', `{"a":${f32('[1]', '[-4,0]')}}`, 4, 'a lacks'],
      ['an offset of null', `{"a":${f32('[1]', '[null,4]')}}`, 4, 'a lacks'],
      ['a fractional offset', `{"a":${f32('[1]', '[0.5,4.5]')}}`, 5, 'a lacks'],
      ['one offset', `{"a":${f32('[0]', '[0]')}}`, 0, 'a lacks'],
      ['three offsets', `{"a":${f32('[1]', '[0,4,4]')}}`, 4, 'a lacks'],
      ['an offset beyond 2^53', `{"a":${f32('[1]', '[0,9007199254740993]')}}`, 4, 'a lacks'],
      ['a size below 0', `{"a":${f32('[-1,-1]', '[0,4]')}}`, 4, 'a lacks'],
      ['a fractional size', `{"a":${f32('[0.5,2]', '[0,4]')}}`, 4, 'a lacks'],
      ['no dtype', '{"a":{"shape":[1],"data_offsets":[0,4]}}', 4, 'a lacks'],
      ['an entry of null', '{"a":null}', 0, 'a lacks'],
      ['an end before the start', `{"a":${f32('[1]', '[4,0]')}}`, 4, 'a has the offsets 4 and 0'],
      [
        'bytes that two tensors share',
        `{"a":${f32('[2]', '[0,8]')},"b":${f32('[1]', '[4,8]')}}`,
        8,
        'b has the offsets 4 and 8, a start at 8 expected',
      ],
      [
        'the same bytes twice',
        `{"a":${f32('[1]', '[0,4]')},"b":${f32('[1]', '[0,4]')}}`,
        4,
        'b has the offsets 0 and 4, a start at 4 expected',
      ],
      [
        'a hole between tensors',
        `{"a":${f32('[1]', '[0,4]')},"b":${f32('[1]', '[8,12]')}}`,
        12,
        'b has the offsets 8 and 12, a start at 4 expected',
      ],
      ['a hole at the start', `{"a":${f32('[1]', '[4,8]')}}`, 8, 'a start at 0 expected'],
      ['bytes after the last', `{"a":${f32('[1]', '[0,4]')}}`, 6, '2 bytes after its last tensor'],
      [
        'another length than the shape’s',
        `{"a":${f32('[2]', '[0,4]')}}`,
        4,
        '8 expected for F32 [2]',
      ],
      [
        'a name given twice',
        `{"a":${f32('[1]', '[0,4]')},"\\u0061":${f32('[1]', '[4,8]')}}`,
        8,
        'its header has a twice',
      ],
      [
        'a field given twice',
        '{"a":{"dtype":"F32","dtype":"I32","shape":[1],"data_offsets":[0,4]}}',
        4,
        'its header has dtype twice',
      ],
      ['metadata that is no text', '{"__metadata__":{"n":1}}', 0, '__metadata__'],
      ['a list for a header', '[]', 0, 'its header is no record'],
    ] as const)('%s', async (_what, header, body, message) => {
      writeFileSync(file, bytesOf(header, body));
      await expect(load(file)).rejects.toThrow(message);
    });

    it('a header that says it is longer than 100 MB, and one that is no UTF-8', async () => {
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(100_000_001n);
      writeFileSync(file, length);
      await expect(load(file)).rejects.toThrow('its first bytes are no header length');
      const bad = bytesOf('{"aa":1}', 0);
      bad[10] = 0xff;
      writeFileSync(file, bad);
      await expect(load(file)).rejects.toThrow('its header is not JSON');
    });

    it('a dtype that is only a word of JavaScript', async () => {
      writeFileSync(
        file,
        bytesOf('{"a":{"dtype":"toString","shape":[1],"data_offsets":[0,4]}}', 4),
      );
      await expect(load(file)).rejects.toThrow('a in');
    });

    it('and takes names that look alike, quotes and braces in them, tensors in any order, and empty ones', async () => {
      const header = `{"b":${f32('[1]', '[4,8]')},"{\\"a":${f32('[1]', '[0,4]')},"none":${f32('[0]', '[4,4]')}, "__metadata__":{"a":"{", "b":"}"}}  `;
      writeFileSync(file, bytesOf(header, 8));
      const { tree: loaded, metadata } = await load(file);
      expect(Object.keys(loaded as object)).toEqual(['b', '{"a', 'none']);
      expect(metadata).toEqual({ a: '{', b: '}' });
      tree.dispose(loaded);
    });
  });

  it('leave the old file as it is, and no other, when writing fails', async () => {
    const sub = mkdtempSync(join(dir, 'failing-'));
    const target = join(sub, 'taken');
    rmSync(target, { force: true });
    const value = { w: tf.scalar(1) };
    await save(value, join(target, 'inner.safetensors'));
    // The target is a folder now: the rename fails after the bytes were written.
    await expect(save(value, target)).rejects.toThrow();
    expect(readdirSync(sub)).toEqual(['taken']);
    tree.dispose(value);
  });
});

describe('loadLike', () => {
  it('names the path that differs in structure, shape or dtype', async () => {
    const value = { encoder: [{ kernel: tf.zeros([2, 3]) }] };
    await save(value, file);
    for (const [like, message] of [
      [
        { encoder: [{ kernel: tf.zeros([2, 4]) }] },
        'encoder[0].kernel is float32 [2, 3] in the file, float32 [2, 4] expected',
      ],
      [
        { encoder: [{ kernel: tf.zeros([2, 3], 'int32') }] },
        'encoder[0].kernel is float32 [2, 3] in the file, int32 [2, 3] expected',
      ],
      [
        { encoder: [{ kernel: tf.zeros([2, 3]), bias: tf.zeros([3]) }] },
        '"encoder[0].bias" is missing',
      ],
    ] as const) {
      await expect(loadLike<unknown>(file, like)).rejects.toThrow(message);
      tree.dispose(like);
    }
    tree.dispose(value);
  });
});
