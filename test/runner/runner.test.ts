/** The runner as a program, with the real kernel. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Notebook } from '../../kernel-setup/runner/notebook.mjs';
import {
  outputsOf,
  printed,
  processesLeft,
  processesWith,
  run,
  startRunner,
  temporaryFolder,
  writeNotebook,
  type Ended,
} from './support';

/** Long enough for a kernel on a busy machine. */
const patience = 180_000;

interface Report {
  passed: number;
  failed: number;
  notebooks: {
    status: string;
    error: { cell: number | null; line: number | null; name: string; message: string } | null;
    html: string | null;
    cells: { cell: number | null; status: string }[];
  }[];
}
const readReport = (path: string): Report => JSON.parse(readFileSync(path, 'utf8')) as Report;

describe('notebooks that pass and notebooks that do not, two at a time', () => {
  const folder = temporaryFolder();
  const out = join(folder, 'out');
  let ended: Ended;
  let report: Report;
  let sources: string[];

  beforeAll(async () => {
    const paths = [
      writeNotebook(folder, 'a-passes', [
        'const x: number = 20 + 1;',
        ['throw new Error("on purpose")', 'raises-exception'],
        ['thisIsNot.run()', 'skip-execution'],
        'console.log(x * 2)',
      ]),
      writeNotebook(folder, 'b-throws', [
        'console.log("first")',
        '// a comment\nthrow new RangeError("too <far>")',
        'console.log("never")',
      ]),
      writeNotebook(folder, 'c-dies', ['process.exit(7)']),
      writeNotebook(folder, 'd-late', ['setTimeout(() => { throw new Error("too late") }, 0); 1']),
      writeNotebook(folder, 'e-types', ['const wrong: number = "text"']),
    ];
    sources = paths.map((path) => readFileSync(path, 'utf8'));
    ended = await run(
      ...paths,
      '--jobs',
      '2',
      '--out',
      out,
      '--html',
      '--report',
      join(folder, 'r.json'),
      '--report',
      join(folder, 'r.xml'),
    );
    report = readReport(join(folder, 'r.json'));
    expect(paths.map((path) => readFileSync(path, 'utf8'))).toEqual(sources);
  }, patience);

  it('exits with 1, and tells each result on stdout', () => {
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^passed {2}a-passes/m);
    expect(ended.stdout.trimEnd().split('\n').at(-1)).toBe('1 passed, 4 failed');
    expect(report).toMatchObject({ passed: 1, failed: 4 });
  });

  it('tells each cell on stderr', () => {
    expect(ended.stderr).toMatch(/^a-passes {2}cell 2\/4 {2}passed/m);
    expect(ended.stderr).toMatch(/^a-passes {2}cell 3\/4 {2}skipped/m);
    expect(ended.stderr).toMatch(/^b-throws {2}cell 2\/3 {2}failed/m);
  });

  it('honours raises-exception and skip-execution', () => {
    const [, raised, skipped, last] = outputsOf(join(out, 'a-passes.ipynb'));
    expect(raised).toMatchObject([{ output_type: 'error', evalue: 'on purpose' }]);
    expect(skipped).toEqual([]);
    expect(printed(last)).toBe('42\n');
    expect(report.notebooks[0]!.cells.map(({ status }) => status)).toEqual([
      'passed',
      'passed',
      'skipped',
      'passed',
    ]);
  });

  it('names notebook, cell, line and message of an error', () => {
    expect(ended.stdout).toContain('b-throws, cell 2, line 2: RangeError: too <far>');
    expect(report.notebooks[1]).toMatchObject({
      status: 'failed',
      error: { cell: 2, line: 2, name: 'RangeError', message: 'too <far>' },
    });
    expect(report.notebooks[1]!.cells.map(({ status }) => status)).toEqual([
      'passed',
      'failed',
      'not run',
    ]);
  });

  it('writes the partial notebook with the error in it, and nothing half-written beside it', () => {
    const [first, second, third] = outputsOf(join(out, 'b-throws.ipynb'));
    expect(printed(first)).toBe('first\n');
    expect(second).toMatchObject([
      { output_type: 'error', ename: 'RangeError', evalue: 'too <far>' },
    ]);
    expect(third).toEqual([]);
    const names = ['a-passes', 'b-throws', 'c-dies', 'd-late', 'e-types'];
    expect(readdirSync(out).sort()).toEqual(
      names.flatMap((name) => [`${name}.html`, `${name}.ipynb`]),
    );
  });

  it('a kernel that dies fails its cell', () => {
    expect(report.notebooks[2]).toMatchObject({
      status: 'failed',
      error: {
        cell: 1,
        name: 'KernelDied',
        message: expect.stringContaining('exit code 7') as string,
      },
    });
    expect(outputsOf(join(out, 'c-dies.ipynb'))[0]!.at(-1)).toMatchObject({ ename: 'KernelDied' });
  });

  it('an exception after the last cell has ended still fails it', () => {
    expect(report.notebooks[3]).toMatchObject({
      status: 'failed',
      error: { cell: 1, line: 1, message: 'too late' },
    });
  });

  it('a type error fails the cell, with its line', () => {
    expect(report.notebooks[4]).toMatchObject({
      status: 'failed',
      error: { cell: 1, line: 1, message: expect.stringContaining('TS2322') as string },
    });
  });

  it('makes HTML pages, of failures too', () => {
    expect(readFileSync(join(out, 'a-passes.html'), 'utf8')).toContain('42');
    expect(readFileSync(join(out, 'b-throws.html'), 'utf8')).toContain('too &lt;far&gt;');
  });

  it('writes the JUnit report', () => {
    expect(readFileSync(join(folder, 'r.xml'), 'utf8')).toMatch(
      /<testsuites name="notebooks" tests="10" failures="4" errors="0" skipped="2"/,
    );
  });
});

