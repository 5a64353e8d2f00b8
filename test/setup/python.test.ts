import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../kernel-setup/setup/fault.mjs';
import { findPython } from '../../kernel-setup/setup/python.mjs';
import { fakeProgram, temporaryFolder } from './support';

function fakePython(folder: string, name: string, version: number[], able: boolean): string {
  const path = join(folder, name);
  return fakeProgram(
    path,
    `console.log(JSON.stringify([${JSON.stringify(version)}, ${able}, ${JSON.stringify(path)}]))`,
  );
}

async function faultOf(env: NodeJS.ProcessEnv): Promise<Fault> {
  return findPython(env).then(
    () => Promise.reject(new Error('a Python was found')),
    (error) => error as Fault,
  );
}

describe('findPython', () => {
  it('finds one that can make virtual environments', async () => {
    const folder = temporaryFolder();
    const path = fakePython(folder, 'python3', [3, 12, 1], true);
    expect(await findPython({ PATH: folder })).toEqual({ version: [3, 12, 1], able: true, path });
  });

  it('passes over one that is too old, or has no venv, for one that will do', async () => {
    const folder = temporaryFolder();
    fakePython(folder, 'python3', [3, 12, 0], false);
    fakePython(folder, 'python', [2, 7, 18], true);
    const path = fakePython(folder, 'python3.9', [3, 9, 1], true);
    expect((await findPython({ PATH: folder })).path).toBe(path);
  });

  it('takes the one that PYTHON names and no other', async () => {
    const folder = temporaryFolder();
    fakePython(folder, 'python3', [3, 12, 0], true);
    const mine = fakePython(temporaryFolder(), 'mine', [3, 10, 0], true);
    expect((await findPython({ PATH: folder, PYTHON: mine })).path).toBe(mine);
    expect((await faultOf({ PATH: folder, PYTHON: '/no/python' })).what).toBe(
      'JupyterLab needs Python 3.9 or later, and PYTHON=/no/python does not run.',
    );
  });

  it('says that there is none', async () => {
    const fault = await faultOf({ PATH: temporaryFolder() });
    expect(fault).toBeInstanceOf(Fault);
    expect(fault.what).toBe(
      'JupyterLab needs Python 3.9 or later, and no Python was found on the PATH.',
    );
    expect(fault.mend).toMatch(/^Install Python 3.9 or later/);
  });

  it('says that its venv module is missing, and which package has it', async () => {
    const folder = temporaryFolder();
    const path = fakePython(folder, 'python3', [3, 11, 2], false);
    const fault = await faultOf({ PATH: folder });
    expect(fault.what).toBe(
      `Python 3.11.2 (${path}) cannot make virtual environments: its venv module is missing.`,
    );
    expect(fault.mend).toContain('python3-venv');
  });

  it('says that it is too old', async () => {
    const folder = temporaryFolder();
    const path = fakePython(folder, 'python3', [3, 8, 18], true);
    expect((await faultOf({ PATH: folder })).what).toBe(
      `${path} is Python 3.8.18, and JupyterLab needs Python 3.9 or later.`,
    );
  });
});
