/** Bad input: no crash, no wrong answer, bounded memory. */
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as zmq from 'zeromq';
import { TestKernel, kinds, only, text, type Json } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
  await kernel.run('const alive = "alive"');
});
afterAll(() => kernel.close());

const lives = async (): Promise<void> => expect(await kernel.run('alive')).toBe("'alive'");

/** Resident memory of the kernel, in MB. */
const memory = (): number =>
  Number(
    /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${String(kernel.process.pid)}/status`, 'utf8'))?.[1],
  ) / 1024;

describe('messages that are none', () => {
  it('wrong signatures are dropped silently: nothing is run, nothing is published', async () => {
    const before = kernel.heard.length;
    const header = kernel.header('execute_request');
    const frames = kernel.frames(header, { code: 'console.log("forged")' });
    for (const signature of [
      '',
      '0',
      String(frames[1]).replace(/./g, '0'),
      String(frames[1]).toUpperCase(),
      `${String(frames[1])}0`,
    ]) {
      await kernel.raw([frames[0]!, signature, ...frames.slice(2)]);
    }
    await kernel.raw([...frames.slice(0, 5), JSON.stringify({ code: 'console.log("swapped")' })]);
    await lives();
    expect(
      kernel.heard.slice(before).filter(({ parent }) => parent['msg_id'] === header['msg_id']),
    ).toEqual([]);
  });

  it('rightly signed JSON that is no message is dropped', async () => {
    for (const header of [
      null,
      [],
      5,
      'text',
      {},
      { msg_id: 1, msg_type: 'x', session: 's' },
      { msg_id: 'm', session: 's' },
    ])
      await kernel.raw(kernel.frames(header as never, {}));
    for (const content of [null, [], 5, 'text'])
      await kernel.raw(kernel.frames(kernel.header('execute_request'), content));
    await lives();
  });

  it('rightly signed JSON, nested however deep, is refused by name, and the next message is answered', async () => {
    const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const send = async (header: Json, content: string): Promise<void> => {
      const parts = [JSON.stringify(header), '{}', '{}', content];
      const hmac = createHmac('sha256', kernel.connection.key);
      for (const part of parts) hmac.update(part);
      await kernel.raw(['<IDS|MSG>', hmac.digest('hex'), ...parts]);
    };
    for (const levels of [600, 200_000]) {
      const header = kernel.header('execute_request');
      await send(header, `{"code":"1","user_expressions":{"a":${deep(levels)}}}`);
      const reply = await kernel.replyTo(header['msg_id'] as string);
      expect(reply.content).toMatchObject({ status: 'error', ename: 'BadRequest' });
      expect(reply.content['evalue']).toMatch(/nested deeper than 500 levels/);
      await send(kernel.header('comm_msg'), `{"comm_id":"x","data":{"a":${deep(levels)}}}`);
      await kernel.raw(
        kernel.frames({ ...kernel.header('execute_request'), deep: JSON.parse(deep(600)) }, {}),
      );
    }
    // Brackets in strings are text.
    expect(await kernel.run(`"${'['.repeat(1000)}".length`)).toBe('1000');
    await lives();
  });

  it('a display, a result or a comm that is nested too deeply, or holds itself, fails its cell by name', async () => {
    await kernel.run(
      'const host = (globalThis as any)[Symbol.for("dark-matter.host")]; let deep: any = 1; for (let i = 0; i < 200_000; i++) deep = [deep]; const self: any = {}; self.self = self; 0',
    );
    for (const value of ['deep', 'self']) {
      for (const code of [
        `host.display({ "application/json": ${value} })`,
        `({ "application/json": ${value} })`,
        `host.comms.connect("target", { value: ${value} })`,
      ]) {
        const { reply } = await kernel.execute(code);
        expect(reply.content, code).toMatchObject({ status: 'error', ename: 'RangeError' });
        expect(reply.content['evalue']).toMatch(
          /^(application\/json|comm_open: data): a value nested/,
        );
      }
    }
    await lives();
  });

  it.each([
    ['execute_request', { code: 5 }, 'content.code: number given, string expected'],
    ['execute_request', {}, 'content.code: undefined given, string expected'],
    [
      'execute_request',
      { code: '1', silent: 'yes' },
      'content.silent: string given, boolean expected',
    ],
    [
      'complete_request',
      { code: 'x', cursor_pos: 'end' },
      'content.cursor_pos: string given, number expected',
    ],
    ['inspect_request', { code: null, cursor_pos: 0 }, 'content.code: null given, string expected'],
    ['is_complete_request', { code: [] }, 'content.code: object given, string expected'],
  ])('%s with %j is answered with what is wrong', async (type, content, fault) => {
    const { reply } = await kernel.request(type, content);
    expect(reply.content).toMatchObject({
      status: 'error',
      ename: 'BadRequest',
      evalue: `${type}: ${fault}`,
    });
    await lives();
  });

  it('cursors outside of the code are taken to its ends', async () => {
    for (const cursor_pos of [-1, 1e9, 2.5, Number.MAX_SAFE_INTEGER]) {
      for (const type of ['complete_request', 'inspect_request'])
        expect(
          (await kernel.request(type, { code: 'alive', cursor_pos })).reply.content['status'],
        ).toBe('ok');
    }
  });
});

describe('strange cells', () => {
  it('a cell of 1 MB runs', { timeout: 120_000 }, async () => {
    // More statements than a few thousand are past TypeScript's own limit (TS2563), in a notebook
    // or not.
    const lines = Array.from({ length: 1200 }, (_, i) => `/* ${'x'.repeat(850)} */ total += ${i};`);
    const code = `let total = 0;\n${lines.join('\n')}\ntotal`;
    expect(code.length).toBeGreaterThan(1_000_000);
    expect(text(await kernel.execute(code, {}, 100_000))).toBe(String((1199 * 1200) / 2));
    const literal = 'y'.repeat(1 << 20);
    expect(await kernel.run(`"${literal}".length`)).toBe(String(1 << 20));
    await lives();
  });

  it('a cell with NUL runs or fails by name', async () => {
    expect(await kernel.run('"a\0b".length')).toBe('3');
    expect((await kernel.execute('const a\0b = 1')).reply.content['status']).toBe('error');
    await lives();
  });

  it('lone surrogates run, and go out as U+FFFD, which every client can read', async () => {
    expect(await kernel.run('"\\ud800".length')).toBe('1');
    const answer = await kernel.execute('/* \ud800 */ console.log("a\\ud800b\\\\ud800"); "\ud800"');
    expect(answer.reply.content['status']).toBe('ok');
    expect(only(answer, 'stream')['text']).toBe('a\ufffdb\\ud800\n');
    expect(only(answer, 'execute_input')['code']).toContain('/* \ufffd */');
  });

  it('bidirectional marks, emoji, and every line end run', async () => {
    expect(await kernel.run('const größe = "👩‍👩‍👧";\r\nconst x = 1;\u2028[...größe].length + x')).toBe(
      '6',
    );
  });

  it('endless recursion, in code and in types, is an error', async () => {
    expect(
      (await kernel.execute('const again = (): number => again() + 1; again()')).reply.content[
        'ename'
      ],
    ).toBe('RangeError');
    expect(
      (
        await kernel.execute(
          'type Deep<N extends number, A extends unknown[] = []> = A["length"] extends N ? A : Deep<N, [...A, 0]>; const d: Deep<100000> = []',
        )
      ).reply.content['status'],
    ).toBe('error');
    expect(
      (await kernel.execute(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)).reply.content['status'],
    ).toBe('error');
    await lives();
  });

  it('a value whose inspection, message or stack throws does not take the kernel along', async () => {
    for (const code of [
      '({ [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no"); } })',
      'new Proxy({}, { get() { throw new Error("trap"); } })',
      'throw Object.create(null)',
      'throw new Proxy({}, { get() { throw new Error("trap"); } })',
      'throw Object.assign(new Error("m"), { stack: 5 })',
      'throw Object.defineProperty(new Error("m"), "message", { get() { throw new Error("mine"); } })',
      '({ [Symbol.for("Jupyter.display")]: () => null })',
      '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": 10n, "application/json": 10n }) })',
    ]) {
      expect(['ok', 'error'], code).toContain((await kernel.execute(code)).reply.content['status']);
    }
    await lives();
  });

  it('a cell that formats stack traces its own way, and badly, is told of all the same', async () => {
    await kernel.run(
      'const format = Error.prepareStackTrace; Error.prepareStackTrace = () => { throw 2 }; 0',
    );
    expect((await kernel.execute('throw new Error("still told")')).reply.content['status']).toBe(
      'error',
    );
    await kernel.run('Error.prepareStackTrace = format; 0');
    await lives();
  });
});

describe('a lot', () => {
  it('1,000 queued requests are answered, in order', { timeout: 120_000 }, async () => {
    const ids: string[] = [];
    for (let i = 0; i < 1000; i++)
      ids.push(
        await (i % 10 === 0
          ? kernel.post('kernel_info_request', {})
          : kernel.postCell('1', { store_history: false })),
      );
    for (const id of ids)
      expect((await kernel.answer(id, 100_000)).reply.content['status']).toBe('ok');
    const order = kernel.heard
      .filter(
        ({ type, content, parent }) =>
          type === 'status' &&
          content['execution_state'] === 'idle' &&
          ids.includes(String(parent['msg_id'])),
      )
      .map(({ parent }) => parent['msg_id']);
    expect(order).toEqual(ids);
  });

  it(
    'a client that never reads is given up; memory stays bounded and others hear all',
    { timeout: 120_000 },
    async () => {
      const deaf = new zmq.Subscriber({ receiveHighWaterMark: 1, linger: 0 });
      deaf.connect(`tcp://127.0.0.1:${String(kernel.connection.ports.iopub)}`);
      deaf.subscribe('');
      await new Promise((done) => setTimeout(done, 300));
      const before = memory();
      // 400 MB in all, in messages of their own.
      const answer = await kernel.execute(
        'for (let i = 0; i < 400; i++) (globalThis as any)[Symbol.for("dark-matter.host")].display({ "text/plain": `${i} ${"z".repeat(1 << 20)}` })',
        {},
        100_000,
      );
      expect(answer.reply.content['status']).toBe('ok');
      // What one client leaves unread is no more than the read-ahead of messages; it must not be
      // the whole.
      expect(memory() - before).toBeLessThan(1500);
      expect(kinds(answer).filter((kind) => kind === 'display_data').length).toBeGreaterThan(0);
      deaf.close();
      await lives();
    },
  );
});

