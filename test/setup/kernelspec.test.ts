import { existsSync, readFileSync, rmSync } from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { kernelspec, kernelspecFile } from '../../kernel-setup/steps/kernelspec.mjs';
import type { Context } from '../../kernel-setup/steps/step.mjs';
import { root } from '../kernel/client';
import { emptyClone } from './support';

let context: Context;
beforeEach(() => {
  const paths = { ...emptyClone(), root };
  context = { paths, signal: new AbortController().signal, thorough: false };
});

it('JupyterLab offers our kernel and stock tslab, each by what is installed', async () => {
  expect(kernelspec.isDone(context)).toBe(false);
  await kernelspec.run(context);
  expect(kernelspec.isDone(context)).toBe(true);
  const specs = ['dark-matter', 'tslab'].map(
    (name) =>
      JSON.parse(readFileSync(kernelspecFile(context.paths, name), 'utf8')) as {
        argv: string[];
        display_name: string;
      },
  );
  expect(specs.map(({ display_name }) => display_name)).toEqual([
    'TypeScript (Dark Matter)',
    'TypeScript (tslab)',
  ]);
  for (const { argv } of specs) expect(argv).toContain('{connection_file}');
  expect(existsSync(specs[1]!.argv[1]!)).toBe(true);
});

it('a kernelspec that is missing, or another clone’s, is written anew', async () => {
  await kernelspec.run(context);
  rmSync(kernelspecFile(context.paths, 'tslab'));
  expect(kernelspec.isDone(context)).toBe(false);
  await kernelspec.run(context);
  const elsewhere = { ...context, paths: { ...context.paths, root: '/elsewhere' } };
  expect(kernelspec.isDone(elsewhere)).toBe(false);
});
