/**
 * The kernel under nbclient, which runs notebooks without a user: nothing is lost, skipped or
 * softened.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeKernelSpec } from '../../kernel-setup/kernelspec.mjs';
import { buildKernel, python, root, type Json } from './client';

const installed = python !== undefined && spawnSync(python, ['-c', 'import nbclient']).status === 0;
const host = '(globalThis as any)[Symbol.for("dark-matter.host")]';

interface Run {
  readonly ended: string;
  readonly cells: readonly { count: number | null; outputs: readonly Json[] }[];
}

const notebooks = {
  updates: {
    sources: [
      `${host}.display({ "text/plain": "first" }, { id: "d" })`,
      `for (let i = 0; i < 100; i++) ${host}.display({ "text/plain": String(i) }, { id: "d", update: true })`,
    ],
  },
  error: { sources: ['1', 'throw new RangeError("stop here")', '3'] },
  allowed: {
    sources: ['throw new Error("one")', '2', 'const s: string = 3', '4'],
    options: { allow_errors: true },
  },
  exit: { sources: ['console.log("before")', 'process.exit(0)', '3'] },
  widget: {
    sources: [
      `import { show, widgets } from 'dark-matter';
const rate = widgets.slider({ label: 'rate', value: 0.3 }, (value) => console.log('heard', value));
await show(rate);`,
      `rate.set('value', 0.5);`,
    ],
  },
  prompt: { sources: ['prompt("who is there?")'] },
};

let runs: Record<keyof typeof notebooks, Run>;
beforeAll(async () => {
  if (!installed) return;
  buildKernel();
  const prefix = mkdtempSync(join(tmpdir(), 'kernelspec-'));
  try {
    await writeKernelSpec({ root, prefix });
    const env = { ...process.env, JUPYTER_PATH: join(prefix, 'share', 'jupyter') };
    const { stdout, stderr } = spawnSync(python!, [join(__dirname, 'headless.py')], {
      env,
      input: JSON.stringify(Object.values(notebooks)),
      encoding: 'utf8',
      cwd: join(root, 'notebooks'),
    });
    const results = (() => {
      try {
        return JSON.parse(stdout) as Run[];
      } catch {
        throw new Error(stderr);
      }
    })();
    runs = Object.fromEntries(
      Object.keys(notebooks).map((name, i) => [name, results[i]]),
    ) as typeof runs;
  } finally {
    rmSync(prefix, { recursive: true, force: true });
  }
}, 180_000);

describe.skipIf(!installed)('under nbclient (skipped where .venv has none)', () => {
  it('a display is updated in place: the notebook holds the last update, in the cell that displayed first', () => {
    expect(
      runs.updates.cells.map(({ outputs }) =>
        outputs.map(({ output_type, data }) => [output_type, data]),
      ),
    ).toEqual([[['display_data', { 'text/plain': '99' }]], []]);
  });

  it('an error ends the run with a failure; later cells do not run', () => {
    expect(runs.error.ended).toBe('CellExecutionError');
    expect(
      runs.error.cells.map(({ count, outputs }) => [
        count,
        outputs.map(({ output_type }) => output_type),
      ]),
    ).toEqual([
      [1, ['execute_result']],
      [2, ['error']],
      [null, []],
    ]);
    expect(runs.error.cells[1]?.outputs[0]).toMatchObject({
      ename: 'RangeError',
      evalue: 'stop here',
    });
  });

  it('with errors allowed every cell runs', () => {
    expect(runs.allowed.ended).toBe('ok');
    expect(runs.allowed.cells.map(({ outputs }) => outputs[0]?.['output_type'])).toEqual([
      'error',
      'execute_result',
      'error',
      'execute_result',
    ]);
  });

  it('process.exit(0) is a dead kernel, not a success', () => {
    expect(runs.exit.ended).toBe('DeadKernelError');
  });

  it('a widget shows its picture, its default in words, and its view for whoever can draw it', () => {
    expect(runs.widget.ended).toBe('ok');
    const [output] = runs.widget.cells[0]!.outputs;
    const { 'text/plain': words, ...forms } = output!['data'] as Json;
    expect(words).toBe('rate: 0.3 (a slider from 0 to 1)');
    expect(Object.keys(forms).sort()).toEqual([
      'application/vnd.jupyter.widget-view+json',
      'image/png',
      'image/svg+xml',
    ]);
    expect(runs.widget.cells[1]!.outputs).toMatchObject([{ name: 'stdout', text: 'heard 0.5\n' }]);
  });

  it('prompt() fails at once rather than wait for a user who is not there', () => {
    expect(runs.prompt.ended).toBe('CellExecutionError');
    expect(runs.prompt.cells[0]?.outputs[0]?.['evalue']).toContain('does not take input');
  });
});