describe('fuzz', () => {
  const cases = 1500;

  it(
    `${cases} random messages leave the kernel alive and answering`,
    { timeout: 180_000 },
    async () => {
      const types = [
        'execute_request',
        'complete_request',
        'inspect_request',
        'is_complete_request',
        'history_request',
        'kernel_info_request',
        'comm_info_request',
        'comm_open',
        'comm_msg',
        'comm_close',
        'input_reply',
        'debug_request',
        '',
      ];
      const names = [
        'code',
        'cursor_pos',
        'detail_level',
        'comm_id',
        'target_name',
        'data',
        'hist_access_type',
        'n',
        'pattern',
        'silent',
        'user_expressions',
      ];
      const value = fc.oneof(
        fc.jsonValue(),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('1', 'alive', 'x.', 'range', 'search', 'tail', '[*', -1, 1e300),
      );
      const content = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), value));
      const message = fc.record({
        type: fc.oneof(fc.constantFrom(...types), fc.string()),
        content,
      });
      const mutation = fc.oneof(
        { weight: 4, arbitrary: fc.constant({ kind: 'none' as const }) },
        fc.record({
          kind: fc.constant('bytes' as const),
          frame: fc.nat(6),
          bytes: fc.uint8Array({ maxLength: 50 }),
        }),
        fc.record({ kind: fc.constant('cut' as const), frame: fc.nat(6) }),
        fc.record({ kind: fc.constant('signed' as const), header: fc.jsonValue() }),
      );
      let sent = 0;
      await fc.assert(
        fc.asyncProperty(message, mutation, async ({ type, content: body }, change) => {
          const header = change.kind === 'signed' ? (change.header as never) : kernel.header(type);
          // No random cell may run for long: those that are code at all come from the list above.
          const frames = kernel.frames(
            header,
            typeof body === 'object' && body !== null && !Array.isArray(body)
              ? { stop_on_error: false, ...body }
              : body,
          );
          if (change.kind === 'bytes') frames[change.frame] = Buffer.from(change.bytes);
          await kernel.raw(change.kind === 'cut' ? frames.slice(0, change.frame + 1) : frames);
          sent++;
          // Now and then it must answer at once, so that a failure is found near its cause.
          if (sent % 50 === 0) await lives();
        }),
        { numRuns: cases, endOnFailure: true },
      );
      expect(sent).toBe(cases);
      await lives();
      expect(await kernel.heartbeat('still there')).toBe('still there');
    },
  );
});