describe('what a cell starts and does not await', () => {
  const folder = temporaryFolder();
  const claims = `import assert from 'node:assert/strict';
async function claims(): Promise<void> {
  await new Promise((done) => setTimeout(done, 300));
  assert(false, 'the claim fails');
}`;
  let report: Report;
  let ended: Ended;
  beforeAll(async () => {
    const paths = [
      writeNotebook(folder, 'a-last', [`${claims}\nclaims();`]),
      writeNotebook(folder, 'b-void', [`${claims}\nvoid claims();`, '1']),
      writeNotebook(folder, 'c-meets-another', [
        `${claims}\nvoid claims();`,
        ['await new Promise((done) => setTimeout(done, 2000))', 'raises-exception'],
        '1',
      ]),
      writeNotebook(folder, 'd-two', [
        'setTimeout(() => { throw new Error("first") }, 100); 0',
        'setTimeout(() => { throw new Error("second") }, 500); 0',
      ]),
      writeNotebook(folder, 'e-passes', ['setTimeout(() => console.log("late"), 300); 0']),
      writeNotebook(folder, 'f-shows', [
        'setTimeout(() => (globalThis as any)[Symbol.for("dark-matter.host")].display({ "text/plain": "late" }), 300); 0',
        '1',
      ]),
    ];
    const out = join(folder, 'out');
    ended = await run(...paths, '-j', '2', '--out', out, '--report', join(folder, 'r.json'));
    report = readReport(join(folder, 'r.json'));
  }, patience);

  it.each([
    ['as the last expression', 0],
    ['behind void', 1],
    ['while another cell runs, even one that may fail', 2],
  ])('a claim that fails later fails its own cell: %s', (_, index) => {
    expect(report.notebooks[index]).toMatchObject({
      status: 'failed',
      error: { cell: 1, line: 4, name: 'AssertionError', message: 'the claim fails' },
    });
    expect(report.notebooks[index]!.cells[0]!.status).toBe('failed');
    const name = ['a-last', 'b-void', 'c-meets-another'][index]!;
    expect(ended.stdout).toContain(`${name}, cell 1, line 4: AssertionError: the claim fails`);
    expect(outputsOf(join(folder, 'out', `${name}.ipynb`))[0]!.at(-1)).toMatchObject({
      output_type: 'error',
      evalue: 'the claim fails',
    });
  });

  it('each late failure is found, not only the first', () => {
    expect(report.notebooks[3]!.cells.map(({ status }) => status)).toEqual(['failed', 'failed']);
  });

  it('what succeeds late passes, and what it prints is kept', () => {
    expect(report.notebooks[4]).toMatchObject({ status: 'passed', error: null });
    expect(printed(outputsOf(join(folder, 'out', 'e-passes.ipynb'))[0])).toBe('late\n');
  });

  it.each([
    ['prints', 'e-passes', 'stream', [1]],
    ['shows', 'f-shows', 'display_data', [1, 2]],
    ['fails', 'd-two', 'error', [1, 2]],
  ])('a cell that %s late keeps its number', (_, name, kind, numbers) => {
    const path = join(folder, 'out', `${name}.ipynb`);
    expect(outputsOf(path)[0]!.at(-1)).toMatchObject({ output_type: kind });
    const { cells } = JSON.parse(readFileSync(path, 'utf8')) as Notebook;
    expect(cells.map(({ execution_count }) => execution_count)).toEqual(numbers);
  });
});

