/**
 * What other people's notebooks and bug reports showed of our kernel: each test is named after the
 * fault that it holds shut.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type * as Real from 'tslab';
import * as zmq from 'zeromq';
import type * as Ours from '../../kernel-setup/kernel/tslab';
import { TestKernel, kinds, only, parse, root, text, type Answer } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start({ env: { DARK_MATTER_LOG: 'debug' } });
});
afterAll(() => kernel.close());

/** A cell that hangs fails its test soon, and is stopped, so that the next test can run. */
async function execute(code: string, options: Record<string, unknown> = {}): Promise<Answer> {
  const id = await kernel.postCell(code, options);
  try {
    return await kernel.answer(id, 5000);
  } catch (error) {
    await kernel.interrupt();
    await kernel.answer(id);
    throw error;
  }
}

async function run(code: string, options: Record<string, unknown> = {}): Promise<string> {
  const answer = await execute(code, options);
  expect(answer.reply.content).toMatchObject({ status: 'ok' });
  return text(answer);
}

/** The traceback of a cell that fails, without its colours. */
async function traceback(code: string): Promise<string> {
  const { traceback: lines } = only(await execute(code), 'error');
  return stripVTControlCharacters((lines as string[]).join('\n'));
}

function printed({ outputs }: Answer, stream: string): string {
  return outputs
    .filter(({ type, content }) => type === 'stream' && content['name'] === stream)
    .map(({ content }) => content['text'] as string)
    .join('');
}

