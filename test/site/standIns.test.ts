/** What stands for Node's modules in a browser does what they do, as far as it goes. */
import nodeAssert from 'node:assert/strict';
import nodeCrypto from 'node:crypto';
import nodePath from 'node:path';
import nodeUtil from 'node:util';
import { inflateSync, crc32 as nodeCrc32 } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import assert from '../../kernel-setup/site/here/node/assert';
import { Bytes } from '../../kernel-setup/site/here/node/bytes';
import * as crypto from '../../kernel-setup/site/here/node/crypto';
import * as path from '../../kernel-setup/site/here/node/path';
import * as util from '../../kernel-setup/site/here/node/util';
import * as zlib from '../../kernel-setup/site/here/node/zlib';

const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i * i * 31 + 7 * i) & 255);

describe('path', () => {
  const paths = [
    '',
    '.',
    '/',
    '/a/b/c.ts',
    'a/../b',
    '../x',
    '/a//b/',
    'a/b/..',
    '.hidden',
    'x.tar.gz',
  ];
  test.each(paths)('%j is taken apart as by Node', (each) => {
    const { posix } = path;
    for (const name of ['normalize', 'dirname', 'basename', 'extname', 'isAbsolute'] as const)
      expect([name, posix[name](each)]).toEqual([name, nodePath.posix[name](each)]);
  });

  test('and put together', () => {
    for (const a of paths)
      for (const b of paths) expect(path.join(a, b)).toBe(nodePath.posix.join(a, b));
    expect(path.resolve('/a/b', '../c', './d')).toBe('/a/c/d');
    expect(path.relative('/a/b/c', '/a/d')).toBe(nodePath.posix.relative('/a/b/c', '/a/d'));
    expect(path.basename('/x/y.ipynb', '.ipynb')).toBe('y');
  });
});

describe('inspect', () => {
  class Point {
    x = 1;
    y = [2, 3];
  }
  const circle: Record<string, unknown> = { a: 1 };
  circle['self'] = circle;
  test.each<[string, unknown]>([
    ['a number', -0],
    ['a text with quotes', `it's "so"`],
    ['a record', { a: 1, 'b c': 'x', d: undefined, e: null, f: 3n }],
    ['what is nested too deeply', { a: { b: { c: { d: 1 } } } }],
    ['an instance', new Point()],
    ['an array', [1, 'two', [3, { four: 4 }]]],
    ['many numbers', Array.from({ length: 120 }, (_, i) => i)],
    ['typed numbers', Float32Array.of(1, 2.5)],
    [
      'a Map',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ b: 2 }, [3]],
      ]),
    ],
    ['a Set', new Set([1, 'b'])],
    ['functions', [Math.max, () => 1, Point]],
    ['an empty array and record', [[], {}]],
    ['a Date', new Date(0)],
    ['a symbol', Symbol('s')],
    [
      'a getter',
      {
        get a() {
          return 1;
        },
      },
    ],
  ])('shows %s as Node does', (_, value) => {
    expect(util.inspect(value)).toBe(nodeUtil.inspect(value));
  });

  test('a long record takes a line for each of its parts', () => {
    const long = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`name${i}`, `value ${i}`]),
    );
    expect(util.inspect(long)).toBe(nodeUtil.inspect(long));
  });

  test('a circle ends', () => {
    expect(util.inspect(circle)).toContain('[Circular *1]');
  });

  test('console.log fills in what its text asks for', () => {
    const values = ['%s is %d, %i, %j, %%', 'x', 1.5, 1.5, { a: 1 }, 'rest'] as const;
    expect(util.format(...values)).toBe(nodeUtil.format(...values));
    expect(util.format('a', 1, { b: 2 })).toBe(nodeUtil.format('a', 1, { b: 2 }));
  });
});

test('isDeepStrictEqual tells alike from unlike as Node does', () => {
  const values = [
    0,
    -0,
    NaN,
    '',
    null,
    undefined,
    [],
    {},
    [1],
    [1, undefined],
    { a: 1 },
    { a: '1' },
  ];
  const more = [
    new Map([[1, 2]]),
    new Map([[1, 3]]),
    new Set([1]),
    new Date(0),
    new Date(1),
    /a/,
    /a/g,
  ];
  for (const a of [...values, ...more])
    for (const b of [...values, ...more])
      expect([a, b, util.isDeepStrictEqual(a, b)]).toEqual([
        a,
        b,
        nodeUtil.isDeepStrictEqual(a, b),
      ]);
});