describe('one bad notebook', () => {
  const folder = temporaryFolder();
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, `${name}.ipynb`), text);
    return join(folder, `${name}.ipynb`);
  };

  it(
    'has its row like the others, which are run',
    async () => {
      const cell = { cell_type: 'code', id: 'a', metadata: {}, outputs: [], execution_count: null };
      const head = { nbformat: 4, nbformat_minor: 5, metadata: {} };
      const paths = [
        write('a-no-source', JSON.stringify({ ...head, cells: [cell] })),
        write('b-no-json', '{ "cells": ['),
        write('c-format-3', JSON.stringify({ nbformat: 3, worksheets: [] })),
        write(
          'd-no-outputs',
          JSON.stringify({ ...head, cells: [{ cell_type: 'code', source: '1' }] }),
        ),
        writeNotebook(folder, 'e-passes', ['1']),
      ];
      const reports = ['--report', join(folder, 'r.json'), '--report', join(folder, 'r.xml')];
      const { code, stdout } = await run(...paths, '--out', join(folder, 'out'), ...reports);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^failed {2}a-no-source/m);
      expect(stdout).toMatch(/^passed {2}e-passes/m);
      const { notebooks } = readReport(join(folder, 'r.json'));
      expect(notebooks.map(({ error }) => error?.name)).toEqual([
        'BadNotebook',
        'BadNotebook',
        'BadNotebook',
        'BadNotebook',
        undefined,
      ]);
      expect(notebooks[0]!.error!.message).toContain('cell 1 of all has no source');
      const xml = readFileSync(join(folder, 'r.xml'), 'utf8');
      expect(xml.match(/<testsuite /g)).toHaveLength(5);
      expect(xml).toMatch(/name="a-no-source".*<failure type="BadNotebook"/);
    },
    patience,
  );

  it(
    'that cannot be written to its end costs neither the others nor the report: 3',
    async () => {
      const out = join(folder, 'lost');
      const taken = JSON.stringify(join(out, 'a-lost.ipynb'));
      const paths = [
        writeNotebook(folder, 'a-lost', [
          `import { mkdirSync, rmSync } from 'node:fs';\nrmSync(${taken});\nmkdirSync(${taken} + '/x', { recursive: true });`,
          '1',
        ]),
        writeNotebook(folder, 'b-passes', ['1']),
      ];
      const reports = ['--report', join(folder, 'l.json'), '--report', join(folder, 'l.xml')];
      const { code, stdout, stderr } = await run(...paths, '--out', out, ...reports);
      expect(code).toBe(3);
      expect(stdout).toContain('1 passed, 1 failed');
      expect(stderr).toContain('give another folder with --out');
      expect(readReport(join(folder, 'l.json')).notebooks).toMatchObject([
        { status: 'failed', error: { name: 'Fault' } },
        { status: 'passed' },
      ]);
      expect(readFileSync(join(folder, 'l.xml'), 'utf8')).toContain('a-lost');
    },
    patience,
  );
});

