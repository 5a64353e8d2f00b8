/**
 * Temporary folders, programs that stand in for python, g++ and npm, and the commands run as a user
 * runs them.
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import { cloneRoot, locate } from '../../kernel-setup/setup/paths.mjs';

const folders: string[] = [];

/**
 * A folder that is gone after the test; others may read it, for programs that run as another user.
 */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dark-matter-setup-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The paths of a clone and a cache in a temporary folder, with nothing in them. */
export function emptyClone(folder = temporaryFolder()): ReturnType<typeof locate> {
  const paths = locate({
    root: join(folder, 'clone'),
    env: { DARK_MATTER_CACHE: join(folder, 'cache') },
  });
  mkdirSync(paths.root);
  mkdirSync(paths.cache, { recursive: true });
  return paths;
}

/** A program made of Node's JavaScript, with `argv` for its arguments. */
export function fakeProgram(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `#!${process.execPath}\nconst argv = process.argv.slice(2);\nconst fs = require('node:fs');\nconst path = require('node:path');\n${script}\n`,
  );
  chmodSync(path, 0o755);
  return path;
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs one of the commands in kernel-setup of a clone. `at` is called with the running process. */
export function runCommand(
  root: string,
  name: string,
  args: string[] = [],
  {
    env = {},
    uid,
    at,
  }: { env?: NodeJS.ProcessEnv; uid?: number; at?: (child: ReturnType<typeof spawn>) => void } = {},
): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'kernel-setup', `${name}.mjs`), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  at?.(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/**
 * A clone with our commands and no npm packages to install, so that setup passes on to what comes
 * after them.
 */
export function cloneWithoutPackages(folder = temporaryFolder()): ReturnType<typeof locate> {
  const paths = emptyClone(folder);
  const ours = (path: string) => !/[\\/](dist|__pycache__)([\\/]|$)/.test(path);
  cpSync(join(cloneRoot, 'kernel-setup'), join(paths.root, 'kernel-setup'), {
    recursive: true,
    filter: ours,
  });
  writeFileSync(
    join(paths.root, 'package.json'),
    JSON.stringify({ name: 'clone', version: '1.0.0', engines: { node: '>=20.19' } }),
  );
  writeFileSync(
    join(paths.root, 'package-lock.json'),
    JSON.stringify({
      name: 'clone',
      version: '1.0.0',
      lockfileVersion: 3,
      packages: { '': { name: 'clone', version: '1.0.0' } },
    }),
  );
  mkdirSync(paths.modules);
  writeFileSync(join(paths.modules, '.package-lock.json'), JSON.stringify({ packages: {} }));
  return paths;
}
