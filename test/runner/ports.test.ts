/**
 * Free ports are chosen before the kernel opens them: where another program was faster, it is
 * started anew.
 */
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { jupyterEnvironment } from '../../kernel-setup/setup/environment.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { root } from './support';

const paths = locate();

/** With a port that is taken given to the first kernels, so many of them. */
async function withTakenPorts(
  kernels: number,
): Promise<{ kernels: number; ended: string[]; problem: string | null }> {
  const { stdout } = await execa(
    paths.python,
    ['-B', join(__dirname, 'ports.py'), join(root, 'kernel-setup', 'runner'), String(kernels)],
    { env: jupyterEnvironment(paths), extendEnv: false },
  );
  return JSON.parse(stdout) as Awaited<ReturnType<typeof withTakenPorts>>;
}

it(
  'a kernel whose port was taken meanwhile is started again, at others',
  { timeout: 180_000 },
  async () => {
    expect(await withTakenPorts(1)).toEqual({ kernels: 2, ended: ['passed'], problem: null });
  },
);

it('one that never starts is an error after three attempts', { timeout: 180_000 }, async () => {
  expect(await withTakenPorts(99)).toEqual({
    kernels: 3,
    ended: [],
    problem: expect.stringContaining('died') as string,
  });
});
