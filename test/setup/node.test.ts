import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../kernel-setup/setup/fault.mjs';
import { checkNode, npmCommand, oldestNode } from '../../kernel-setup/setup/node.mjs';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';

describe('checkNode', () => {
  it.each(['18.20.0', '20.18.3', '12.0.0'])(
    'refuses Node %s, naming it, what is needed and the mend',
    (version) => {
      expect(() => checkNode(version, '20.19')).toThrow(Fault);
      expect(() => checkNode(version, '20.19')).toThrow(
        `This is Node ${version}, and Dark Matter needs Node 20.19 or later. Install a newer Node`,
      );
    },
  );

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('accepts Node %s', (version) => {
    expect(() => checkNode(version, '20.19')).not.toThrow();
  });

  it('asks for what package.json asks for, and accepts the Node that runs this', () => {
    const { engines } = JSON.parse(readFileSync(join(cloneRoot, 'package.json'), 'utf8'));
    expect(`>=${oldestNode()}`).toBe(engines.node);
    expect(() => checkNode()).not.toThrow();
  });
});

it('npm is the one that called us, or the one on the PATH', () => {
  expect(npmCommand({ npm_execpath: '/x/npm/bin/npm-cli.js' })).toEqual([
    process.execPath,
    '/x/npm/bin/npm-cli.js',
  ]);
  expect(npmCommand({})).toEqual(['npm']);
  // Yarn and pnpm name themselves there too, and know no `npm ci`.
  expect(npmCommand({ npm_execpath: '/x/yarn.js' })).toEqual(['npm']);
  expect(npmCommand({ npm_execpath: '/x/pnpm/bin/pnpm.cjs' })).toEqual(['npm']);
});