describe('declarations', () => {
  it('`declare global` of an earlier cell is remembered, by cells that import and by those that do not', async () => {
    await run('declare global { interface Array<T> { secondLast(): T | undefined } }');
    await run('Array.prototype.secondLast = function () { return this.at(-2) }; 0');
    expect(await run('[1, 2, 3].secondLast()')).toBe('2');
    expect(await run("import { sep } from 'node:path'; [sep, 'b'].secondLast()")).toBe("'/'");
  });

  it('`declare global` of a cell that is edited and run again takes the place of the earlier one', async () => {
    await run('declare global { var answered: number; interface Shape { side: number } }');
    await run('declare global { var answered: string; interface Shape { side: string } }');
    expect(await run("globalThis.answered = 'yes'; answered.toUpperCase()")).toBe("'YES'");
    // One that fails to compile leaves the earlier one as it was.
    const failed = await execute('declare global { var answered: boolean }; const n: number = ""');
    expect(failed.reply.content['status']).toBe('error');
    expect(await run('const shape: Shape = { side: "a" }; answered.length + shape.side')).toBe(
      "'3a'",
    );
  });

  it('what `declare module` of an earlier cell adds to a module is remembered', async () => {
    await run("declare module 'url' { interface UrlObject { note?: string } }");
    await run("import type { UrlObject } from 'url'; const address: UrlObject = { note: 'a' };");
    expect(await run('address.note')).toBe("'a'");
  });

  it('ambient `declare` of an earlier cell means the global of that name', async () => {
    await run('declare const VERSION: string; declare function greet(name: string): string;');
    await run(
      'Object.assign(globalThis, { VERSION: "1.2", greet: (name: string) => `hello ${name}` }); 0',
    );
    expect(await run('greet(VERSION)')).toBe("'hello 1.2'");
    expect(await run('declare let counter: number; (globalThis as any).counter = 1; counter')).toBe(
      '1',
    );
    expect(await run('counter += 1; (globalThis as any).counter + counter')).toBe('4');
    expect(await run('({ VERSION })')).toBe("{ VERSION: '1.2' }");
  });

  it('ambient `declare` of a variable that a cell made gives it another type', async () => {
    await run('let loose: unknown = { n: 3 };');
    expect(await run('declare let loose: { n: number }; loose.n')).toBe('3');
    expect(await run('loose.n + 1')).toBe('4');
  });

  it('`export default function` in a cell is seen by the next', async () => {
    await run('export default function twice(n: number) { return 2 * n }');
    expect(await run('twice(21)')).toBe('42');
    await run('export default class Box { constructor(readonly content: string) {} }');
    expect(await run('new Box("tea").content')).toBe("'tea'");
    await run('export default interface Sized { size: number }');
    expect(await run('const sized: Sized = new Set([1]); sized.size')).toBe('1');
    // Without a name it is the cell's result.
    expect(await run('export default function () { return twice(1) }')).toMatch(/^\[Function/);
    expect(await run('_()')).toBe('2');
    expect(await run('export default class { readonly size = twice(2) }')).toBe(
      '[class (anonymous)]',
    );
    expect(await run('export default twice(3)')).toBe('6');
  });
});

describe('results', () => {
  const everything =
    'new Proxy(() => {}, { get: (_, key) => everything, apply: () => everything })';

  it.each([
    [
      'of Comlink',
      `new Proxy(function () {}, {
        get: (_, key): unknown => key === 'then' ? { then: () => 0 } : () => new Promise(() => {}),
        apply: () => new Promise(() => {}),
      })`,
    ],
    [
      'of tRPC',
      `new Proxy(() => {}, {
        get: (_, key): unknown => key === 'then' ? undefined : new Proxy(() => {}, {}),
        apply: () => new Promise(() => {}),
      })`,
    ],
    ['that has every property', everything],
    [
      'whose traps all throw',
      `new Proxy({}, new Proxy({}, { get: () => () => { throw new Error('trap') } }))`,
    ],
  ])('a Proxy %s does not hang the cell', async (_, proxy) => {
    const answer = await execute(`const everything: any = ${proxy}; everything`);
    expect(kinds(answer)).toEqual(['execute_input', 'execute_result']);
    expect(answer.reply.content['status']).toBe('ok');
  });

  it('a Proxy around what has a look of its own is shown as that', async () => {
    const answer = await execute(
      "new Proxy({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>x</b>' }) }, {})",
    );
    expect(only(answer, 'execute_result')['data']['text/html']).toBe('<b>x</b>');
  });

  it('`() => 1` has no name', async () => {
    expect(await run('() => 1')).toBe('[Function (anonymous)]');
    expect(await run('(class {})')).toBe('[class (anonymous)]');
    expect(await run('(() => 1).name')).toBe("''");
  });

  it('a function that is assigned to a variable takes its name', async () => {
    expect(await run('let later: () => number; later = () => 1; later')).toBe('[Function: later]');
    expect(await run('later = () => 2; later.name')).toBe("'later'");
    expect(await run('let unset: (() => number) | undefined; unset ??= () => 1; unset.name')).toBe(
      "'unset'",
    );
  });

  it('`_`, `__`, `Out[n]` and `In[n]` are the results and the cells before', async () => {
    const first = await execute('6 * 7');
    const n = first.reply.content['execution_count'] as number;
    expect(await run('_ + 1')).toBe('43');
    expect(await run('__ + _')).toBe('85');
    expect(await run(`[Out[${n}], In[${n}]]`)).toBe("[ 42, '6 * 7' ]");
    // A cell without a result changes nothing, and a variable of that name is the user's.
    await run('const nothing = 1;');
    expect(await run('_')).toBe("[ 42, '6 * 7' ]");
    expect(await run('const _ = 5; _ + 1')).toBe('6');
    expect(await run('_')).toBe('5');
  });
});

describe('errors', () => {
  it('`console.trace` says what it was given', async () => {
    const answer = await execute('console.trace("here", { a: 1 })');
    const printed = only(answer, 'stream');
    expect(printed['name']).toBe('stderr');
    expect(printed['text']).toMatch(/^Trace: here \{ a: 1 \}\n {4}at In\[\d+\]:1:9/);
    expect(
      await run(
        'const own = { name: "Own", message: "text" }; Error.captureStackTrace(own); (own as any).stack.split("\\n")[0]',
      ),
    ).toBe("'Own: text'");
  });

  it('the properties of an error are in its traceback', async () => {
    expect(await traceback("require('node:fs').readFileSync('/no/such')")).toMatch(
      /code: 'ENOENT'/,
    );
    const shown = await traceback(
      'throw Object.assign(new Error("outer", { cause: Object.assign(new Error("inner"), { code: 7 }) }), { details: { field: "age" } })',
    );
    expect(shown).toMatch(/\{ details: \{ field: 'age' \} \}[^]*caused by[^]*\{ code: 7 \}/);
  });

  it('the errors of an AggregateError are in the traceback, also where it is a cause', async () => {
    const aggregate =
      'new AggregateError([new TypeError("one"), Object.assign(new Error("two"), { code: "E2" }), 3], "all")';
    for (const code of [`throw ${aggregate}`, `throw new Error("x", { cause: ${aggregate} })`]) {
      const shown = await traceback(code);
      expect(shown).toMatch(/TypeError: one[^]*Error: two[^]*code: 'E2'[^]*- 3/);
      expect(shown.match(/TypeError: one/g)).toHaveLength(1);
    }
  });

  it('a cause that refers to itself is told once', async () => {
    const shown = await traceback('const ring = new Error("ring"); ring.cause = ring; throw ring');
    expect(shown.match(/Error: ring/g)).toHaveLength(1);
    expect(shown).toContain('[circular]');
    const pair = await traceback(
      'const a = new Error("first"), b = new Error("second", { cause: a }); a.cause = b; throw a',
    );
    expect(pair.match(/Error: second/g)).toHaveLength(1);
    expect(pair.match(/Error: first/g)).toHaveLength(1);
  });

  it.each([
    'process.removeAllListeners()',
    'process.removeAllListeners("unhandledRejection")',
    'for (const f of process.listeners("uncaughtException")) process.off("uncaughtException", f)',
  ])('after `%s` a rejection fails its cell, and the kernel lives', async (code) => {
    await run(`${code}; 0`);
    expect(
      only(await execute('void Promise.reject(new Error("loose")); 0'), 'error')['evalue'],
    ).toBe('loose');
    expect(
      only(
        await execute(
          'setTimeout(() => { throw new Error("thrown") }); await new Promise((done) => setTimeout(done, 500))',
        ),
        'error',
      )['evalue'],
    ).toBe('thrown');
    expect(await run('"lives"')).toBe("'lives'");
  });

  it('listeners of the user are removed as they ask', async () => {
    expect(
      await run(
        'const hear = () => {}; process.on("SIGUSR2", hear); process.removeAllListeners("SIGUSR2"); process.listenerCount("SIGUSR2")',
      ),
    ).toBe('0');
  });
});

describe('questions', () => {
  const inspect = async (code: string): Promise<Record<string, any>> =>
    (await kernel.request('inspect_request', { code, cursor_pos: code.length, detail_level: 0 }))
      .reply.content;

  it('`inspect` of a type says what it is', async () => {
    await run('type Pair = { left: number }; interface Named { name: string }');
    expect((await inspect('Pair'))['data']['text/plain']).toContain('left: number');
    expect((await inspect('Named'))['data']['text/plain']).toContain('interface Named');
    expect((await inspect('Partial'))['data']['text/plain']).toContain('type Partial<T>');
    expect((await inspect('NodeJS.ErrnoException'))['data']['text/plain']).toContain(
      'interface NodeJS.ErrnoException',
    );
    expect(await run('let untyped: any = 1; 0')).toBe('0');
    expect((await inspect('untyped'))['data']['text/plain']).toBe('let untyped: any');
  });

  it('`inspect` of nothing finds nothing', async () => {
    for (const code of ['noSuchName', 'noSuch.name', '', '  ', 'Math.noSuch'])
      expect(await inspect(code)).toMatchObject({ status: 'ok', found: false, data: {} });
  });

  it('`const q = await` wants another line', async () => {
    for (const code of [
      'const q = await',
      'await',
      'f(await',
      'for await',
      'for await (const x of',
    ])
      expect(
        (await kernel.request('is_complete_request', { code })).reply.content['status'],
        code,
      ).toBe('incomplete');
    expect(
      (await kernel.request('is_complete_request', { code: 'const q = await f()' })).reply.content[
        'status'
      ],
    ).toBe('complete');
  });
});

describe('processes', () => {
  const shell = `const { spawn, spawnSync, execSync, execFileSync } = await import('node:child_process');`;

  it('a child process with inherited stdio prints to its cell', async () => {
    const answer = await execute(`${shell}
      await new Promise((done) =>
        spawn('sh', ['-c', 'echo out; echo err >&2'], { stdio: 'inherit' }).on('close', done));
      await new Promise((done) =>
        spawn('echo', ['own'], { stdio: ['ignore', process.stderr, 2] }).on('close', done));
      0;`);
    expect(text(answer)).toBe('out\n0');
    expect(printed(answer, 'stderr')).toBe('err\nown\n');
  });

  it('and where the cell waits for it, in order', async () => {
    const answer = await execute(`${shell}
      console.log('a');
      execSync('echo b; echo e >&2', { stdio: 'inherit' });
      console.log('c');
      spawnSync('echo', ['d'], { stdio: ['ignore', 'inherit', 'pipe'] });
      execFileSync('echo', ['e'], { stdio: [0, 1, 2] });
      const kept = execSync('echo kept', { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] });
      console.log('got', kept.trim(), execSync('cat', { stdio: 'inherit' }));`);
    expect(text(answer)).toBe('a\nb\nc\nd\ne\ngot kept null\n');
    expect(
      await run(
        `${shell} try { execSync('exit 3', { stdio: 'inherit' }) } catch (error) { (error as { status: number }).status }; 0`,
      ),
    ).toBe('0');
    expect(await traceback(`${shell} execSync('exit 3', { stdio: 'inherit' })`)).toMatch(
      /Command failed: exit 3[^]*status: 3/,
    );
  });

  it('a write to the file descriptors 1 and 2 reaches the cell', async () => {
    const answer = await execute(`import fs from 'node:fs'; import { promisify } from 'node:util';
      fs.writeSync(1, 'one '); fs.writeSync(1, Buffer.from('-two-'), 1, 3); fs.writeFileSync(1, ' three');
      fs.appendFileSync('/dev/stdout', ' four '); fs.writevSync(1, [Buffer.from('fi'), Buffer.from('ve ')]);
      const { bytesWritten } = await promisify(fs.write)(1, Buffer.from('six '));
      await new Promise<void>((done) => fs.createWriteStream('', { fd: 1, autoClose: false }).write('seven', () => done()));
      fs.writeSync(2, 'err'); bytesWritten`);
    expect(text(answer)).toBe('one two three four five six seven4');
    expect(printed(answer, 'stderr')).toBe('err');
    expect(kernel.stderr.join('')).not.toMatch(/one|err|six/);
  });

  /** Starts a cell, stops it once it has printed `ready`, and gives its answer. */
  async function stopped(code: string): Promise<Answer> {
    const id = await kernel.postCell(code);
    await kernel.until(
      () =>
        kernel.heard.some(
          ({ type, parent, content }) =>
            type === 'stream' && parent['msg_id'] === id && content['text'].includes('ready'),
        ),
      'ready',
    );
    await new Promise((done) => setTimeout(done, 100));
    await kernel.interrupt();
    return kernel.answer(id, 10_000);
  }

  const lives = (pid: string): boolean => {
    try {
      process.kill(Number(pid), 0);
      return true;
    } catch {
      return false;
    }
  };
  const gone = (pid: string): Promise<void> =>
    kernel.until(() => !lives(pid), `end of process ${pid}`, 5000);

  it.each([
    ["execSync('sleep 30')"],
    ["execSync('sleep 30; true')"],
    ['execSync(\'trap "" TERM; sleep 30; sleep 30\')'],
    ["try { spawnSync('sleep', ['30']) } finally { spawnSync('sleep', ['30']) }"],
  ])('Stop ends `%s`', async (code) => {
    const { reply } = await stopped(`${shell} console.log('ready'); ${code}`);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'InterruptedError' });
    expect(await run('"lives"')).toBe("'lives'");
  });

  it('Stop ends what a shell of the cell has started, and leaves what an earlier cell did', async () => {
    const server = await run(
      `${shell} const server = spawn('sleep', ['300']); server.unref(); String(server.pid)`,
    );
    const answer = await stopped(`${shell}
      spawn('sh', ['-c', 'sleep 300 & echo $!; wait'], { stdio: 'inherit' });
      await new Promise((done) => setTimeout(done, 300));
      console.log('ready'); await new Promise(() => {});`);
    const child = /^(\d+)$/m.exec(text(answer))![1]!;
    await gone(child);
    const { reply } = await stopped(`${shell} console.log('ready'); execSync('sleep 30; true')`);
    expect(reply.content['ename']).toBe('InterruptedError');
    expect(lives(server.slice(1, -1))).toBe(true);
    await run('server.kill(); 0');
  });
});

