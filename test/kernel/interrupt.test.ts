/**
 * Stop ends what runs, keeps what was defined, and leaves nothing behind that prints into later
 * cells.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TestKernel, type Answer } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
  await kernel.run(
    'const kept = 41; const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));',
  );
});
afterAll(() => kernel.close());
afterEach(async () => {
  expect(await kernel.run('kept + 1')).toBe('42');
});

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/**
 * Starts a cell, waits until it has printed `ready`, stops it, and gives its answer. How long that
 * takes: `npm run bench -- kernel`.
 */
async function stop(
  code: string,
  how: () => Promise<unknown> = () => kernel.interrupt(),
): Promise<Answer> {
  const id = await kernel.postCell(`console.log('ready');\n${code}`, { allow_stdin: true });
  await kernel.until(
    () => kernel.heard.some(({ type, parent }) => type === 'stream' && parent['msg_id'] === id),
    'ready',
  );
  await pause(50);
  await how();
  return kernel.answer(id);
}

/** Nothing more is heard than what a cell that runs afterwards says itself. */
async function quietAfterwards(): Promise<void> {
  const before = kernel.heard.length;
  const { parent } = (await kernel.execute('await sleep(150)')).reply;
  const strays = kernel.heard
    .slice(before)
    .filter((message) => message.parent['msg_id'] !== parent['msg_id']);
  expect(strays.map(({ type, content }) => `${type} ${JSON.stringify(content)}`)).toEqual([]);
}

describe('interrupt_request ends', () => {
  it.each([
    ['a synchronous loop', 'for (;;);'],
    ['a loop that prints', 'for (let i = 0; ; i++) console.log(i);'],
    ['a loop that catches everything', 'for (;;) { try { JSON.parse("{"); } catch {} }'],
    ['a loop after an await', 'await sleep(5); for (;;);'],
    ['a loop of resolved promises', 'for (;;) await null;'],
    ['a loop of timers', 'for (;;) { await sleep(10); console.log("tick"); }'],
    [
      'a loop of timers that catches everything',
      'for (;;) { try { await sleep(10); console.log("tick"); } catch {} }',
    ],
    ['a promise that never settles', 'await new Promise(() => {});'],
    ['a loop in a timer', 'setTimeout(() => { for (;;); }, 1); await sleep(1e6);'],
    ['a loop in a tick', 'process.nextTick(() => { for (;;); }); await sleep(1e6);'],
    ['an interval while it awaits', 'setInterval(() => console.log("tick"), 5); await sleep(1e6);'],
    ['a blocked thread', 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);'],
    [
      'a chain of files read',
      'const { readFile } = await import("node:fs/promises"); for (;;) { await readFile(__dirname + "/../package.json"); console.log("read"); }',
    ],
    [
      'a loop of node:timers/promises',
      'const { setTimeout: later } = await import("node:timers/promises"); for (;;) { await later(5); console.log("tick"); }',
    ],
    [
      'functions that await one another',
      'async function inner() { for (;;) { await sleep(5); console.log("inner"); } }\nasync function outer() { await inner(); }\nawait Promise.all([outer(), outer()]);',
    ],
    [
      'a chain of promises that prints, no link of which is awaited',
      'const { setTimeout: later } = await import("node:timers/promises"); const tick = (): Promise<void> => later(5).then(() => void process.stdout.write("tick")).then(tick); await tick();',
    ],
    [
      'a chain of promises that displays, no link of which is awaited',
      'const { setTimeout: later } = await import("node:timers/promises"); const { display } = (globalThis as any)[Symbol.for("dark-matter.host")]; const show = (): Promise<void> => later(5).then(() => display({ "text/plain": "tick" })).then(show); await show();',
    ],
    [
      'for await',
      'async function* ticks() { for (;;) { await sleep(5); yield 1; } }\nfor await (const t of ticks()) console.log(t);',
    ],
    ['a prompt', 'prompt("never answered")'],
  ])('%s', async (_, code) => {
    const answer = await stop(code);
    expect(answer.reply.content).toMatchObject({ status: 'error', ename: 'InterruptedError' });
    await quietAfterwards();
  });

  it('a loop that awaits the library’s signal, as train() does', async () => {
    const answer = await stop(
      'const { signal } = (globalThis as any)[Symbol.for("dark-matter.host")];\nawait new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));',
    );
    expect(answer.reply.content['ename']).toBe('InterruptedError');
  });
});

it('a cell that is interrupted runs its finally blocks', async () => {
  await kernel.run('let cleaned = false');
  await stop('try { await sleep(1e6); } finally { cleaned = true; }');
  expect(await kernel.run('cleaned')).toBe('true');
});

it('a cell that catches the signal’s error and ends by itself is a success, and what it prints then arrives', async () => {
  const answer = await stop(`
    const { signal } = (globalThis as any)[Symbol.for("dark-matter.host")];
    const work = new Promise<void>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    try { await work; } catch { console.log("saved"); }`);
  expect(answer.reply.content['status']).toBe('ok');
  expect(answer.outputs.at(-1)?.content['text']).toBe('saved\n');
});

