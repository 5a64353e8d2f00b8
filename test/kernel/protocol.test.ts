/** One test for each message of the Jupyter protocol, and the rules about their order. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKernel, kinds, only, text } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
});
afterAll(() => kernel.close());

describe('kernel_info', () => {
  it('gives the true versions and its status, on shell and on control', async () => {
    for (const channel of ['shell', 'control'] as const) {
      const { reply } = await kernel.request('kernel_info_request', {}, channel);
      expect(reply.type).toBe('kernel_info_reply');
      expect(reply.content).toMatchObject({
        status: 'ok',
        protocol_version: '5.4',
        language_info: { name: 'typescript', file_extension: '.ts', mimetype: 'text/typescript' },
      });
      const { version } = (await import('typescript')).default;
      expect(reply.content['language_info'].version).toBe(version);
      expect(reply.content['banner']).toContain(version);
    }
  });
});

describe('execute', () => {
  it('publishes busy, execute_input, execute_result and idle, all with the request as their parent', async () => {
    const id = await kernel.postCell('1 + 2');
    const answer = await kernel.answer(id);
    const count = answer.reply.content['execution_count'] as number;
    expect(answer.reply.content).toMatchObject({ status: 'ok', payload: [], user_expressions: {} });
    expect(answer.outputs.map(({ type }) => type)).toEqual([
      'status',
      'execute_input',
      'execute_result',
    ]);
    expect(only(answer, 'execute_input')).toEqual({ code: '1 + 2', execution_count: count });
    expect(only(answer, 'execute_result')).toEqual({
      execution_count: count,
      data: { 'text/plain': '3' },
      metadata: {},
    });
    for (const { parent } of answer.outputs) expect(parent['msg_id']).toBe(id);
    expect(answer.reply.parent['msg_id']).toBe(id);
  });

  it('counts cells by one, also those that fail', async () => {
    const first = (await kernel.execute('0')).reply.content['execution_count'] as number;
    const failed = (await kernel.execute('throw new Error("x")')).reply.content['execution_count'];
    const last = (await kernel.execute('0')).reply.content['execution_count'];
    expect([failed, last]).toEqual([first + 1, first + 2]);
  });

  it('shows nothing for a cell that ends in a statement or in undefined', async () => {
    for (const code of [
      'const quiet = 1',
      'undefined',
      'void 0',
      '',
      '   \n',
      '// a comment',
      'function g() {}',
    ]) {
      expect(kinds(await kernel.execute(code)), code).toEqual(['execute_input']);
    }
  });

  it('silent leaves no trace: no input, no result, no count', async () => {
    const before = (await kernel.execute('0')).reply.content['execution_count'] as number;
    const silent = await kernel.execute('42', { silent: true });
    expect(silent.reply.content['status']).toBe('ok');
    expect(kinds(silent)).toEqual([]);
    expect((await kernel.execute('0')).reply.content['execution_count']).toBe(before + 1);
  });

  it('store_history: false runs and shows the cell but does not count it', async () => {
    const before = (await kernel.execute('0')).reply.content['execution_count'] as number;
    expect(text(await kernel.execute('"shown"', { store_history: false }))).toBe("'shown'");
    expect((await kernel.execute('0')).reply.content['execution_count']).toBe(before + 1);
  });

  it('evaluates user_expressions after the cell, each with its own status', async () => {
    const { reply } = await kernel.execute('const expressed = 20', {
      user_expressions: {
        good: 'expressed + 1',
        bad: 'nonsense',
        thrown: '(() => { throw new RangeError("r") })()',
      },
    });
    expect(reply.content['user_expressions']).toMatchObject({
      good: { status: 'ok', data: { 'text/plain': '21' } },
      bad: { status: 'error' },
      thrown: { status: 'error', ename: 'RangeError', evalue: 'r' },
    });
  });

  it('keeps variables, functions, classes and types from cell to cell, and lets const be declared anew', async () => {
    await kernel.run(
      'const k = 1; let m = 2; function add(a: number) { return a + k + m; } class Box { constructor(readonly v: number) {} } type T = { t: number }',
    );
    expect(await kernel.run('m += 10; const t: T = { t: add(1) }; new Box(t.t).v')).toBe('14');
    expect(await kernel.run('const k = "text"; k.length')).toBe('4');
  });

  it('answers `name?` with a page of help', async () => {
    const { reply } = await kernel.execute('parseInt?');
    expect(reply.content['status']).toBe('ok');
    expect(reply.content['payload']).toHaveLength(1);
    expect(reply.content['payload'][0]).toMatchObject({ source: 'page', start: 0 });
    expect(reply.content['payload'][0].data['text/plain']).toContain('parseInt');
  });
});

describe('errors', () => {
  it('error and reply agree on ename, evalue and a traceback that points at cell, line and column', async () => {
    const answer = await kernel.execute(
      'const before = 1;\nfunction f(): never {\n  throw new RangeError("too far");\n}\nf();',
    );
    const name = `In[${String(answer.reply.content['execution_count'])}]`;
    const error = only(answer, 'error');
    expect(error).toMatchObject({ ename: 'RangeError', evalue: 'too far' });
    expect(answer.reply.content).toMatchObject({
      status: 'error',
      ename: 'RangeError',
      evalue: 'too far',
      traceback: error['traceback'],
    });
    const trace = (error['traceback'] as string[]).join('\n');
    expect(trace).toContain(`at f (${name}:3:9)`);
    expect(trace).toMatch(new RegExp(`at .*${name.replace(/[[\]]/g, '\\$&')}:5:1`));
    expect(trace).toContain('> 3 |   throw new RangeError("too far");');
    expect(trace).not.toContain('dist/kernel');
    expect(trace).not.toContain('node:internal');
  });

  it('points into an earlier cell whose function threw', async () => {
    const first = (await kernel.execute('function deep() { return (null as any).x; }')).reply
      .content['execution_count'] as number;
    const trace = (only(await kernel.execute('deep()'), 'error')['traceback'] as string[]).join(
      '\n',
    );
    expect(trace).toContain(`at deep (In[${first}]:1:40)`);
    expect(trace).toContain(`In[${first + 1}]:1:1`);
  });

  it('a type error stops the cell before it runs and reads as tsc prints it', async () => {
    const answer = await kernel.execute('console.log("ran");\nconst n: number = "text";');
    const name = `In[${String(answer.reply.content['execution_count'])}]`;
    expect(kinds(answer)).toEqual(['execute_input', 'error']);
    expect(answer.reply.content['ename']).toBe('TypeScriptError');
    const plain = (answer.reply.content['traceback'] as string[])
      .join('\n')
      .replace(/\u001b\[\d+m/g, '');
    expect(plain).toContain(
      `${name}:2:7 - error TS2322: Type 'string' is not assignable to type 'number'.`,
    );
    expect(plain).toContain('~');
  });

  it.each([
    ['throw 5', '5'],
    ['throw "text"', 'text'],
    ['throw { code: 7 }', '{ code: 7 }'],
    ['throw null', 'null'],
    ['throw undefined', 'undefined'],
  ])('%s shows its value', async (code, value) => {
    expect(only(await kernel.execute(code), 'error')['evalue']).toBe(value);
  });

  it('shows causes, and the names of errors of one’s own class', async () => {
    const error = only(
      await kernel.execute(
        'class Custom extends Error { override name = "Custom" }\nthrow new Custom("outer", { cause: new Error("inner") })',
      ),
      'error',
    );
    expect(error['ename']).toBe('Custom');
    expect((error['traceback'] as string[]).join('\n')).toContain('Error: inner');
  });

  it('stop_on_error aborts the cells that were queued, and only those', async () => {
    const ids = await Promise.all(
      ['throw new Error("first")', '"second"', '"third"'].map((code) => kernel.postCell(code)),
    );
    const info = await kernel.post('kernel_info_request', {});
    const replies = await Promise.all(ids.map((id) => kernel.answer(id)));
    expect(replies.map(({ reply }) => reply.content['status'])).toEqual([
      'error',
      'aborted',
      'aborted',
    ]);
    expect(kinds(replies[1]!)).toEqual([]);
    expect((await kernel.answer(info)).reply.content['status']).toBe('ok');
    expect(await kernel.run('"after"')).toBe("'after'");
  });

  it('stop_on_error: false goes on with the queue', async () => {
    const ids = await Promise.all(
      ['throw new Error("first")', '"second"'].map((code) =>
        kernel.postCell(code, { stop_on_error: false }),
      ),
    );
    const replies = await Promise.all(ids.map((id) => kernel.answer(id)));
    expect(replies.map(({ reply }) => reply.content['status'])).toEqual(['error', 'ok']);
  });
});

describe('questions about code', () => {
  it('complete: matches, and their range in code points', async () => {
    await kernel.run('const completable = { alpha: 1, beta: 2 }');
    const code = '"😀"; completable.al';
    const { reply } = await kernel.request('complete_request', {
      code,
      cursor_pos: [...code].length,
    });
    expect(reply.content).toMatchObject({
      status: 'ok',
      matches: ['alpha'],
      cursor_start: 17,
      cursor_end: 19,
    });
    expect(reply.content['metadata']._jupyter_types_experimental[0]).toMatchObject({
      text: 'alpha',
      start: 17,
      end: 19,
    });
  });

  it('inspect: signature and documentation, or not found', async () => {
    await kernel.run(
      '/** Adds two numbers. */\nfunction sum2(a: number, b: number) { return a + b; }',
    );
    const { reply } = await kernel.request('inspect_request', {
      code: 'sum2(1, 2)',
      cursor_pos: 3,
      detail_level: 0,
    });
    expect(reply.content).toMatchObject({ status: 'ok', found: true });
    expect(reply.content['data']['text/plain']).toMatch(
      /sum2\(a: number, b: number\): number[^]*Adds two numbers/,
    );
    const none = await kernel.request('inspect_request', {
      code: '   ',
      cursor_pos: 1,
      detail_level: 0,
    });
    expect(none.reply.content).toMatchObject({ status: 'ok', found: false, data: {} });
  });

  it.each([
    ['const a = 1', 'complete'],
    ['function f() {', 'incomplete'],
    ['const a = ;;)', 'invalid'],
  ])('is_complete: %s is %s', async (code, status) => {
    expect((await kernel.request('is_complete_request', { code })).reply.content['status']).toBe(
      status,
    );
  });

  it('history: tail, range and search, with outputs', async () => {
    const n = (await kernel.execute('"needle one"')).reply.content['execution_count'] as number;
    await kernel.execute('"needle two"');
    const ask = async (content: object): Promise<unknown> =>
      (await kernel.request('history_request', { raw: true, output: false, ...content })).reply
        .content['history'];
    expect(await ask({ hist_access_type: 'tail', n: 2 })).toEqual([
      [1, n, '"needle one"'],
      [1, n + 1, '"needle two"'],
    ]);
    expect(
      await ask({ hist_access_type: 'range', session: 0, start: n, stop: n + 1, output: true }),
    ).toEqual([[1, n, ['"needle one"', "'needle one'"]]]);
    expect(await ask({ hist_access_type: 'search', pattern: '*needle t*', n: 5 })).toEqual([
      [1, n + 1, '"needle two"'],
    ]);
    expect(await ask({ hist_access_type: 'search', pattern: '[' })).toEqual([]);
  });
});