describe('`readline` on stdin', () => {
  const ask = `import { createInterface } from 'node:readline/promises';
    const rl = createInterface({ input: process.stdin, output: process.stdout });`;

  it('asks the user', async () => {
    const given = ['Ada', 'Lovelace', 'end'];
    kernel.onInput = () => given.shift();
    const answer = await execute(
      `${ask} const first = await rl.question('First? '); const last = await rl.question('Last? '); rl.close(); \`\${first} \${last}\``,
      { allow_stdin: true },
    );
    expect(text(answer)).toBe("First? Last? 'Ada Lovelace'");
    expect(given).toEqual(['end']);
    kernel.onInput = () => 'again';
    expect(
      await run(
        `const lines: string[] = []; for await (const line of createInterface({ input: process.stdin })) if (lines.push(line) === 2) break; lines`,
        { allow_stdin: true },
      ),
    ).toBe("[ 'again', 'again' ]");
  });

  it('fails where there is no user, and where its cell has ended, and does not wait for ever', async () => {
    expect(await traceback(`${ask} await rl.question('Name? ')`)).toContain(
      'process.stdin: this front end does not take input',
    );
    await run('rl.close(); 0');
    const id = await kernel.postCell(
      `import { createInterface as create } from 'node:readline';
       const later = create({ input: process.stdin }); setTimeout(() => later.question('', () => {}), 100); later.pause(); 0`,
      { allow_stdin: true },
    );
    await kernel.answer(id);
    await new Promise((done) => setTimeout(done, 300));
    expect(only(await execute('1'), 'error')['evalue']).toMatch(/has ended.*prompt\(\)/);
    await run('later.close(); 0');
  });
});

