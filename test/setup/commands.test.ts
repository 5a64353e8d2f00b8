/**
 * The commands as a user runs them, on clones and machines that lack something.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readOptions } from '../../kernel-setup/start.mjs';
import { refuseToRemove } from '../../kernel-setup/clean.mjs';
import { cloneRoot } from '../../kernel-setup/setup/paths.mjs';
import {
  cloneWithoutPackages,
  emptyClone,
  fakeProgram,
  runCommand,
  temporaryFolder,
} from './support';

/** A PATH with this machine's Python and nothing else. */
function onlyPython(): string {
  const folder = temporaryFolder();
  // Not the one on the PATH, which may be a script that needs a shell.
  symlinkSync(
    execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
      encoding: 'utf8',
    }).trim(),
    join(folder, 'python3'),
  );
  return folder;
}

const closedPort = {
  PIP_INDEX_URL: 'http://127.0.0.1:9/simple',
  npm_config_registry: 'http://127.0.0.1:9/',
  PIP_FIND_LINKS: '',
  PIP_CONFIG_FILE: '/dev/null',
};

describe('arguments', () => {
  it('of start: a browser and port 8888, unless told otherwise', () => {
    expect(readOptions([])).toEqual({ port: 8888, browser: true });
    expect(readOptions(['--no-browser', '--port', '9000'])).toEqual({ port: 9000, browser: false });
    for (const bad of [
      ['--port', 'x'],
      ['--port', '0'],
      ['--port', '70000'],
      ['--port', '1.5'],
      ['--port'],
      ['--prot'],
      ['a.ipynb'],
    ]) {
      expect(() => readOptions(bad)).toThrow();
    }
  });

  it.each([
    ['start', ['--prot', '1'], "Unknown option '--prot'"],
    ['start', ['--port', 'x'], '--port: "x" given, a number from 1 to 65535 expected.'],
    ['setup', ['now'], 'setup takes no arguments: now given.'],
    ['doctor', ['-v'], 'doctor takes no arguments: -v given.'],
    ['build', ['lib'], 'build takes no arguments: lib given.'],
    ['clean', ['--all'], "Unknown option '--all'"],
  ])('that %s does not know end it with 2 and its usage: %j', async (name, args, message) => {
    const { code, stderr } = await runCommand(cloneRoot, name, args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(`npm ${name === 'start' ? '' : 'run '}${name}`);
  });

  it.each(['start', 'setup', 'doctor', 'build', 'clean'])(
    '--help of %s is its usage, and 0',
    async (name) => {
      const { code, stdout } = await runCommand(cloneRoot, name, ['--help']);
      expect([code, stdout.split(/[:[\s]+/).includes(name)]).toEqual([0, true]);
    },
  );
});

describe('a machine at fault ends setup with 3 and a sentence', () => {
  it('no Python', async () => {
    const { root, cache } = cloneWithoutPackages();
    const { code, stderr } = await runCommand(root, 'start', ['--no-browser'], {
      env: { PATH: temporaryFolder(), DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toMatch(
      /JupyterLab needs Python 3\.9 or later, and no Python was found on the PATH\.\nInstall Python 3\.9 or later/,
    );
    expect(code).toBe(3);
    expect(existsSync(join(root, '.venv'))).toBe(false);
  });

  it('Python without venv', async () => {
    const { root, cache } = cloneWithoutPackages();
    const bin = temporaryFolder();
    fakeProgram(join(bin, 'python3'), `console.log('[[3, 11, 2], false, "/usr/bin/python3"]')`);
    const { code, stderr } = await runCommand(root, 'setup', [], {
      env: { PATH: bin, DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toMatch(
      /Python 3\.11\.2 \(\/usr\/bin\/python3\) cannot make virtual environments: its venv module is missing\.\nInstall it/,
    );
    expect(code).toBe(3);
  });

  it('no network, for npm', async () => {
    const { root, cache, modules } = cloneWithoutPackages();
    rmSync(modules, { recursive: true });
    const a = {
      version: '1.0.0',
      resolved: 'http://127.0.0.1:9/a/-/a-1.0.0.tgz',
      integrity: 'sha512-AAAA',
    };
    const manifest = { name: 'clone', version: '1.0.0', dependencies: { a: '1.0.0' } };
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ ...manifest, engines: { node: '>=20.19' } }),
    );
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({
        ...manifest,
        lockfileVersion: 3,
        packages: { '': manifest, 'node_modules/a': a },
      }),
    );
    const { code, stderr } = await runCommand(root, 'setup', [], {
      env: { ...closedPort, DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toMatch(
      /The package registry cannot be reached \(while: npm ci\).*ECONNREFUSED.*\nCheck the network/,
    );
    expect(code).toBe(3);
    expect(existsSync(join(modules, 'a'))).toBe(false);
  });

  it('no network, for pip; nothing is written outside the clone and the cache', async () => {
    const { root, cache, venv } = cloneWithoutPackages();
    const home = temporaryFolder();
    const elsewhere = {
      HOME: home,
      PATH: onlyPython(),
      XDG_CACHE_HOME: undefined,
      XDG_CONFIG_HOME: undefined,
      XDG_DATA_HOME: undefined,
    };
    const { code, stderr } = await runCommand(root, 'setup', [], {
      env: { ...closedPort, ...elsewhere, DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toMatch(
      /The package registry cannot be reached \(while: pip download -r kernel-setup\/requirements-pip\.txt\).*\nCheck the network/,
    );
    expect(code).toBe(3);
    expect(readdirSync(home)).toEqual([]);
    // Without this mark the environment is made anew, so a half-made one is never used.
    expect(existsSync(venv)).toBe(true);
    expect(existsSync(join(venv, '.made'))).toBe(false);
  });

  it('a cache folder that may not be written', async () => {
    const folder = temporaryFolder();
    const { root } = cloneWithoutPackages(folder);
    const locked = join(folder, 'locked');
    mkdirSync(locked, { mode: 0o555 });
    chmodSync(locked, 0o555);
    // Root may write everywhere, so it runs this as somebody else, to whom the clone belongs.
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    if (uid !== undefined) execFileSync('chown', ['-R', String(uid), root]);
    const { code, stderr } = await runCommand(root, 'setup', [], {
      env: { DARK_MATTER_CACHE: join(locked, 'cache'), HOME: folder },
      uid,
    });
    expect(stderr).toMatch(
      /A folder may not be written by this user \(.*locked.*\)\.\nGive yourself the right/,
    );
    expect(code).toBe(3);
    expect(readdirSync(locked)).toEqual([]);
  });

  it('but not a shared cache that may only be read: it is used, and downloads are the clone’s own', () => {
    const { root, cache, state } = cloneWithoutPackages();
    chmodSync(cache, 0o555);
    const uid = process.getuid?.() === 0 ? 65534 : undefined;
    const script = `
      const { locate } = await import(${JSON.stringify(join(root, 'kernel-setup/setup/paths.mjs'))});
      const { prepareCache } = await import(${JSON.stringify(join(root, 'kernel-setup/setup/cache.mjs'))});
      const { toolEnvironment } = await import(${JSON.stringify(join(root, 'kernel-setup/setup/environment.mjs'))});
      prepareCache(locate());
      console.log(JSON.stringify(toolEnvironment(locate())));`;
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, DARK_MATTER_CACHE: cache },
      encoding: 'utf8',
      uid,
      gid: uid,
    });
    expect(JSON.parse(said)).toMatchObject({
      npm_config_cache: join(state, 'npm'),
      PIP_CACHE_DIR: join(state, 'pip'),
    });
    expect(readdirSync(cache)).toEqual([]);
  });

  it('Node too old', async () => {
    const { root, cache } = cloneWithoutPackages();
    writeFileSync(
      join(root, 'package.json'),
      JSON.stringify({ name: 'clone', engines: { node: '>=99.1' } }),
    );
    const { code, stderr } = await runCommand(root, 'start', [], {
      env: { DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toContain(
      `This is Node ${process.versions.node}, and Dark Matter needs Node 99.1 or later.\nInstall a newer Node`,
    );
    expect(code).toBe(3);
  });

  it('a lock that was left behind is no fault: it is taken over', async () => {
    const { root, cache, state } = cloneWithoutPackages();
    mkdirSync(state);
    const { host } = {
      host: execFileSync(process.execPath, ['-p', 'os.hostname()'], { encoding: 'utf8' }).trim(),
    };
    writeFileSync(join(state, 'setup.lock'), JSON.stringify({ pid: 2 ** 22 + 1, host, id: 'x' }));
    const { stderr } = await runCommand(root, 'setup', [], {
      env: { PATH: temporaryFolder(), DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toContain('A lock was left behind by a setup that ended');
    expect(stderr).toContain('no Python was found');
    expect(existsSync(join(state, 'setup.lock'))).toBe(false);
  });
});

it('Ctrl-C during setup ends what it runs, with 130 and no lock left', async () => {
  const { root, cache, state } = cloneWithoutPackages();
  const bin = temporaryFolder();
  const started = join(root, 'started');
  fakeProgram(
    join(bin, 'python3'),
    `if (argv.includes('-c')) console.log(JSON.stringify([[3, 12, 0], true, process.argv[1]]));
     else { fs.writeFileSync(${JSON.stringify(started)}, String(process.pid)); setInterval(() => {}, 1000); }`,
  );
  const { code, stderr } = await runCommand(root, 'setup', [], {
    env: { PATH: bin, DARK_MATTER_CACHE: cache },
    at: (child) => {
      const watch = setInterval(
        () => existsSync(started) && (clearInterval(watch), child.kill('SIGINT')),
        20,
      );
    },
  });
  expect(stderr).toContain('Interrupted. The next start goes on from here.');
  expect(code).toBe(130);
  expect(existsSync(join(state, 'setup.lock'))).toBe(false);
});

describe('doctor', () => {
  it('works where nothing is set up: it says so, how to mend it, and ends with 3', async () => {
    const { root, cache } = cloneWithoutPackages();
    rmSync(join(root, 'node_modules'), { recursive: true });
    const { code, stdout, stderr } = await runCommand(root, 'doctor', [], {
      env: { DARK_MATTER_CACHE: cache },
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/ok +Node +\d+/);
    for (const wrong of ['jupyterlab', 'TypeScript', 'Engine', 'Pictures', 'Kernel', 'Setup'])
      expect(stdout).toMatch(new RegExp(`WRONG +${wrong} .*\\n +mend: npm run setup`));
    expect(code).toBe(3);
  });

  it('finds this clone set up, on a native engine, whatever PYTHONPATH brings', async () => {
    const elsewhere = temporaryFolder();
    writeFileSync(join(elsewhere, 'json.py'), 'raise ImportError("of another program")');
    writeFileSync(join(elsewhere, 'importlib.py'), 'raise ImportError("of another program")');
    const { code, stdout } = await runCommand(cloneRoot, 'doctor', [], {
      env: { PYTHONPATH: elsewhere },
    });
    expect(stdout).toMatch(/ok +Engine +native: TensorFlow 2\.\d+/);
    expect(stdout).toMatch(/ok +Speed +[\d.]+ GFLOPS/);
    expect(stdout).toMatch(/ok +Pictures +sharp [\d.]+, libvips [\d.]+/);
    // Sources that were edited since the last build are told of, and are no fault of the setup.
    const wrong = stdout.split('\n').filter((line) => line.startsWith('WRONG'));
    expect(wrong.filter((line) => !/out of date: compiling/.test(line))).toEqual([]);
    expect(code).toBe(wrong.length === 0 ? 0 : 3);
  });
});

describe('clean', () => {
  it('tells, with --dry-run, and removes, with --yes, what setup made in the clone and the cache, and nothing else', async () => {
    const { root, cache, engines } = cloneWithoutPackages();
    mkdirSync(join(root, 'notebooks'));
    mkdirSync(join(root, 'lib', 'dist'), { recursive: true });
    mkdirSync(engines);
    writeFileSync(join(engines, 'wheel'), 'x');
    const before = readdirSync(root);

    const told = await runCommand(root, 'clean', ['--dry-run'], {
      env: { DARK_MATTER_CACHE: cache },
    });
    expect(told.code).toBe(0);
    for (const path of ['node_modules', join('lib', 'dist')])
      expect(told.stdout).toContain(join(root, path));
    expect(told.stdout).toContain(cache);
    expect(readdirSync(root)).toEqual(before);

    const done = await runCommand(root, 'clean', ['--yes'], { env: { DARK_MATTER_CACHE: cache } });
    expect(done.code).toBe(0);
    expect(before.filter((name) => !readdirSync(root).includes(name))).toEqual(['node_modules']);
    expect(readdirSync(join(root, 'lib'))).toEqual([]);
    expect(readdirSync(cache)).toEqual([]);

    expect(
      (await runCommand(root, 'clean', [], { env: { DARK_MATTER_CACHE: cache } })).stdout,
    ).toBe('There is nothing to remove.\n');
  });

  it('asks, and does nothing where there is nobody to ask', async () => {
    const { root, cache, modules } = cloneWithoutPackages();
    const { code, stderr } = await runCommand(root, 'clean', [], {
      env: { DARK_MATTER_CACHE: cache },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('add --yes');
    expect(existsSync(modules)).toBe(true);
  });

  it('refuses a cache folder that holds the home folder, the clone or the whole disk', () => {
    const { root } = emptyClone();
    for (const folder of ['/', homedir(), dirname(homedir()), root, dirname(root)])
      expect(() => refuseToRemove(folder, root)).toThrow('holds more than a cache');
    expect(() => refuseToRemove(join(homedir(), '.cache', 'dark-matter'), root)).not.toThrow();
  });
});
