import { describe, expect, test } from 'vitest';
import { isComplete } from '../../../kernel-setup/kernel/compiler/completeInput';

describe('input in a console', () => {
  test.each([
    '',
    ' ',
    '1',
    'const a = 1',
    'const a = 1;\n',
    'f(1)',
    'if (x) { y }',
    'function f() {\n  return 1;\n}',
    '`a\nb`',
    '/* a */',
    '// a',
    'for (const x of xs) f(x)',
    'class A {}',
    'type A = { a: 1 }',
    'await f()',
    'const s = "\\\n"',
    '({ a: 1 })',
    'x => x',
    'let x: number = "wrong type"',
  ])('%j is complete', (source) => {
    expect(isComplete(source)).toEqual({ status: 'complete' });
  });

  test.each([
    'if (x) {',
    'function f() {',
    'f(',
    'f(1,',
    'const a =',
    'const a = [',
    'a +',
    'a.',
    '`abc',
    '`a${',
    '`a${b',
    '/* a',
    '/** doc\n *',
    'class A {',
    'class A {\n  m() {\n  }',
    'const f = () =>',
    'type A = {',
    'import {',
    'for (const x of xs)',
    'if (x)',
    'try {\n}',
    'switch (x) {\n  case 1:',
    'const { a,',
    '@decorator',
    'async function f(',
    'a ? b :',
    '"abc\\\\',
  ])('%j wants more', (source) => {
    expect(isComplete(source).status).toBe('incomplete');
  });

  test.each([
    ')',
    'const = 1',
    'let 1a',
    '1 2',
    '}',
    'f(]',
    '"abc',
    "'abc\nd'",
    'if )',
    'a b c',
    '\u0000',
    'const a = ];',
    '(() => {)',
  ])('%j is invalid', (source) => {
    expect(isComplete(source).status).toBe('invalid');
  });

  test.each([
    ['if (x) {', '  '],
    ['if (x) {\n', '  '],
    ['if (x) {\n  if (y) {', '    '],
    ['if (x) {\n  y;', '  '],
    ['if (x) {\n    if (y) {', '        '],
    ['if (x) {\n\tif (y) {', '\t\t'],
    ['f(1,', '  '],
    ['f(1,\n  2,', '  '],
    ['const a =', ''],
    ['class A {\n  m() {\n  }', '  '],
    ['`abc {', ''],
    ['/* {', ''],
    ['const s = "{"; f(', '  '],
  ])('after %j the next line starts with %j', (source, indent) => {
    expect(isComplete(source)).toEqual({ status: 'incomplete', indent });
  });

  test('very deep nesting is answered', () => {
    expect(isComplete('('.repeat(100_000)).status).toMatch(/invalid|incomplete/);
  });
});