describe('Bytes', () => {
  test.each(['utf8', 'latin1', 'base64', 'hex'] as const)(
    'are read as %s as by Node',
    (encoding) => {
      const bytes = noise(70_000);
      expect(Bytes.from(bytes).toString(encoding)).toBe(Buffer.from(bytes).toString(encoding));
      const text = Buffer.from(bytes.subarray(0, 300)).toString(encoding);
      expect([...Bytes.from(text, encoding)]).toEqual([...Buffer.from(text, encoding)]);
    },
  );

  it('are compared, joined and filled as by Node', () => {
    const [a, b] = [Bytes.from([1, 2]), Bytes.from([1, 3, 0])];
    expect(Bytes.compare(a, b)).toBe(Buffer.compare(a, b));
    expect(Array.from(Bytes.concat([a, b]))).toEqual([1, 2, 1, 3, 0]);
    expect(Bytes.alloc(3, ' ').toString()).toBe('   ');
    expect(a.equals(Uint8Array.of(1, 2))).toBe(true);
  });

  it('hold whole numbers of four bytes', () => {
    const [bytes, buffer] = [Bytes.alloc(8), Buffer.alloc(8)];
    for (const each of [bytes, buffer]) {
      each.writeUInt32BE(0xdeadbeef, 0);
      each.writeUInt32LE(0xdeadbeef, 4);
    }
    expect([...bytes]).toEqual([...buffer]);
    expect([bytes.readUInt32BE(4), bytes.readUInt32LE(0)]).toEqual([
      buffer.readUInt32BE(4),
      buffer.readUInt32LE(0),
    ]);
  });
});

describe('crypto', () => {
  test.each([0, 1, 55, 56, 63, 64, 65, 1000])('SHA-256 of %d bytes is the true one', (length) => {
    const own = crypto.createHash('sha256').update(noise(length)).update('x').digest('hex');
    expect(own).toBe(
      nodeCrypto.createHash('sha256').update(noise(length)).update('x').digest('hex'),
    );
  });

  it('makes identifiers of version 4, each another', () => {
    const all = Array.from({ length: 50 }, () => crypto.randomUUID());
    expect(new Set(all).size).toBe(50);
    for (const each of all)
      expect(each).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('zlib', () => {
  test.each([0, 1, 65_535, 65_536, 200_000])(
    '%d bytes come back from what is not compressed',
    (n) => {
      expect(Buffer.compare(inflateSync(zlib.deflateSync(noise(n))), noise(n))).toBe(0);
    },
  );

  it('sums as Node does', () => {
    if (typeof nodeCrc32 === 'function') expect(zlib.crc32(noise(999))).toBe(nodeCrc32(noise(999)));
    expect(zlib.crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

describe('assert', () => {
  const cases: readonly (readonly [string, (a: typeof assert) => void])[] = [
    ['a truth', (a) => a(1)],
    ['a falsehood', (a) => a(0, 'zero is false')],
    ['equal numbers', (a) => a.equal(1, 1)],
    ['a number and its text', (a) => a.equal(1, '1', 'not the same')],
    ['records that are alike', (a) => a.deepEqual({ a: [1] }, { a: [1] })],
    ['records that are not', (a) => a.deepEqual({ a: 1 }, { a: 2 }, 'unlike')],
    ['a text that matches', (a) => a.match('abc', /b/)],
    ['one that does not', (a) => a.match('abc', /d/, 'no d')],
    ['what throws as it should', (a) => a.throws(() => JSON.parse('{'), SyntaxError)],
    ['what throws otherwise', (a) => a.throws(() => JSON.parse('{'), /another/)],
    ['what should throw and does not', (a) => a.throws(() => 1)],
  ];
  test.each(cases)('%s: as Node judges', (_, claim) => {
    const outcome = (a: typeof assert): string => {
      try {
        claim(a);
        return 'holds';
      } catch (error) {
        return (error as Error).name;
      }
    };
    expect(outcome(assert)).toBe(outcome(nodeAssert as unknown as typeof assert));
  });

  it('what fails says what was given', () => {
    expect(() => assert.equal(1, 2)).toThrow('1 given, 2 expected');
    expect(() => assert(false, 'in words')).toThrow('in words');
  });

  it('a promise that should be rejected and is not fails', async () => {
    await expect(assert.rejects(Promise.resolve(1))).rejects.toThrow('Missing expected');
    await assert.rejects(Promise.reject(new RangeError('x')), RangeError);
  });
});
