/** What a cell starts and does not await: its promise as a result, and the notebook's rest. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKernel, kinds, only, text, type Answer, type Json } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
  await kernel.run('const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));');
});
afterAll(() => kernel.close());

/** As the runner asks for it: not as one more cell of the notebook. */
const rest = (seconds: number): Promise<Answer> =>
  kernel.execute(`await (globalThis as any)[Symbol.for("dark-matter.host")].atRest(${seconds})`, {
    silent: true,
  });
const comesToRest = async (seconds: number): Promise<void> =>
  expect((await rest(seconds)).reply.content['status']).toBe('ok');
const trace = (error: Json): string => (error['traceback'] as string[]).join('\n');

describe('a promise that is the last expression', () => {
  it('is awaited: its value is the result', async () => {
    expect(await kernel.run('sleep(20).then(() => 42)')).toBe('42');
    expect(await kernel.run('const later = Promise.resolve("kept"); later')).toBe("'kept'");
    expect(
      await kernel.run('({ then: (done: (value: string) => void) => done("thenable") })'),
    ).toBe("'thenable'");
  });

  it('fails its cell where it is rejected, and the error names the line', async () => {
    const answer = await kernel.execute(
      'async function claims() {\n  await sleep(50);\n  throw new RangeError("does not hold");\n}\nclaims();',
    );
    const error = only(answer, 'error');
    const cell = `In[${String(answer.reply.content['execution_count'])}]`;
    expect(error).toMatchObject({ ename: 'RangeError', evalue: 'does not hold' });
    expect(trace(error)).toContain(`${cell}:3:9`);
    expect(trace(error)).toContain(`${cell}:5:1`);
  });

  it('with nothing to show shows nothing', async () => {
    expect(kinds(await kernel.execute('sleep(1)'))).toEqual(['execute_input']);
  });

  it('is not awaited behind void', async () => {
    expect(kinds(await kernel.execute('void sleep(100_000)'))).toEqual(['execute_input']);
    await kernel.interrupt();
  });
});

describe('a notebook at rest', () => {
  it('is reached at once where nothing was started', async () => {
    await comesToRest(0);
  });

  it.each([
    ['a timer', 'setTimeout(() => console.log("done"), 150); 0'],
    [
      'an async function',
      'void (async () => { await sleep(80); await sleep(80); console.log("done"); })()',
    ],
    [
      'a promise of node:timers',
      'import { setTimeout as wait } from "node:timers/promises"; void wait(150).then(() => console.log("done"))',
    ],
    [
      'a file',
      'import { readFile } from "node:fs/promises"; void readFile("00-start-here.ipynb").then(() => console.log("done"))',
    ],
    [
      'a process',
      'import { exec } from "node:child_process"; exec("sleep 0.15", () => console.log("done")); 0',
    ],
    [
      'a thread',
      'import { Worker } from "node:worker_threads"; new Worker("setTimeout(() => {}, 150)", { eval: true }).on("exit", () => console.log("done")); 0',
    ],
  ])('waits for %s that no cell awaits', async (_, code) => {
    const id = await kernel.postCell(code);
    expect((await kernel.answer(id)).reply.content['status']).toBe('ok');
    await comesToRest(20);
    const printed = kernel.heard
      .filter(({ type, parent }) => type === 'stream' && parent['msg_id'] === id)
      .map(({ content }) => content['text'] as string)
      .join('');
    expect(printed).toBe('done\n');
  });

  it('fails with what comes late, by the name of its cell', async () => {
    const first = await kernel.execute(
      'void (async () => {\n  await sleep(150);\n  throw new Error("too late");\n})(); 0',
    );
    const name = `In[${String(first.reply.content['execution_count'])}]`;
    const error = only(await rest(20), 'error');
    expect(error['evalue']).toBe('too late');
    expect(trace(error)).toContain(`Unhandled rejection in ${name}, after it had finished:`);
    expect(trace(error)).toContain(`${name}:3:9`);
  });

  it('is not reached while a cell’s timer repeats, and says whose it is', async () => {
    const first = await kernel.execute('const repeated = setInterval(() => {}, 50); 0');
    const name = `In[${String(first.reply.content['execution_count'])}]`;
    const error = only(await rest(0.2), 'error');
    expect(error['ename']).toBe('StillRunning');
    expect(error['evalue']).toContain(`what ${name} started still runs`);
    await kernel.run('clearInterval(repeated)');
    await comesToRest(5);
  });

  it('names none of the cells whose timers have fired or were cleared', async () => {
    await kernel.run(
      'await new Promise((done) => setTimeout(done, 1)); await new Promise((done) => setImmediate(done)); 0',
    );
    await kernel.run(
      'clearTimeout(setTimeout(() => {}, 1e6)); clearInterval(setInterval(() => {}, 1e6)); 0',
    );
    const last = await kernel.execute('const endless = setInterval(() => {}, 1e6); 0');
    const name = `In[${String(last.reply.content['execution_count'])}]`;
    expect(only(await rest(0), 'error')['evalue']).toContain(`what ${name} started still runs`);
    await kernel.run('clearInterval(endless)');
    await comesToRest(5);
  });

  it('does not wait for what is unreferenced', async () => {
    await kernel.run('const unreferenced = setInterval(() => {}, 50).unref(); 0');
    await comesToRest(5);
    expect(text(await kernel.execute('clearInterval(unreferenced)'))).toBe('');
  });
});
