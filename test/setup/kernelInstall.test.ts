import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { placeBelow, placeOf, userData } from '../../kernel-setup/install/places.mjs';
import { install, ours, uninstall } from '../../kernel-setup/install/specs.mjs';
import { readOptions } from '../../kernel-setup/kernel.mjs';
import { kernelSpec } from '../../kernel-setup/kernelspec.mjs';

const home = mkdtempSync(join(tmpdir(), 'kernel install '));
afterAll(() => rmSync(home, { recursive: true }));
const root = join(home, 'clone');
const data = join(home, 'share', 'jupyter');
const specOf = (name: string) =>
  JSON.parse(readFileSync(join(data, 'kernels', name, 'kernel.json'), 'utf8')) as ReturnType<
    typeof kernelSpec
  >;
const names = () => ours(data).map(({ name }) => name);

describe('kernels that are installed', () => {
  it('are two, of TypeScript and of JavaScript, and start what lies in the clone', () => {
    install(data, { root, name: 'dark-matter' });
    expect(names()).toEqual(['dark-matter', 'dark-matter-javascript']);
    expect(specOf('dark-matter')).toEqual(kernelSpec(root));
    const javascript = specOf('dark-matter-javascript');
    expect(javascript).toMatchObject({ language: 'javascript', interrupt_mode: 'message' });
    expect(javascript.argv).toEqual([...kernelSpec(root).argv, '--javascript']);
  });

  it('of another name have a title of their own, and are removed alone', () => {
    install(data, { root, name: 'mine' });
    const titles = ours(data).map(({ title }) => title);
    expect(new Set(titles).size).toBe(4);
    expect(uninstall(data, 'mine').map(({ name }) => name)).toEqual(['mine', 'mine-javascript']);
    expect(names()).toEqual(['dark-matter', 'dark-matter-javascript']);
    expect(uninstall(data, 'mine')).toEqual([]);
  });

  it('take no other kernel’s place, and are not confused with it', () => {
    const other = join(data, 'kernels', 'python3');
    mkdirSync(other);
    writeFileSync(join(other, 'kernel.json'), '{"argv": ["python"], "display_name": "Python"}');
    expect(() => install(data, { root, name: 'python3' })).toThrow(/python3 is another kernel/);
    expect(uninstall(data, 'python3')).toEqual([]);
    expect(names()).not.toContain('python3');
    expect(readFileSync(join(other, 'kernel.json'), 'utf8')).toContain('Python');
  });

  it('are told apart from those whose clone is gone', () => {
    expect(ours(data).map(({ whole }) => whole)).toEqual([false, false]);
    const program = join(root, 'kernel-setup', 'dist', 'kernel', 'main.js');
    mkdirSync(join(program, '..'), { recursive: true });
    writeFileSync(program, '');
    expect(ours(data).map(({ whole }) => whole)).toEqual([true, true]);
  });
});

describe('where they go', () => {
  it('is the folder that Jupyter has for a user on each system', () => {
    expect(userData({ JUPYTER_DATA_DIR: '/there' }, 'linux')).toBe('/there');
    expect(userData({ XDG_DATA_HOME: '/data' }, 'linux')).toBe('/data/jupyter');
    expect(userData({}, 'linux')).toMatch(/[/\\]\.local[/\\]share[/\\]jupyter$/);
    expect(userData({}, 'darwin')).toMatch(/Library[/\\]Jupyter$/);
    expect(userData({ APPDATA: '/roaming' }, 'win32')).toMatch(/roaming[/\\]jupyter$/);
  });

  it('is below a prefix, or below that of the Python on the PATH', async () => {
    expect(placeBelow('/env').data).toBe('/env/share/jupyter');
    expect(await placeOf({ prefix: '/env' })).toEqual({ data: '/env/share/jupyter' });
    const { data: found, python } = await placeOf({ sysPrefix: true });
    expect(found).toMatch(/[/\\]share[/\\]jupyter$/);
    expect(python).toMatch(/python/);
    await expect(placeOf({ sysPrefix: true }, { PYTHON: '/no/python' })).rejects.toThrow(
      '--sys-prefix: no Python was found',
    );
  });
});

it.each([
  [[], 'nothing given, install, uninstall or list expected'],
  [['remove'], 'remove given, install, uninstall or list expected'],
  [['install', 'twice'], 'twice given after install'],
  [['install', '--user', '--prefix', 'x'], 'More than one of --user'],
  [['install', '--prefix', ''], '--prefix: nothing given'],
  [['install', '--name', 'a b'], `--name: "a b" given, letters, digits`],
  [['install', '--names', 'a'], '--names'],
])('npm run kernel %j is told what is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