describe('before anything runs', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const path = writeNotebook(folder, 'never', ['console.log("ran")']);

  it.each([
    ['a report below a file', ['--report', join(file, 'r.json')], 'cannot be written'],
    ['a report that is a folder', ['--report', folder], 'expected'],
    [
      'a report that is a folder by the right name',
      ['--report', join(folder, 'r.json')],
      'is a folder',
    ],
    ['a report where nothing can be written', ['--report', '/proc/r.xml'], 'cannot be written'],
    ['an output folder that is a file', ['--out', file], 'cannot be written'],
  ])('%s is told', async (_, args, said) => {
    mkdirSync(join(folder, 'r.json'), { recursive: true });
    const out = join(folder, 'out');
    const { code, stdout, stderr } = await run(path, '--out', out, ...args);
    expect([2, 3]).toContain(code);
    expect(stderr).toContain(said);
    expect(stdout).toBe('');
    expect(existsSync(join(out, 'never.ipynb'))).toBe(false);
  });
});

describe('parameters', () => {
  const folder = temporaryFolder();
  const declaring = [
    'const steps: number = 5;\nconst budget: "quick" | "full" = "quick";',
    'parameters',
  ] as const;

  it(
    'reach the cells below, with their types',
    async () => {
      const path = writeNotebook(folder, 'p', [declaring, 'console.log(steps + 1, budget)']);
      const { code } = await run(
        path,
        '-p',
        'steps=50',
        '-p',
        'budget=full',
        '--out',
        join(folder, 'out'),
      );
      expect(code).toBe(0);
      expect(printed(outputsOf(join(folder, 'out', 'p.ipynb'))[2])).toBe('51 full\n');
    },
    patience,
  );

  it.each([
    [['-p', 'step=50'], /step: p\.ipynb has no such parameter; it declares: steps, budget/],
    [['-p', 'steps=many'], /"many" given, number expected/],
    [['-p', 'budget=huge'], /"huge" given, "quick" \| "full" expected/],
  ])('%j is an error before anything runs', async (args, message) => {
    const path = writeNotebook(folder, 'p', [declaring]);
    const { code, stderr } = await run(path, ...args, '--out', join(folder, 'unused'));
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(join(folder, 'unused', 'p.ipynb'))).toBe(false);
  });
});

describe('wrong usage', () => {
  it('no notebook matched: 2', async () => {
    expect(await run('zzz*')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no notebook matches zzz*') as string,
    });
  });

  it('an output folder that would overwrite the source: 2', async () => {
    const folder = temporaryFolder();
    const path = writeNotebook(folder, 'source', ['1']);
    expect(await run(path, '--out', folder)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds the source') as string,
    });
  });

  it('--help explains, and exits with 0', async () => {
    expect(await run('--help')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--cell-timeout') as string,
    });
  });
});

describe('time limits', () => {
  it(
    'a cell that takes too long ends its notebook: 124, with the partial notebook',
    async () => {
      const folder = temporaryFolder();
      const paths = [
        writeNotebook(folder, 'busy', ['while (true) {}', '1']),
        writeNotebook(folder, 'idle', ['await new Promise(() => {})', '1']),
      ];
      const { code, stdout } = await run(
        ...paths,
        '--cell-timeout',
        '4',
        '--jobs',
        '2',
        '--out',
        join(folder, 'out'),
        '--report',
        join(folder, 'r.json'),
      );
      expect(code).toBe(124);
      expect(stdout).toContain('busy, cell 1');
      for (const notebook of readReport(join(folder, 'r.json')).notebooks) {
        expect(notebook).toMatchObject({
          status: 'timeout',
          error: { cell: 1, name: 'CellTimeout' },
          cells: [{ status: 'timeout' }, { status: 'not run' }],
        });
      }
      for (const name of ['busy', 'idle'])
        expect(outputsOf(join(folder, 'out', `${name}.ipynb`))[0]!.at(-1)).toMatchObject({
          ename: 'CellTimeout',
        });
    },
    patience,
  );

  it(
    'a notebook that takes too long as a whole: 124',
    async () => {
      const folder = temporaryFolder();
      const path = writeNotebook(folder, 'long', ['while (true) {}']);
      const { code } = await run(
        path,
        '--timeout',
        '6',
        '--out',
        join(folder, 'out'),
        '--report',
        join(folder, 'r.json'),
      );
      expect(code).toBe(124);
      expect(readReport(join(folder, 'r.json')).notebooks[0]).toMatchObject({
        status: 'timeout',
        error: { name: 'NotebookTimeout' },
      });
    },
    patience,
  );
});

