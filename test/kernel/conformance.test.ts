/**
 * `jupyter_kernel_test`, the suite that ipykernel itself is tested with, passes whole: no check
 * fails and none is skipped.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeKernelSpec } from '../../kernel-setup/kernelspec.mjs';
import { buildKernel, python, root } from './client';

const installed =
  python !== undefined && spawnSync(python, ['-c', 'import jupyter_kernel_test']).status === 0;

it.skipIf(!installed)(
  'jupyter_kernel_test passes whole (skipped where .venv has none: `npm test` installs it)',
  { timeout: 180_000 },
  async () => {
    buildKernel();
    const prefix = mkdtempSync(join(tmpdir(), 'kernelspec-'));
    try {
      await writeKernelSpec({ root, prefix });
      const env = { ...process.env, JUPYTER_PATH: join(prefix, 'share', 'jupyter') };
      const { status, stderr } = spawnSync(python!, [join(__dirname, 'conformance.py')], {
        env,
        encoding: 'utf8',
        cwd: join(root, 'notebooks'),
      });
      expect(status, stderr).toBe(0);
      expect(stderr).not.toMatch(/skipped/i);
      expect(Number(/^Ran (\d+) tests/m.exec(stderr)?.[1])).toBe(13);
    } finally {
      rmSync(prefix, { recursive: true, force: true });
    }
  },
);