describe('comms', () => {
  const host = '(globalThis as any)[Symbol.for("dark-matter.host")]';
  const idle = async (id: string): Promise<void> =>
    kernel.until(
      () =>
        kernel.heard.some(
          ({ parent, content }) => parent['msg_id'] === id && content['execution_state'] === 'idle',
        ),
      'idle',
    );
  const heard = (id: string, type: string): unknown[] =>
    kernel.heard
      .filter(({ parent, type: t }) => parent['msg_id'] === id && t === type)
      .map(({ content }) => content['data'] ?? content['text']);

  it('comm_open, comm_msg, comm_close and comm_info reach a target of the kernel’s, both ways', async () => {
    await kernel.run(
      `${host}.comms.register("echo", (comm: any, data: any) => { comm.send({ opened: data }); comm.onMessage = (d: any) => comm.send({ echo: d }); comm.onClose = () => console.log("closed") })`,
    );

    const open = await kernel.post('comm_open', {
      comm_id: 'c1',
      target_name: 'echo',
      data: { a: 1 },
    });
    await idle(open);
    expect(heard(open, 'comm_msg')).toEqual([{ opened: { a: 1 } }]);
    expect((await kernel.request('comm_info_request', {})).reply.content).toMatchObject({
      status: 'ok',
      comms: { c1: { target_name: 'echo' } },
    });
    expect(
      (await kernel.request('comm_info_request', { target_name: 'other' })).reply.content['comms'],
    ).toEqual({});
    const message = await kernel.post('comm_msg', { comm_id: 'c1', data: { b: 2 } });
    await idle(message);
    expect(heard(message, 'comm_msg')).toEqual([{ echo: { b: 2 } }]);
    const close = await kernel.post('comm_close', { comm_id: 'c1', data: {} });
    await idle(close);
    expect(heard(close, 'stream')).toEqual(['closed\n']);
    expect((await kernel.request('comm_info_request', {})).reply.content['comms']).toEqual({});
  });

  it('opened behind queued cells, a comm finds the target that they register; its messages wait for it', async () => {
    await kernel.postCell('await new Promise((done) => setTimeout(done, 50))');
    await kernel.postCell(
      `${host}.comms.register("late", (comm: any) => { comm.onMessage = (d: any) => comm.send({ late: d }) })`,
    );
    await kernel.post('comm_open', { comm_id: 'c3', target_name: 'late', data: {} });
    const message = await kernel.post('comm_msg', { comm_id: 'c3', data: { x: 1 } });
    await idle(message);
    expect(heard(message, 'comm_msg')).toEqual([{ late: { x: 1 } }]);
    await idle(await kernel.post('comm_close', { comm_id: 'c3', data: {} }));
  });

  it('a handler that throws tells it under its message, and fails no cell', async () => {
    await kernel.run(
      `${host}.comms.register("throws", (comm: any) => { throw new RangeError("no comm") })`,
    );
    const open = await kernel.post('comm_open', {
      comm_id: 'c4',
      target_name: 'throws',
      data: {},
    });
    await idle(open);
    expect(
      kernel.heard.find(({ parent, type }) => parent['msg_id'] === open && type === 'error')!
        .content,
    ).toMatchObject({ ename: 'RangeError', evalue: 'no comm' });
    expect(await kernel.run('1')).toBe('1');
  });

  it('a comm to a target that does not exist is closed at once', async () => {
    const id = await kernel.post('comm_open', { comm_id: 'c2', target_name: 'nobody', data: {} });
    await kernel.until(
      () =>
        kernel.heard.some(
          ({ type, parent, content }) =>
            type === 'comm_close' && parent['msg_id'] === id && content['comm_id'] === 'c2',
        ),
      'comm_close',
    );
  });
});

