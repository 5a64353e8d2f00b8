/**
 * The faults of stock tslab 1.0.22, each with a test that it is not ours. The test's name is the
 * fault.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelSpec, writeKernelSpec } from '../../kernel-setup/kernelspec.mjs';
import { TestKernel, kinds, only, root, text } from './client';

let kernel: TestKernel;
let folder: string;
beforeAll(async () => {
  // A notebook's folder beside lib/, as notebooks/ is, of our own.
  folder = mkdtempSync(join(tmpdir(), 'faults-'));
  mkdirSync(join(folder, 'notebooks'));
  mkdirSync(join(folder, 'lib'));
  kernel = await TestKernel.start({ cwd: join(folder, 'notebooks') });
});
afterAll(() => {
  kernel.close();
  rmSync(folder, { recursive: true, force: true });
});

const errorOf = async (code: string): Promise<Record<string, any>> =>
  only(await kernel.execute(code), 'error');

describe('stock tslab', () => {
  it('wants IPython to install: kernel.json is written by ourselves, whole or not at all', async () => {
    const file = await writeKernelSpec({ root, prefix: folder });
    expect(file).toBe(join(folder, 'share', 'jupyter', 'kernels', 'dark-matter', 'kernel.json'));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(kernelSpec(root));
    expect(kernelSpec(root)).toMatchObject({
      language: 'typescript',
      display_name: 'TypeScript (Dark Matter)',
      interrupt_mode: 'message',
    });
    expect(kernelSpec(root).argv).toContain('{connection_file}');
  });

  it("fails to import '../lib' because the kernel starts in the notebook's folder", async () => {
    writeFileSync(join(folder, 'lib', 'answer.ts'), 'export const answer: number = 42;\n');
    expect(await kernel.run("import { answer } from '../lib/answer'; answer")).toBe('42');
    expect(await kernel.run('process.cwd()')).toContain('notebooks');
  });

  it('checks cells non-strictly', async () => {
    expect((await errorOf('function untyped(x) { return x }'))['evalue']).toContain('TS7006');
    expect((await errorOf('const s: string = null'))['evalue']).toContain('TS2322');
  });

  it('keeps nested edits of modules stale', async () => {
    writeFileSync(join(folder, 'lib', 'inner.ts'), 'export const value = 1;\n');
    writeFileSync(
      join(folder, 'lib', 'outer.ts'),
      "import { value } from './inner';\nexport const twice = () => value * 2;\n",
    );
    expect(await kernel.run("import { twice } from '../lib/outer'; twice()")).toBe('2');
    writeFileSync(join(folder, 'lib', 'inner.ts'), 'export const value = 21;\n');
    expect(await kernel.run("import { twice } from '../lib/outer'; twice()")).toBe('42');
  });

  it('never sends error, execute_result or execute_input', async () => {
    expect(kinds(await kernel.execute('1'))).toEqual(['execute_input', 'execute_result']);
    expect(kinds(await kernel.execute('throw new Error("x")'))).toEqual(['execute_input', 'error']);
  });

  it('leaves counts null', async () => {
    const answer = await kernel.execute('1');
    const count: unknown = answer.reply.content['execution_count'];
    expect(count).toBeTypeOf('number');
    expect([
      only(answer, 'execute_input')['execution_count'],
      only(answer, 'execute_result')['execution_count'],
    ]).toEqual([count, count]);
  });

  it('reports errors as text on stderr', async () => {
    for (const code of [
      'throw new Error("x")',
      'const s: string = 5',
      'await Promise.reject(new Error("y"))',
      'const = ;',
    ]) {
      const answer = await kernel.execute(code);
      expect(kinds(answer)).toEqual(['execute_input', 'error']);
      expect(answer.reply.content['status']).toBe('error');
    }
  });

  it('answers cells that arrive within 200 ms of an error with "abort", so that --allow-errors skips cells', async () => {
    // nbclient with allow_errors sends the next cell when it has the error's reply and idle.
    for (let i = 0; i < 5; i++) {
      await kernel.execute('throw new Error("expected")');
      expect(await kernel.run('"not skipped"')).toBe("'not skipped'");
    }
  });

  it('lets an unhandled rejection pass with exit 0', async () => {
    const own = await kernel.execute('void Promise.reject(new Error("floating")); 5');
    expect(own.reply.content).toMatchObject({
      status: 'error',
      ename: 'Error',
      evalue: 'floating',
    });
    const name = `In[${String(own.reply.content['execution_count'])}]`;
    expect((own.reply.content['traceback'] as string[]).join('\n')).toMatch(
      new RegExp(`Unhandled rejection[^]*${name.replace(/[[\]]/g, '\\$&')}:1:21`),
    );
  });

  it('lets a rejection that comes later pass: it fails the cell that runs, or the next one, by the name of its own', async () => {
    const first = (
      await kernel.execute('setTimeout(() => { void Promise.reject(new Error("late")) }, 50); 0')
    ).reply.content['execution_count'] as number;
    const running = await errorOf('await new Promise((done) => setTimeout(done, 1000)); "ran"');
    expect(running['evalue']).toBe('late');
    expect((running['traceback'] as string[])[0]).toBe(
      `Unhandled rejection in In[${first}], after it had finished:`,
    );
    const second = (
      await kernel.execute('setTimeout(() => { void Promise.reject("no Error") }, 20); 0')
    ).reply.content['execution_count'] as number;
    await new Promise((done) => setTimeout(done, 200));
    const next = await kernel.execute('console.log("still runs")');
    expect(text(next)).toBe('still runs\n');
    expect(only(next, 'error')['evalue']).toBe('no Error');
    expect((only(next, 'error')['traceback'] as string[])[0]).toContain(`In[${second}]`);
    expect(await kernel.run('"and then all is well"')).toBe("'and then all is well'");
  });

  it('lets a timer exception pass with exit 0', async () => {
    const own = await errorOf(
      'setTimeout(() => { throw new RangeError("in a timer") }, 5); await new Promise((done) => setTimeout(done, 1000))',
    );
    expect(own).toMatchObject({ ename: 'RangeError', evalue: 'in a timer' });
    const first = (await kernel.execute('setTimeout(() => { throw 7 }, 20); 0')).reply.content[
      'execution_count'
    ] as number;
    await new Promise((done) => setTimeout(done, 200));
    const next = await errorOf('1');
    expect(next['evalue']).toBe('7');
    expect((next['traceback'] as string[])[0]).toContain(`Uncaught exception in In[${first}]`);
  });

  it('lets an exception in an event pass', async () => {
    expect(
      (
        await errorOf(
          'import { EventEmitter } from "node:events"; setImmediate(() => new EventEmitter().emit("error", new Error("unheard"))); await new Promise((done) => setTimeout(done, 1000))',
        )
      )['evalue'],
    ).toBe('unheard');
  });

  it('throws ReferenceError for {a, b} of earlier cells', async () => {
    await kernel.run('const a = 1; let b = "two";');
    expect(await kernel.run('({ a, b })')).toBe("{ a: 1, b: 'two' }");
  });

  it('loses outputs over 500 in a burst', async () => {
    const answer = await kernel.execute(
      'for (let i = 0; i < 5000; i++) { console.log(i); if (i % 2) console.error(i) }',
    );
    const all = answer.outputs
      .filter(({ type }) => type === 'stream')
      .map(({ content }) => content['text'] as string)
      .join('');
    const expected = Array.from({ length: 5000 }, (_, i) =>
      i % 2 ? `${i}\n${i}\n` : `${i}\n`,
    ).join('');
    expect(all).toBe(expected);
  });

  it('answers comm_info with a complete_reply, and history, shutdown and interrupt wrongly or not at all', async () => {
    for (const [type, channel] of [
      ['comm_info', 'shell'],
      ['history', 'shell'],
      ['interrupt', 'control'],
      ['kernel_info', 'control'],
    ] as const) {
      const { reply } = await kernel.request(`${type}_request`, {}, channel);
      expect(reply.type).toBe(`${type}_reply`);
      expect(reply.content['status']).toBe('ok');
    }
  });

  it('has displays that need its own kernel: here they work, outside of the repository too', async () => {
    const answer = await kernel.execute(
      "import { display, versions } from 'tslab'; display.html('<b>tslab</b>'); versions.tslab",
    );
    expect(only(answer, 'display_data')['data']).toEqual({ 'text/html': '<b>tslab</b>' });
    expect(text(answer)).toBe("'1.0.22'");
  });

  it('has no stdin', async () => {
    kernel.onInput = () => 'typed';
    expect(text(await kernel.execute('prompt("?")', { allow_stdin: true }))).toBe("'typed'");
  });

  it('lets an interrupted async cell go on running', async () => {
    await kernel.run('let steps = 0');
    const id = await kernel.postCell(
      'for (;;) { steps++; await new Promise((done) => setTimeout(done, 5)); }',
    );
    await kernel.until(
      () =>
        kernel.heard.some(
          ({ type, parent }) => type === 'execute_input' && parent['msg_id'] === id,
        ),
      'start',
    );
    await new Promise((done) => setTimeout(done, 100));
    await kernel.interrupt();
    expect((await kernel.answer(id)).reply.content['ename']).toBe('InterruptedError');
    const after = await kernel.run('steps');
    await new Promise((done) => setTimeout(done, 100));
    expect(await kernel.run('steps')).toBe(after);
  });

  it('says "3.7.2" and "5.3" of itself', async () => {
    const { reply } = await kernel.request('kernel_info_request');
    expect(reply.content['language_info'].version).toBe(
      JSON.parse(readFileSync(join(root, 'node_modules/typescript/package.json'), 'utf8')).version,
    );
    expect(reply.content['protocol_version']).toBe('5.4');
  });
});
