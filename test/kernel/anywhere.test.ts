/**
 * The kernel installed into an environment, for a project that knows nothing of this one: its
 * tsconfig, its packages, and the programs that run notebooks.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installTranslator, uninstallTranslator } from '../../kernel-setup/install/papermill.mjs';
import { install } from '../../kernel-setup/install/specs.mjs';
import { buildKernel, python, root } from './client';

const installed =
  python !== undefined &&
  spawnSync(python, ['-c', 'import papermill, jupyter_console']).status === 0;

const home = mkdtempSync(join(tmpdir(), 'kernel anywhere '));
const project = join(home, 'project');
const notebook = join(project, 'notebooks', 'a.ipynb');
const data = join(home, 'prefix', 'share', 'jupyter');
const env = {
  ...process.env,
  JUPYTER_PATH: data,
  JUPYTER_CONFIG_DIR: join(home, 'config'),
  JUPYTER_RUNTIME_DIR: join(home, 'runtime'),
};
afterAll(() => rmSync(home, { recursive: true, force: true }));

function write(name: string, content: string | object): void {
  const file = join(project, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

/** A notebook of these cells; the first are parameters. */
function notebookOf(cells: readonly string[]): object {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'elsewhere', display_name: 'Elsewhere', language: 'typescript' },
      language_info: { name: 'typescript' },
    },
    cells: cells.map((source, i) => ({
      cell_type: 'code',
      id: `c${i}`,
      metadata: { tags: i === 0 ? ['parameters'] : [] },
      execution_count: null,
      outputs: [],
      source,
    })),
  };
}

function run(...args: string[]): { status: number | null; said: string } {
  const { status, stdout, stderr } = spawnSync(python!, args, {
    env,
    cwd: dirname(notebook),
    encoding: 'utf8',
  });
  return { status, said: stdout + stderr };
}

/** What a notebook's cells printed. */
function printed(file: string): string {
  const { cells } = JSON.parse(readFileSync(file, 'utf8')) as {
    cells: { outputs?: { text?: string[] | string }[] }[];
  };
  return cells
    .flatMap(({ outputs = [] }) => outputs.flatMap(({ text = [] }) => text))
    .join('')
    .trim();
}

beforeAll(async () => {
  if (!installed) return;
  buildKernel();
  install(data, { root, name: 'elsewhere' });
  await installTranslator(python);
  write('tsconfig.json', {
    compilerOptions: {
      strict: false,
      experimentalDecorators: true,
      paths: { '@/*': ['./src/*'] },
    },
  });
  write(
    'src/greet.ts',
    "import { seven } from 'only-esm'; export const greet = (name) => 'Hello, ' + name; export const same = seven;",
  );
  // A package of the workspace, and one from a registry that is an ES module only.
  write('packages/shapes/package.json', { name: '@own/shapes', main: 'src/index.ts' });
  write(
    'packages/shapes/src/index.ts',
    'export const sides: Record<string, number> = await Promise.resolve({ square: 4 });',
  );
  mkdirSync(join(project, 'node_modules', '@own'), { recursive: true });
  symlinkSync(join(project, 'packages', 'shapes'), join(project, 'node_modules', '@own', 'shapes'));
  write('node_modules/only-esm/package.json', {
    name: 'only-esm',
    type: 'module',
    exports: './index.js',
  });
  write('node_modules/only-esm/index.js', 'export const seven = await Promise.resolve(7);');
  write('node_modules/only-esm/index.d.ts', 'export declare const seven: number;');
  write(
    'notebooks/a.ipynb',
    notebookOf([
      "let name = 'nobody';",
      "import { greet, same } from '@/greet';\nimport { sides } from '@own/shapes';\nimport { seven } from 'only-esm';",
      'const seen = [];\nfunction log(target, key) { seen.push(key) }\nclass Model { @log size = 1 }',
      "console.log(greet(name), sides.square, seven === same && seven, seen.join(), require('node:path').basename(process.cwd()))",
    ]),
  );
});
afterAll(async () => void (installed && (await uninstallTranslator(python))));

describe.skipIf(!installed)("another project's notebook runs", () => {
  it('by nbconvert', () => {
    const { status, said } = run(
      '-m',
      'nbconvert',
      '--execute',
      '--to',
      'notebook',
      '--output',
      'b',
      notebook,
    );
    expect(status, said).toBe(0);
    expect(printed(join(dirname(notebook), 'b.ipynb'))).toBe('Hello, nobody 4 7 size notebooks');
  });

  it('by papermill, with parameters of every kind', () => {
    const out = join(dirname(notebook), 'c.ipynb');
    const { status, said } = run('-m', 'papermill', notebook, out, '-p', 'name', 'Ada "the first"');
    expect(status, said).toBe(0);
    expect(printed(out)).toBe('Hello, Ada "the first" 4 7 size notebooks');

    const values = join(home, 'values.yaml');
    writeFileSync(
      values,
      'sure: true\nnone: null\nwhole: 3\nlarge: 123456789012345678901\nsmall: 1.0e-7\nlist: [1, two]\nrecord: {"a b": [false]}\n',
    );
    write(
      'notebooks/kinds.ipynb',
      notebookOf([
        '',
        'console.log(JSON.stringify([sure, none === undefined, whole, String(large), small, list, record]))',
      ]),
    );
    const kinds = join(dirname(notebook), 'kinds.ipynb');
    const done = run('-m', 'papermill', kinds, join(dirname(notebook), 'd.ipynb'), '-f', values);
    expect(done.status, done.said).toBe(0);
    expect(JSON.parse(printed(join(dirname(notebook), 'd.ipynb')))).toEqual([
      true,
      true,
      3,
      '123456789012345678901',
      1e-7,
      [1, 'two'],
      { 'a b': [false] },
    ]);
  });

  it('by nbmake, as a test', () => {
    const { status, said } = run(
      '-m',
      'pytest',
      '-q',
      '--nbmake',
      '-p',
      'no:cacheprovider',
      notebook,
    );
    expect(status, said).toBe(0);
    expect(said).toContain('1 passed');
  });

  it('as JavaScript, whose cells know no type errors', () => {
    write(
      'notebooks/js.ipynb',
      notebookOf(["let n = 1;\nn = 'two';", 'console.log(n.toUpperCase())']),
    );
    const args = ['--ExecutePreprocessor.kernel_name=elsewhere-javascript', '--output', 'e'];
    const js = join(dirname(notebook), 'js.ipynb');
    const { status, said } = run('-m', 'nbconvert', '--execute', '--to', 'notebook', js, ...args);
    expect(status, said).toBe(0);
    const file = join(dirname(notebook), 'e.ipynb');
    expect(printed(file)).toBe('TWO');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      metadata: { language_info: { name: 'javascript', file_extension: '.js' } },
    });
  });

  it('cell by cell in jupyter console', () => {
    const { status, stdout, stderr } = spawnSync(
      python!,
      ['-m', 'jupyter_console', '--kernel', 'elsewhere', '--simple-prompt'],
      {
        env,
        cwd: dirname(notebook),
        encoding: 'utf8',
        input: "import { greet } from '@/greet'\ngreet('console').toUpperCase()\nexit\n",
      },
    );
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain('HELLO, CONSOLE');
  });
});
