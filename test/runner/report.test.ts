import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exitCode } from '../../kernel-setup/runner/ending.mjs';
import { asJson, asJUnit } from '../../kernel-setup/runner/report.mjs';
import { totalOf } from '../../kernel-setup/runner/total.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';

type Run = Parameters<typeof asJUnit>[0];
type Result = Run['results'][number];
type Cell = Result['cells'][number];

const cell = (number: number | null, status: Cell['status'], message?: string): Cell => ({
  cell: number,
  index: number ?? 0,
  id: undefined,
  status,
  seconds: 0.5,
  executionCount: number,
  error: message === undefined ? null : { name: 'Error', message, line: 1, traceback: message },
});

const result = (
  status: Result['status'],
  cells: Cell[],
  error: Result['error'] = null,
): Result => ({
  notebook: '/clone/notebooks/05-x.ipynb',
  executed: '/clone/out/05-x.ipynb',
  html: null,
  status,
  seconds: 1.23456,
  error,
  cells,
});

const runOf = (...results: Result[]): Run => ({
  results,
  started: new Date(0),
  seconds: 2,
  parameters: { seed: '1' },
  root: '/clone',
});

/** Reads XML with Python's parser: the name, attributes and text of each element, in order. */
function elements(
  xml: string,
): [name: string, attributes: Record<string, string>, text: string | null][] {
  const program =
    'import sys, json, xml.etree.ElementTree as e; print(json.dumps([[x.tag, x.attrib, x.text] for x in e.fromstring(sys.stdin.buffer.read()).iter()]))';
  return JSON.parse(
    execFileSync(locate().python, ['-c', program], { input: xml, encoding: 'utf8' }),
  ) as ReturnType<typeof elements>;
}

describe('the JUnit report', () => {
  it('has a suite a notebook and a case a cell, and counts them', () => {
    const failed = result('failed', [
      cell(1, 'passed'),
      cell(2, 'failed', 'a <b> & "c"'),
      cell(3, 'skipped'),
      cell(4, 'not run'),
    ]);
    const found = elements(asJUnit(runOf(failed, result('timeout', [cell(1, 'timeout', 'slow')]))));
    expect(found.map(([name]) => name)).toEqual([
      'testsuites',
      'testsuite',
      'testcase',
      'testcase',
      'failure',
      'testcase',
      'skipped',
      'testcase',
      'skipped',
      'testsuite',
      'testcase',
      'error',
    ]);
    expect(found[0]![1]).toMatchObject({ tests: '5', failures: '1', errors: '1', skipped: '2' });
    expect(found[1]![1]).toMatchObject({ name: '05-x', tests: '4', failures: '1', time: '1.235' });
    expect(found[4]).toEqual([
      'failure',
      { type: 'Error', message: 'line 1: Error: a <b> & "c"' },
      'a <b> & "c"',
    ]);
  });

  it('has a case for a notebook that failed outside of its cells', () => {
    const error = {
      cell: null,
      line: null,
      name: 'NotebookTimeout',
      message: 'too long',
      traceback: '',
    };
    const found = elements(asJUnit(runOf(result('timeout', [cell(1, 'not run')], error))));
    expect(found.filter(([name]) => name === 'error')).toEqual([
      [
        'error',
        { type: 'NotebookTimeout', message: 'NotebookTimeout: too long' },
        'NotebookTimeout: too long',
      ],
    ]);
  });

  it('is well-formed whatever an error says', () => {
    const messages = fc.sample(fc.string({ unit: 'binary', minLength: 1 }), 300);
    // What XML cannot hold is replaced; all else comes back as it was.
    const holdable = (text: string): string =>
      text.replace(/[\p{Cs}\ufffe\uffff]|(?![\t\n\r])\p{Cc}/gu, '\ufffd');
    const found = elements(
      asJUnit(
        runOf(
          result(
            'failed',
            messages.map((message, i) => cell(i + 1, 'failed', message)),
          ),
        ),
      ),
    );
    expect(found.filter(([name]) => name === 'failure').map(([, , text]) => text)).toEqual(
      messages.map(holdable),
    );
  });
});

describe('the JSON report', () => {
  it('tells paths from the clone, and counts every notebook that has not passed as failed', () => {
    const report = JSON.parse(
      asJson(runOf(result('passed', [cell(1, 'passed')]), result('not run', [cell(1, 'not run')]))),
    ) as Record<string, unknown>;
    expect(report).toMatchObject({
      passed: 1,
      failed: 1,
      parameters: { seed: '1' },
      started: '1970-01-01T00:00:00.000Z',
    });
    expect(report['notebooks']).toMatchObject([
      {
        notebook: 'notebooks/05-x.ipynb',
        executed: 'out/05-x.ipynb',
        seconds: 1.235,
        cells: [{ cell: 1, status: 'passed' }],
      },
      { status: 'not run' },
    ]);
  });
});

describe('the exit code', () => {
  it.each([
    [['passed', 'passed'], false, 0],
    [['passed', 'failed', 'timeout'], false, 1],
    [['passed', 'timeout'], false, 124],
    [['passed', 'failed', 'interrupted'], true, 130],
    [['passed', 'not run'], true, 130],
  ] as const)('%j, interrupted: %j -> %i', (statuses, interrupted, code) => {
    expect(exitCode(statuses, interrupted)).toBe(code);
  });
});

it('the whole collection is told beside what it should take; a part of it without', () => {
  expect(totalOf([{ seconds: 59.6 }], 61, false)).toBe('1 notebook in 1 min 1 s');
  expect(totalOf([{ seconds: 30 }, { seconds: 70 }], 100, true)).toBe(
    '2 notebooks in 1 min 40 s, the longest 1 min 10 s; within the 20 min that all should take on 2 idle cores',
  );
  expect(totalOf([{ seconds: 1300 }, { seconds: 70 }], 1370, true)).toContain(
    '; more than the 20 min',
  );
});
