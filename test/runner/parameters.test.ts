import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { declaredParameters, injectedSource } from '../../kernel-setup/runner/parameters.mjs';

const source = `
type Depth = 'shallow' | 'deep';
// How long, and how thorough.
const steps: number = 50, rate = 1e-3;
const budget: 'quick' | 'full' = 'quick';
let seed = 1;
const verbose = false;
const name = 'digits';
const widths = [64, 128];
const pair: readonly [number, string] = [1, 'a'];
const depth: Depth = 'deep';
const limit: number | null = null;
const level = 1 as 1 | 2;
const minutes = 2 * 60;
const made = makeSomething();
function helper() { const inner = 1; return inner; }
`;
const declared = declaredParameters(source);
const inject = (name: string, text: string): string =>
  injectedSource(declared, [[name, text]], '05.ipynb').split('\n')[1] ?? '';

describe('parameters', () => {
  it('are the variables at the top of the cell, with the type written or that of their value', () => {
    expect([...declared.values()].map(({ name, type }) => [name, type])).toEqual([
      ['steps', 'number'],
      ['rate', 'number'],
      ['budget', "'quick' | 'full'"],
      ['seed', 'number'],
      ['verbose', 'boolean'],
      ['name', 'string'],
      ['widths', 'number[]'],
      ['pair', 'readonly [number, string]'],
      ['depth', 'Depth'],
      ['limit', 'number | null'],
      ['level', '1 | 2'],
      ['minutes', 'number'],
      ['made', expect.stringContaining('annotation')],
    ]);
  });

  it.each([
    ['steps', '50', 'const steps: number = 50;'],
    ['steps', '-1e3', 'const steps: number = -1000;'],
    ['rate', '.5', 'const rate: number = 0.5;'],
    ['budget', 'full', `const budget: 'quick' | 'full' = "full";`],
    ['seed', '7', 'let seed: number = 7;'],
    ['verbose', 'true', 'const verbose: boolean = true;'],
    ['name', '7', 'const name: string = "7";'],
    ['name', '"quoted"', String.raw`const name: string = "\"quoted\"";`],
    ['name', '', 'const name: string = "";'],
    ['widths', '[1,2]', 'const widths: number[] = [1,2];'],
    ['pair', '[2,"b"]', 'const pair: readonly [number, string] = [2,"b"];'],
    ['depth', 'shallow', 'const depth: Depth = "shallow";'],
    ['limit', 'null', 'const limit: number | null = null;'],
    ['level', '2', 'const level: 1 | 2 = 2;'],
  ])('-p %s=%s keeps the declared type', (name, text, expected) => {
    expect(inject(name, text)).toBe(expected);
  });

  it.each([
    ['steps', 'many', /"many" given, number expected/],
    ['steps', '', /"" given, number expected/],
    ['steps', '1e999', /number expected/],
    ['steps', 'NaN', /number expected/],
    ['steps', '[1]', /number expected/],
    ['budget', 'huge', /"huge" given, 'quick' \| 'full' expected/],
    ['verbose', '1', /boolean expected/],
    ['widths', '[1,"2"]', /number\[\] expected/],
    ['pair', '[1]', /expected/],
    ['level', '3', /1 \| 2 expected/],
    ['made', '1', /a type annotation in the notebook/],
    ['step', '1', /05.ipynb has no such parameter; it declares: steps, rate, budget/],
    ['inner', '1', /no such parameter/],
  ])('-p %s=%s is refused, saying what is expected', (name, text, message) => {
    expect(() => inject(name, text)).toThrow(message);
  });

  it('a notebook that declares none says so', () => {
    expect(() => injectedSource(declaredParameters(''), [['a', '1']], 'x.ipynb')).toThrow(
      /it declares none in a cell tagged "parameters"/,
    );
  });

  /** What a variable of the injected cell is worth. */
  const valueOf = (name: string, text: string): unknown => {
    const { outputText } = ts.transpileModule(injectedSource(declared, [[name, text]], 'x'), {});
    return new Function(`${outputText}; return ${name};`)() as unknown;
  };

  it('any number comes out as it went in', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(valueOf('steps', String(number))).toBe(number === 0 ? 0 : number);
      }),
    );
  });

  it('any text comes out as it went in, and is never run as code', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(valueOf('name', text)).toBe(text);
      }),
    );
  });

  it('a text that is none of its union is refused', () => {
    const other = fc.string().filter((text) => text !== 'quick' && text !== 'full');
    fc.assert(
      fc.property(other, (text) => {
        expect(() => inject('budget', text)).toThrow(/expected/);
      }),
    );
  });
});
