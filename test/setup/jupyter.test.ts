/** What others on the machine, and the kernels, can see of JupyterLab's token: nothing. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepPrivate, labEnvironment } from '../../kernel-setup/jupyter.mjs';
import { emptyClone } from './support';

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe.skipIf(process.platform === 'win32')('the token of JupyterLab', () => {
  it('is in no environment, which kernels and terminals would inherit, but in a private file', () => {
    const env = labEnvironment(emptyClone());
    expect(env['JUPYTER_TOKEN']).toBeUndefined();
    const file = env['JUPYTER_TOKEN_FILE']!;
    const token = readFileSync(file, 'utf8');
    expect(token).toMatch(/^[0-9a-f]{48}$/);
    expect(Object.values(env).filter((value) => value?.includes(token))).toEqual([]);
    expect(mode(file)).toBe('600');
  });

  it('is in a folder that its owner alone may enter, also where others could before', () => {
    const paths = emptyClone();
    const runtime = join(paths.state, 'jupyter', 'runtime');
    mkdirSync(runtime, { recursive: true });
    chmodSync(runtime, 0o755);
    const earlier = join(runtime, 'jpserver-1-open.html');
    writeFileSync(earlier, 'token');
    chmodSync(earlier, 0o644);
    labEnvironment(paths);
    expect([mode(runtime), mode(earlier)]).toEqual(['700', '600']);
  });

  it('stays private in what Jupyter writes once it runs', () => {
    const folder = join(emptyClone().state, 'runtime');
    keepPrivate(folder);
    const later = join(folder, 'jpserver-2-open.html');
    writeFileSync(later, 'token');
    chmodSync(later, 0o644);
    keepPrivate(folder);
    expect([mode(folder), mode(later)]).toEqual(['700', '600']);
  });
});
