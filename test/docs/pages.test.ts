/** The pages of docs/ that show code: it is right, and what they name exists. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../kernel-setup/runner/arguments.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { run, typeFaults } from './runExamples';

const { root, python } = locate();
const read = (page: string): string => readFileSync(join(root, 'docs', page), 'utf8');
const fences = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code!,
  );

describe.each(['library.md', 'data.md', 'emoji.md', 'widgets.md'])(
  'the code of docs/%s',
  (page) => {
    const pieces = fences(page, 'ts');

    it('is there, and its types are right', { timeout: 120_000 }, () => {
      expect(pieces).not.toEqual([]);
      expect(
        Object.fromEntries(typeFaults(new Map(pieces.map((code, i) => [String(i), code])))),
      ).toEqual({});
    });

    it('runs', async () => {
      for (const code of pieces) await run(code);
    });
  },
);

describe('the workflow of docs/ci.md', () => {
  interface Step {
    readonly uses?: string;
    readonly run?: string;
    readonly with?: Record<string, string>;
  }
  const text = execFileSync(
    python,
    ['-I', '-c', 'import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))'],
    { input: fences('ci.md', 'yaml')[0]!, encoding: 'utf8' },
  );
  const { steps } = (JSON.parse(text) as { jobs: { execute: { steps: Step[] } } }).jobs.execute;

  it('is YAML whose steps either use an action of a version or run a command', () => {
    for (const { uses, run: command } of steps)
      expect(uses ?? command).toMatch(uses ? /^actions\/[\w-]+@v\d+$/ : /^npm run /);
  });

  it('calls scripts that there are, the runner with options that it knows', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const commands = [
      ...steps.flatMap(({ run: command }) => command ?? []),
      ...[...read('ci.md').matchAll(/`(npm run [^`]+)`/g)].map(([, command]) => command!),
    ];
    expect(commands.length).toBeGreaterThan(3);
    for (const command of commands) {
      const [, , name = '', , ...args] = command.split(' ');
      expect(Object.keys(scripts)).toContain(name);
      if (name === 'notebooks') expect(() => parseArguments(args)).not.toThrow();
    }
  });

  it('names options of the runner, also in its text', () => {
    const options = [...read('ci.md').matchAll(/`(--[\w-]+ \d+)`/g)].map(([, each]) => each!);
    expect(options.length).toBeGreaterThan(2);
    for (const option of options) expect(() => parseArguments(option.split(' '))).not.toThrow();
  });
});