/** The module that cells get is of the real one's type, in both directions. */
type Same<A, B> = A extends B ? (B extends A ? true : false) : false;
const sameType: Same<typeof Ours, typeof Real> = true;

describe('tslab', () => {
  it('has the API of the version that is installed', async () => {
    expect(sameType).toBe(true);
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/tslab/package.json'), 'utf8'),
    ) as { version: string };
    expect(await run("import { versions } from 'tslab'; versions.tslab")).toBe(`'${version}'`);
  });

  it("`import * as tslab from 'tslab'` has the displays of the real package", async () => {
    const bytes = 'new Uint8Array([1, 2])';
    const answer = await execute(`import * as tslab from 'tslab';
      tslab.display.html('<b>'); tslab.display.markdown('*m*'); tslab.display.latex('$x$'); tslab.display.svg('<svg/>');
      tslab.display.javascript('1'); tslab.display.text('t'); tslab.display.png(${bytes}); tslab.display.jpeg(${bytes});
      tslab.display.gif(${bytes}); tslab.display.pdf(${bytes}); tslab.display.raw('text/x', 'r'); tslab.versions.node`);
    expect(
      answer.outputs
        .filter(({ type }) => type === 'display_data')
        .map(({ content }) => content['data']),
    ).toEqual([
      { 'text/html': '<b>' },
      { 'text/markdown': '*m*' },
      { 'text/latex': '$x$' },
      { 'image/svg+xml': '<svg/>' },
      { 'text/javascript': '1' },
      { 'text/plain': 't' },
      { 'image/png': 'AQI=' },
      { 'image/jpeg': 'AQI=' },
      { 'image/gif': 'AQI=' },
      { 'application/pdf': 'AQI=' },
      { 'text/x': 'r' },
    ]);
    expect(text(answer)).toBe(`'${process.version}'`);
  });

  it('`newDisplay` shows once and then updates', async () => {
    const answer = await execute(
      'const place = tslab.newDisplay(); place.text("a"); await new Promise((done) => setTimeout(done, 60)); place.html("<b>");',
    );
    const shown = answer.outputs.filter(({ type }) => type.endsWith('display_data'));
    expect(shown.map(({ type, content }) => [type, content['data']])).toEqual([
      ['display_data', { 'text/plain': 'a' }],
      ['update_display_data', { 'text/html': '<b>' }],
    ]);
    const ids = shown.map(({ content }) => content['transient'].display_id as string);
    expect(ids[0]).toMatch(/./);
    expect(ids[1]).toBe(ids[0]);
  });

  it('`require` and `import()` of tslab are the same', async () => {
    expect(
      await run(
        'require("tslab").display === tslab.display && (await import("tslab")).display === tslab.display',
      ),
    ).toBe('true');
  });
});