describe('the other channels', () => {
  it('heartbeat echoes, also while a cell loops', async () => {
    const id = await kernel.postCell('for (;;);');
    await kernel.until(
      () =>
        kernel.heard.some(
          ({ type, parent }) => type === 'execute_input' && parent['msg_id'] === id,
        ),
      'start',
    );
    expect(await kernel.heartbeat('ping')).toBe('ping');
    await kernel.interrupt();
    expect((await kernel.answer(id)).reply.content['status']).toBe('error');
  });

  it('iopub_welcome greets a subscriber with its topic, and messages carry their type as topic', () => {
    expect(kernel.heard[0]).toMatchObject({
      type: 'iopub_welcome',
      content: { subscription: '' },
      parent: {},
    });
    expect(kernel.heard.find(({ type }) => type === 'execute_input')?.topic).toContain(
      'execute_input',
    );
  });

  it('stdin: prompt() and confirm() ask the front end and block until it answers', async () => {
    const asked: unknown[] = [];
    kernel.onInput = ({ content, parent }) => {
      asked.push(content['prompt'], parent['msg_type']);
      return String(content['prompt']).startsWith('Sure') ? 'y' : 'Ada';
    };
    const answer = await kernel.execute(
      'const who: string | null = prompt("Name?"); const sure: boolean = confirm("Sure?"); `${who} ${sure}`',
      { allow_stdin: true },
    );
    expect(text(answer)).toBe("'Ada true'");
    expect(asked).toEqual(['Name?', 'execute_request', 'Sure? [y/N]', 'execute_request']);
  });

  it('stdin: where the front end takes no input, prompt() says so', async () => {
    const { reply } = await kernel.execute('prompt("Name?")', { allow_stdin: false });
    expect(reply.content).toMatchObject({
      status: 'error',
      evalue: expect.stringContaining('does not take input'),
    });
  });

  it('an unknown message is ignored, between busy and idle', async () => {
    const id = await kernel.post('apply_request', {});
    await kernel.until(
      () =>
        kernel.heard.some(
          ({ parent, content }) => parent['msg_id'] === id && content['execution_state'] === 'idle',
        ),
      'idle',
    );
    expect(await kernel.run('"alive"')).toBe("'alive'");
  });
});

describe('shutdown', () => {
  it.each([true, false])(
    'shutdown_request with restart: %s is answered, and the process ends with 0',
    async (restart) => {
      const own = await TestKernel.start();
      await own.run('1');
      const id = await own.post('shutdown_request', { restart }, 'control');
      expect((await own.replyTo(id)).content).toEqual({ status: 'ok', restart });
      expect(await own.ended()).toBe(0);
      own.close();
    },
  );

  it('ends a kernel whose cell loops', async () => {
    const own = await TestKernel.start();
    await own.run('1');
    await own.postCell('for (;;);');
    await new Promise((done) => setTimeout(done, 200));
    await own.replyTo(await own.post('shutdown_request', { restart: true }, 'control'));
    // by force, if the loop does not let it end by itself
    expect([0, 'SIGKILL']).toContain(await own.ended());
    own.close();
  });
});