it.each([
  ['waits for ever', 'await new Promise(() => {});'],
  ['loops at once', 'for (;;);'],
  ['loops after an await', 'await null; for (;;);'],
])(
  'a module that %s as it is loaded is stopped, and loaded anew by the next import',
  async (_, code) => {
    const folder = mkdtempSync(join(tmpdir(), 'stopped-module-'));
    const file = JSON.stringify(join(folder, 'slow.ts'));
    writeFileSync(
      join(folder, 'slow.ts'),
      `if ((globalThis as any).again !== true) { ${code} } export const done = 7;`,
    );
    await kernel.run('(globalThis as any).again = false; 0');
    const answer = await stop(`await import(${file} as string)`);
    expect(answer.reply.content['status']).toBe('error');
    await kernel.run('(globalThis as any).again = true; 0');
    expect(await kernel.run(`(await import(${file} as string)).done`)).toBe('7');
    rmSync(folder, { recursive: true });
  },
);

it('values that a cell had declared before it was interrupted remain', async () => {
  await stop('const early = 7; await sleep(1e6); const never = 8;');
  expect(await kernel.run('early')).toBe('7');
  expect((await kernel.execute('never')).reply.content['status']).toBe('error');
});

it('how far a loop came that was ended by force is there for the next cell, to within 256 turns', async () => {
  await kernel.run('let turns = 0; let calls = 0; const call = (n: number) => n + 1');
  await stop('for (;;) turns++;');
  expect(Number(await kernel.run('turns'))).toBeGreaterThan(1000);
  await stop('let seen = 0; for (;;) { calls = call(calls); seen++ }');
  expect(await kernel.run('[calls > 1000, Math.abs(calls - seen) <= 1]')).toBe('[ true, true ]');
});

it.each([
  ['for await over a cell’s generator that waits', 'for await (const x of waiting()) { void x }'],
  [
    'for await over promises, one of which never settles',
    'for await (const x of [1, new Promise(() => {})]) { void x }',
  ],
  [
    'for await over a cell’s generator that yields a promise which never settles',
    'for await (const x of never()) { void x }',
  ],
  [
    'for await over a cell’s generator that returns one',
    'for await (const x of returning()) { void x }',
  ],
  [
    'for await over a cell’s generator that hands on what others give',
    'for await (const x of all()) { void x }',
  ],
  [
    'for await over a cell’s generator that catches everything',
    'for await (const x of stubborn()) { void x }',
  ],
  ['for await that leaves what never lets go', 'for await (const x of clinging) { if (x) break }'],
  [
    'an await within what it calls',
    'const inner = async () => { await sleep(1e6) }; await inner()',
  ],
])('Stop runs the finally blocks around %s', async (_, code) => {
  await kernel.run(`
    import { EventEmitter, on } from 'node:events';
    let after = 0;
    async function* waiting() { try { yield 1; await sleep(1e6); yield 2 } finally { after++ } }
    async function* never() { yield new Promise<number>(() => {}) }
    async function* returning() { return new Promise<number>(() => {}) }
    async function* all() { yield* on(new EventEmitter(), 'x') }
    async function* stubborn() { for (;;) { try { await sleep(1e6); yield 1 } catch {} } }
    const clinging: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: 1 }),
        return: () => new Promise(() => {}),
      }),
    };
    0`);
  const answer = await stop(`try { ${code} } finally { after += 10 }`);
  expect(answer.reply.content['ename']).toBe('InterruptedError');
  expect(await kernel.run('after')).toBe(code.includes('waiting') ? '11' : '10');
});

it('cells that were queued behind the interrupted one are aborted', async () => {
  const id = await kernel.postCell('for (;;);');
  const next = await kernel.postCell('"next"');
  await kernel.until(
    () =>
      kernel.heard.some(({ type, parent }) => type === 'execute_input' && parent['msg_id'] === id),
    'start',
  );
  await pause(50);
  await kernel.interrupt();
  expect((await kernel.answer(next)).reply.content['status']).toBe('aborted');
});

/** From version 24 on, Node has no way for a thread of its own to hear signals. */
const anywhere = Number(process.versions.node.split('.')[0]) < 24;

it(`SIGINT means the same in an asynchronous loop${anywhere ? ', in a synchronous one and after an await' : ''}`, async () => {
  for (const code of [
    'for (;;) await sleep(5);',
    ...(anywhere ? ['for (;;);', 'await sleep(5); for (;;);'] : []),
  ]) {
    const answer = await stop(code, async () => void kernel.process.kill('SIGINT'));
    expect(answer.reply.content['ename']).toBe('InterruptedError');
  }
  await quietAfterwards();
});

it('processes and threads that the cell started end with it', async () => {
  await stop(`
    import { spawn } from "node:child_process";
    import { Worker } from "node:worker_threads";
    const child = spawn(process.execPath, ["-e", "setInterval(() => console.log('child'), 5)"]);
    child.stdout.on("data", (data) => console.log(String(data)));
    const worker = new Worker("setInterval(() => console.log('worker'), 5)", { eval: true });
    await sleep(1e6);`);
  await pause(500);
  await quietAfterwards();
  expect(await kernel.run('child.signalCode')).toBe("'SIGTERM'");
  expect(await kernel.run('worker.threadId')).toBe('-1');
});

it('with no cell running it ends what earlier cells left behind', async () => {
  await kernel.run('setInterval(() => console.log("left behind"), 5); 0');
  await pause(50);
  await kernel.interrupt();
  await pause(100);
  await quietAfterwards();
});

it('a hundred interrupts of idle kernels and of short cells do no harm', async () => {
  for (let i = 0; i < 100; i++) {
    const id = i % 2 === 0 ? await kernel.postCell(`${i}`) : undefined;
    await kernel.interrupt();
    if (id !== undefined)
      expect(['ok', 'error']).toContain((await kernel.answer(id)).reply.content['status']);
  }
});