describe.skipIf(!existsSync('/proc/self/cmdline'))('nothing outlives the runner', () => {
  /**
   * A notebook whose first cell starts a process that tries to get away, and whose second never
   * ends.
   */
  function start(folder: string): ReturnType<typeof startRunner> {
    const escape = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '${folder}/escaped'], { detached: true, stdio: 'ignore' }).unref(); console.log('started')`;
    const paths = [
      writeNotebook(folder, 'endless', [escape, 'await new Promise(() => {})', '1']),
      writeNotebook(folder, 'next', ['1']),
    ];
    return startRunner([
      ...paths,
      '--out',
      join(folder, 'out'),
      '--report',
      join(folder, 'r.json'),
    ]);
  }
  /** The kernel is known by its connection file. */
  const kernelOf = (pid: number | undefined): string => join('.dark-matter', 'runs', `${pid}-`);

  it(
    'SIGINT: 130, the partial notebook and the report are written',
    async () => {
      const folder = temporaryFolder();
      const { child, ended, saying } = start(folder);
      await saying('cell 1/3  passed');
      expect(processesWith(kernelOf(child.pid))).not.toEqual([]);
      expect(processesWith(`${folder}/escaped`)).not.toEqual([]);
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      expect(processesWith(kernelOf(child.pid))).toEqual([]);
      expect(processesWith(`${folder}/escaped`)).toEqual([]);
      const [first, second] = outputsOf(join(folder, 'out', 'endless.ipynb'));
      expect(printed(first)).toBe('started\n');
      expect(second!.at(-1)).toMatchObject({ ename: 'Interrupted' });
      const { notebooks } = readReport(join(folder, 'r.json'));
      expect(notebooks.map(({ status }) => status)).toEqual(['interrupted', 'not run']);
    },
    patience,
  );

  it(
    'SIGKILL: after 10 s there is no kernel, nor anything that it started; what had run is written',
    async () => {
      const folder = temporaryFolder();
      const { child, ended, saying } = start(folder);
      await saying('cell 1/3  passed');
      child.kill('SIGKILL');
      await ended;
      expect(await processesLeft(kernelOf(child.pid), 10)).toEqual([]);
      expect(await processesLeft(`${folder}/escaped`, 10)).toEqual([]);
      expect(printed(outputsOf(join(folder, 'out', 'endless.ipynb'))[0])).toBe('started\n');
    },
    patience,
  );

  it(
    'SIGKILL of runner and Python together: the kernel is gone all the same',
    async () => {
      const folder = temporaryFolder();
      const { child, ended, saying } = start(folder);
      await saying('cell 1/3  passed');
      // No child has the runner's id in its command line but the kernel; Python is found as its
      // parent.
      const [kernel] = processesWith(kernelOf(child.pid));
      const python = Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${kernel}/stat`, 'utf8'))![1]);
      process.kill(python, 'SIGSTOP');
      child.kill('SIGKILL');
      process.kill(python, 'SIGKILL');
      await ended;
      expect(await processesLeft(kernelOf(child.pid), 10)).toEqual([]);
      for (const escaped of processesWith(`${folder}/escaped`)) process.kill(escaped, 'SIGKILL');
    },
    patience,
  );
});
