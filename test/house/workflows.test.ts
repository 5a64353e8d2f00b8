/** GitHub's workflows: what they run exists, with versions that package.json and set-up accept. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { oldest as oldestPython } from '../../kernel-setup/setup/python.mjs';

const { root, python } = locate();
const folder = join(root, '.github', 'workflows');
const files = readdirSync(folder);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}
interface Job {
  readonly 'timeout-minutes'?: number;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly needs?: string;
  readonly steps: readonly Step[];
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, Job>>;
}

const workflowOf = (file: string): Workflow =>
  JSON.parse(
    execFileSync(
      python,
      [
        '-I',
        '-c',
        'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin), default=str))',
      ],
      { input: readFileSync(join(folder, file)), encoding: 'utf8' },
    ),
  ) as Workflow;
const { engines, scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  engines: { node: string };
  scripts: Record<string, string>;
};
const numbers = (version: string): number[] => version.split('.').map(Number);
/** Whether a version is at least another; what it leaves open is the newest. */
const atLeast = (version: readonly number[], least: readonly number[]): boolean => {
  for (const [i, wanted] of least.entries()) {
    if (version[i] === undefined || version[i] > wanted) return true;
    if (version[i] < wanted) return false;
  }
  return true;
};

it('there is one for the checks and one for the site', () => {
  expect(files.toSorted()).toEqual(['ci.yml', 'site.yml']);
});

describe.each(files)('%s', (file) => {
  const { permissions, jobs } = workflowOf(file);
  const steps = Object.values(jobs).flatMap((job) => job.steps.map((step) => ({ step, job })));

  it('may only read, but for the job that publishes; and every job ends', () => {
    expect(permissions).toEqual({ contents: 'read' });
    for (const [name, job] of Object.entries(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      if (name !== 'publish') expect(job.permissions).toBeUndefined();
      if (job.needs) expect(Object.keys(jobs)).toContain(job.needs);
    }
  });

  it('each step is an action of a version, or a script of ours', () => {
    for (const { step } of steps) {
      const { uses, run = '' } = step;
      if (uses) expect(uses).toMatch(/^actions\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
      else if (run.startsWith('npm run ')) expect(scripts).toHaveProperty([run.split(' ')[2]!]);
      else expect(existsSync(join(root, run)), run).toBe(true);
    }
  });

  it('Node and Python are of versions that package.json and set-up accept', () => {
    const least = numbers(engines.node.replace('>=', ''));
    const versions = (name: string): string[] =>
      steps.flatMap(({ step, job }) => {
        const given = step.with?.[name];
        if (given === undefined) return [];
        const key = /^\$\{\{ matrix\.(\w+) \}\}$/.exec(given)?.[1];
        return key ? job.strategy!.matrix[key]! : [given];
      });
    expect(versions('node-version')).not.toEqual([]);
    for (const version of versions('node-version'))
      expect(atLeast(numbers(version), least), version).toBe(true);
    expect(versions('python-version')).not.toEqual([]);
    for (const version of versions('python-version'))
      expect(atLeast(numbers(version), oldestPython), version).toBe(true);
  });
});

it('the checks begin at the oldest Node that package.json names', () => {
  const { strategy } = workflowOf('ci.yml').jobs['checks']!;
  expect(`>=${strategy!.matrix['node']![0]}`).toBe(engines.node);
});

it('what is published is the folder that the site is written to', () => {
  const { steps } = workflowOf('site.yml').jobs['build']!;
  const upload = steps.find(({ uses }) => uses?.startsWith('actions/upload-pages-artifact'));
  const script = readFileSync(join(root, 'kernel-setup', 'site.mjs'), 'utf8');
  expect(script).toContain(`out: { type: 'string', default: '${upload?.with?.['path']}' }`);
});