describe('`DARK_MATTER_LOG=debug`', () => {
  it('writes what the kernel does to a file that it names, for its owner alone', async () => {
    const file = /writes what it does to (.*)/.exec(kernel.stderr.join(''))![1]!;
    await run('"to be found in the log"');
    const { reply } = await execute('const wrong: string = 1');
    const lines = readFileSync(file, 'utf8').split('\n');
    const about = (pattern: RegExp): string[] => lines.filter((line) => pattern.test(line));
    expect(about(/server: receives type="execute_request".*to be found in the log/)).toHaveLength(
      1,
    );
    expect(about(/server: publishes kind="execute_result".*to be found in the log/)).toHaveLength(
      1,
    );
    expect(about(/server: sends type="execute_reply"/).length).toBeGreaterThan(1);
    const cell = `In[${String(reply.content['execution_count'])}]`;
    expect(about(/executor: compiled/).at(-1)).toMatch(/ok=false diagnostics=.*TS2322/);
    expect(about(/executor: compiled/).at(-1)).toContain(`cell="${cell}"`);
    expect(about(/executor: hears of an interrupt/).length).toBeGreaterThan(0);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o077).toBe(0);
    rmSync(file);
  });
});

describe("Node's inspector", () => {
  it('sees cells as they were typed, and Stop goes on working', async () => {
    await run(`import inspector from 'node:inspector';
      inspector.open(0, '127.0.0.1');
      const session = new inspector.Session(); session.connect();
      const scripts: { url: string; sourceMapURL?: string | undefined }[] = [];
      session.on('Debugger.scriptParsed', ({ params }) => void scripts.push(params));
      session.post('Debugger.enable');`);
    const answer = await execute('const typed: number = 42;');
    const name = `In[${String(answer.reply.content['execution_count'])}]`;
    const found = await run(
      `scripts.find(({ url }) => url === '${name}')?.sourceMapURL?.replace(/^.*base64,/, '') ?? ''`,
    );
    const map = JSON.parse(Buffer.from(found.slice(1, -1), 'base64').toString()) as object;
    expect(map).toMatchObject({ sources: [name], sourcesContent: ['const typed: number = 42;'] });
    const id = await kernel.postCell('console.log("ready"); for (;;);');
    await kernel.until(
      () => kernel.heard.some(({ type, parent }) => type === 'stream' && parent['msg_id'] === id),
      'ready',
    );
    await kernel.interrupt();
    expect((await kernel.answer(id)).reply.content['ename']).toBe('InterruptedError');
    await run('session.disconnect(); inspector.close(); 0');
  });
});

describe('clients', () => {
  it('a second client of the same identity is answered', async () => {
    const second = new zmq.Dealer({ routingId: kernel.session, linger: 0, receiveTimeout: 5000 });
    second.connect(`tcp://127.0.0.1:${kernel.connection.ports.shell}`);
    await second.send(kernel.frames(kernel.header('kernel_info_request'), {}));
    expect(parse(await second.receive()).type).toBe('kernel_info_reply');
    second.close();
  });
});
