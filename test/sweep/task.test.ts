/** The part of a sweep's run that reads what its notebook recorded. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locate } from '../../kernel-setup/setup/paths.mjs';

const { root, python } = locate();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dark-matter-test-'));
  mkdirSync(join(folder, 'results'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const record = (name: string, accuracy: number) =>
  writeFileSync(
    join(folder, 'results', `${name}.jsonl`),
    `{"figures": {"old": {}}}\n${JSON.stringify({ figures: { SimCLR: { '%': [accuracy] } } })}\n`,
  );

/** What `figures` in task.py finds. */
function found(parameters: Record<string, unknown>): unknown {
  const call = [
    'import json, sys',
    'from pathlib import Path',
    `sys.path.insert(0, ${JSON.stringify(join(root, 'kernel-setup', 'sweep'))})`,
    'from task import figures',
    'folder, parameters = Path(sys.argv[1]), json.loads(sys.argv[2])',
    "print(json.dumps(figures(folder, {'notebook': '06-x', 'parameters': parameters})))",
  ].join('\n');
  const given = [folder, JSON.stringify(parameters)];
  const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
  const options = { encoding: 'utf8', env: environment } as const;
  return JSON.parse(execFileSync(python, ['-c', call, ...given], options));
}

test('the last line of the notebook’s record is found, and nothing where there is none', () => {
  expect(found({ seed: 1 })).toEqual({});
  record('06-x', 90);
  expect(found({ seed: 1 })).toEqual({ SimCLR: { '%': [90] } });
  expect(found({ data: 'digits' })).toEqual({ SimCLR: { '%': [90] } });
});

test('a run on other pictures has their record', () => {
  record('06-x', 90);
  record('06-x-cifar10', 40);
  expect(found({ data: 'cifar10' })).toEqual({ SimCLR: { '%': [40] } });
});
