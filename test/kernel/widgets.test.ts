/** Widgets over the wire: the messages of ipywidgets' protocol, and when and where listeners run. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKernel, kinds, only, text, type Answer, type Json, type Received } from './client';

const view = 'application/vnd.jupyter.widget-view+json';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
  await kernel.run(
    `import { show, widget, widgets } from 'dark-matter';
const esm = 'export default { render({ model, el }) {} }';
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));`,
  );
}, 120_000);
afterAll(() => kernel.close());

/** What was heard for a message: its outputs, without statuses. */
const heardFor = (id: string): Received[] =>
  kernel.heard.filter(({ parent, type }) => parent['msg_id'] === id && type !== 'status');

/** Sends a message to a widget; gives its id. */
const post = (comm: string, data: Json, buffers: readonly Buffer[] = []): Promise<string> =>
  kernel.postWith('comm_msg', { comm_id: comm, data }, { buffers });

const idle = (id: string): Promise<void> =>
  kernel.until(
    () =>
      kernel.heard.some(
        ({ parent, content }) => parent['msg_id'] === id && content['execution_state'] === 'idle',
      ),
    `idle of ${id}`,
  );

/** The same, and waits until it is answered. */
async function tell(comm: string, data: Json, buffers: readonly Buffer[] = []): Promise<string> {
  const id = await post(comm, data, buffers);
  await idle(id);
  return id;
}

const move = (comm: string, state: Json): Promise<string> =>
  tell(comm, { method: 'update', state, buffer_paths: [] });

/** Runs a cell that makes one widget; gives the id of its comm, and the cell's answer. */
async function make(code: string): Promise<{ comm: string; answer: Answer; cell: string }> {
  const cell = await kernel.postCell(code);
  const answer = await kernel.answer(cell);
  expect(answer.reply.content).toMatchObject({ status: 'ok' });
  return { comm: only(answer, 'comm_open')['comm_id'] as string, answer, cell };
}

const outputOf = (cell: string): string =>
  heardFor(cell)
    .filter(({ type }) => type === 'stream')
    .map(({ content }) => String(content['text']))
    .join('');

const openComms = async (): Promise<string[]> =>
  Object.keys((await kernel.request('comm_info_request', {})).reply.content['comms'] as Json);

describe('messages', () => {
  it('a widget opens a comm with its state, and is shown as a view of it, or as text', async () => {
    const { answer, comm } = await make(
      `const first = widget({ esm, css: '.mine {}', state: { value: 3, name: 'x' } });\nfirst`,
    );
    const opened = answer.outputs.find(({ type }) => type === 'comm_open')!;
    expect(opened.metadata).toEqual({ version: '2.1.0' });
    expect(opened.content).toMatchObject({
      target_name: 'jupyter.widget',
      data: {
        buffer_paths: [],
        state: {
          _model_module: 'anywidget',
          _model_name: 'AnyModel',
          _model_module_version: '0',
          _view_module: 'anywidget',
          _view_name: 'AnyView',
          _view_module_version: '0',
          _view_count: null,
          _css: '.mine {}',
          value: 3,
          name: 'x',
          _esm: 'export default { render({ model, el }) {} }',
          _anywidget_id: expect.stringMatching(/^dark-matter-[0-9a-f]{12}$/) as string,
        },
      },
    });
    expect(only(answer, 'execute_result')['data']).toEqual({
      [view]: { version_major: 2, version_minor: 0, model_id: comm },
      'text/plain': "widget { value: 3, name: 'x' }",
    });
  });

  it('what the page changes is heard, echoed to the other pages, and calls listeners', async () => {
    const { comm, cell } = await make(
      `const heard = widget({ esm, state: { value: 3 } });
heard.on('change:value', (value, before) => console.log(before, '->', value));`,
    );
    const id = await move(comm, { value: 5 });
    expect(heardFor(id).map(({ type, content }) => [type, content['data']])).toEqual([
      ['comm_msg', { method: 'echo_update', state: { value: 5 }, buffer_paths: [] }],
    ]);
    expect(outputOf(cell)).toBe('3 -> 5\n');
    expect(await kernel.run(`heard.get('value')`)).toBe('5');
    await move(comm, { value: 5 });
    expect(outputOf(cell), 'nothing has changed').toBe('3 -> 5\n');
  });

  it('what a cell sets is sent, once, and calls listeners in that cell', async () => {
    await make(
      `const set = widget({ esm, state: { a: 1, b: 2 } });
set.on('change:b', (b) => console.log('b is', b));`,
    );
    const answer = await kernel.execute(`set.set({ a: 1, b: 3 }); set.set('b', 3);`);
    expect(only(answer, 'comm_msg')['data']).toMatchObject({ method: 'update', state: { b: 3 } });
    expect(text(answer)).toBe('b is 3\n');
  });

  it('request_state is answered with everything, and so is a page that asks for all widgets', async () => {
    const { comm } = await make(`const asked = widget({ esm, state: { value: 'now' } });`);
    const id = await tell(comm, { method: 'request_state' });
    expect(heardFor(id).map(({ content }) => content['data'] as unknown)).toMatchObject([
      { method: 'update', state: { value: 'now', _model_name: 'AnyModel', _view_count: null } },
    ]);
    await kernel.post('comm_open', {
      comm_id: 'control',
      target_name: 'jupyter.widget.control',
      data: {},
    });
    const all = await tell('control', { method: 'request_states' });
    expect(heardFor(all)[0]!.content['data']).toMatchObject({
      method: 'update_states',
      states: {
        [comm]: {
          model_name: 'AnyModel',
          model_module: 'anywidget',
          model_module_version: '0',
          state: { value: 'now' },
        },
      },
    });
    await kernel.post('comm_close', { comm_id: 'control', data: {} });
  });

  it('custom messages go both ways, with buffers', async () => {
    const { comm, cell } = await make(
      `const custom = widget({ esm, state: {} });
custom.on('msg:custom', (content, buffers) => console.log(content, buffers.map((each) => [...each])));
custom.send({ hello: 1 }, [new Uint8Array([1, 2])]);`,
    );
    const sent = heardFor(cell).find(({ type }) => type === 'comm_msg')!;
    expect(sent.content['data']).toEqual({ method: 'custom', content: { hello: 1 } });
    expect(sent.buffers.map((each) => [...each])).toEqual([[1, 2]]);
    await tell(comm, { method: 'custom', content: { ask: true } }, [Buffer.from([7, 8, 9])]);
    expect(outputOf(cell)).toBe('{ ask: true } [ [ 7, 8, 9 ] ]\n');
  });

  it('bytes in the state travel beside it, and come back as the kind they were', async () => {
    const { answer, comm, cell } = await make(
      `const bytes = widget({ esm, state: { x: new Float32Array([1, 2]), deep: { list: [new Uint8Array([9])] } } });
bytes.on('change:x', (x) => console.log(x));`,
    );
    const opened = answer.outputs.find(({ type }) => type === 'comm_open')!;
    expect(opened.content['data']).toMatchObject({
      buffer_paths: [['x'], ['deep', 'list', 0]],
      state: { x: null, deep: { list: [null] } },
    });
    expect([...new Float32Array(new Uint8Array(opened.buffers[0]!).buffer)]).toEqual([1, 2]);
    expect([...opened.buffers[1]!]).toEqual([9]);
    const three = Buffer.from(new Float32Array([3]).buffer);
    await tell(comm, { method: 'update', state: {}, buffer_paths: [['x']] }, [three]);
    expect(outputOf(cell)).toBe('Float32Array(1) [ 3 ]\n');
  });

  it('close takes it from the pages; what is set then is not sent', async () => {
    await make(`const closing = widget({ esm, state: { value: 1 } });`);
    expect(kinds(await kernel.execute(`closing.close(); closing.set('value', 2)`))).toEqual([
      'execute_input',
      'comm_close',
    ]);
    const answer = await kernel.execute('[closing.closed, closing.get("value")]');
    expect(text(answer)).toBe('[ true, 2 ]');
    expect(only(await kernel.execute('closing'), 'execute_result')['data']).toEqual({
      'text/plain': 'widget { value: 2 }',
    });
  });

  it('a page that closes it ends it here too', async () => {
    const { comm } = await make(`const ended = widget({ esm, state: {} });`);
    await kernel.post('comm_close', { comm_id: comm, data: {} });
    expect(await kernel.run('ended.closed')).toBe('true');
  });

  it('several views are views of one model', async () => {
    const { comm } = await make(`const shared = widgets.slider({ label: 'x' });`);
    const views = (await kernel.execute('await show(shared); await show(shared); shared')).outputs
      .map(({ content }) => (content['data'] as Json | undefined)?.[view] as Json | undefined)
      .filter((each) => each !== undefined);
    expect(views.map((each) => each['model_id'] as string)).toEqual([comm, comm, comm]);
  });
});

describe('listeners', () => {
  it('display below the cell that added them, also when another made the widget', async () => {
    const { comm } = await make(`const other = widget({ esm, state: { value: 0 } });`);
    const cell = await kernel.postCell(
      `other.on('change:value', async (value) => { await show({ 'text/html': String(value) }); console.log('shown') });`,
    );
    await kernel.answer(cell);
    const before = heardFor(cell).length;
    await move(comm, { value: 1 });
    expect(
      heardFor(cell)
        .slice(before)
        .map(({ type }) => type),
    ).toEqual(['display_data', 'stream']);
  });

  it('an asynchronous one is waited for before its message is answered', async () => {
    const { comm, cell } = await make(
      `const slow = widget({ esm, state: { value: 0 } });
slow.on('change:value', async () => { await sleep(100); console.log('done') });`,
    );
    await move(comm, { value: 1 });
    expect(outputOf(cell)).toBe('done\n');
  });

  it('run while a cell waits, whose status is then told again', async () => {
    const { comm, cell } = await make(
      `const live = widget({ esm, state: { value: 0 } });
live.on('change:value', (value) => console.log('heard', value));`,
    );
    const running = await kernel.postCell(
      `await new Promise<void>((done) => void live.on('change:value', () => done())); live.get('value')`,
    );
    await kernel.until(() => heardFor(running).length > 0, 'the cell');
    const id = await move(comm, { value: 4 });
    const answer = await kernel.answer(running);
    expect(text(answer)).toBe('4');
    expect(outputOf(cell)).toBe('heard 4\n');
    const states = kernel.heard
      .filter(({ type }) => type === 'status')
      .map(({ parent, content }) => [parent['msg_id'], content['execution_state']]);
    const after = states.findIndex(([of, state]) => of === id && state === 'idle');
    expect(states[after + 1]).toEqual([running, 'busy']);
  });

  it('let cells run while they wait', async () => {
    const { comm, cell } = await make(
      `const long = widget({ esm, state: { value: 0 } });
let release = () => {};
long.on('change:value', async () => { await new Promise<void>((done) => (release = done)); console.log('released'); });`,
    );
    const id = await post(comm, { method: 'update', state: { value: 1 }, buffer_paths: [] });
    await kernel.until(() => heardFor(id).length > 0, 'the echo');
    expect(await kernel.run('release(); 1')).toBe('1');
    await idle(id);
    expect(outputOf(cell)).toBe('released\n');
  });

  it.each([
    ['throws', `() => { throw new Error('no good') }`],
    ['rejects', `async () => { await sleep(1); throw new Error('no good') }`],
    [
      'leaves a rejection behind',
      `() => { void sleep(1).then(() => { throw new Error('no good') }) }`,
    ],
    ['starts a timer that throws', `() => { setTimeout(() => { throw new Error('no good') }, 1) }`],
  ])('one that %s tells it below its cell, and fails no other', async (_, listener) => {
    const { comm, cell } = await make(
      `const failing = widget({ esm, state: { value: 0 } });\nfailing.on('change:value', ${listener});`,
    );
    const id = await move(comm, { value: 1 });
    await kernel.until(() => heardFor(cell).some(({ type }) => type === 'error'), 'error');
    const error = heardFor(cell).find(({ type }) => type === 'error')!.content;
    expect(error).toMatchObject({ ename: 'Error', evalue: 'no good' });
    expect((error['traceback'] as string[]).join('\n')).toMatch(/In\[\d+\]:2/);
    expect(heardFor(id).filter(({ type }) => type !== 'comm_msg')).toEqual([]);
    expect(await kernel.run('await sleep(5); 1')).toBe('1');
    await move(comm, { value: 2 });
  });

  it('where a cell sets the value, an error goes to that cell', async () => {
    await make(
      `const thrown = widget({ esm, state: { value: 0 } });\nthrown.on('change:value', () => { throw new Error('mine') });`,
    );
    expect(only(await kernel.execute(`thrown.set('value', 1)`), 'error')['evalue']).toBe('mine');
  });
});

describe('Stop', () => {
  it.each([
    ['a loop', 'for (;;);'],
    ['a loop after an await', 'await sleep(1); for (;;);'],
    ['a wait', 'await new Promise(() => {});'],
    ['a loop of waits', 'for (;;) await sleep(5);'],
  ])('ends a listener in %s; the widget and the kernel go on', async (_, body) => {
    const { comm, cell } = await make(
      `let endless = true;
const stopped = widget({ esm, state: { value: 0 } });
stopped.on('change:value', async (value) => { console.log('at', value); if (endless) { ${body} } });`,
    );
    const id = await post(comm, { method: 'update', state: { value: 1 }, buffer_paths: [] });
    await kernel.until(() => outputOf(cell) !== '', 'the listener');
    await kernel.interrupt();
    await idle(id);
    const error = heardFor(cell).find(({ type }) => type === 'error')!.content;
    expect(error['ename']).toBe('InterruptedError');
    expect(await kernel.run('endless = false; 1')).toBe('1');
    await move(comm, { value: 2 });
    expect(outputOf(cell)).toBe('at 1\nat 2\n');
  });

  it('ends the cell and the listeners that run beside it', async () => {
    const { comm, cell } = await make(
      `const beside = widget({ esm, state: { value: 0 } });
beside.on('change:value', async () => { console.log('begun'); await new Promise(() => {}); });`,
    );
    const running = await kernel.postCell('await new Promise(() => {})');
    const id = await post(comm, { method: 'update', state: { value: 1 }, buffer_paths: [] });
    await kernel.until(() => outputOf(cell) !== '', 'the listener');
    await kernel.interrupt();
    expect((await kernel.answer(running)).reply.content['ename']).toBe('InterruptedError');
    await idle(id);
    expect(heardFor(cell).map(({ type }) => type)).toContain('error');
  });

  it('aborts the signal of what the library does in a listener', async () => {
    const { comm, cell } = await make(
      `const signalled = widget({ esm, state: { value: 0 } });
signalled.on('change:value', async () => {
  const { signal } = (globalThis as any)[Symbol.for('dark-matter.host')];
  console.log('begun');
  await new Promise((done) => signal.addEventListener('abort', done));
  console.log('aborted');
});`,
    );
    const id = await post(comm, { method: 'update', state: { value: 1 }, buffer_paths: [] });
    await kernel.until(() => outputOf(cell) !== '', 'the listener');
    await kernel.interrupt();
    await idle(id);
    expect(outputOf(cell)).toBe('begun\naborted\n');
    expect(heardFor(cell).map(({ type }) => type)).not.toContain('error');
  });
});

describe('running a cell again', () => {
  const runCell = async (cellId: string, code: string, deletedCells: string[] = []) => {
    const content = { code, silent: false, store_history: true, allow_stdin: false };
    const metadata = { cellId, deletedCells };
    const id = await kernel.postWith('execute_request', content, { metadata });
    const answer = await kernel.answer(id);
    expect(answer.reply.content).toMatchObject({ status: 'ok' });
    return { id, answer };
  };

  it('closes the widgets that it made, so that as many are open as before', async () => {
    const before = await openComms();
    const code = `await show(widgets.button('once'))`;
    await runCell('again', code);
    const [first] = (await openComms()).filter((id) => !before.includes(id));
    const { answer } = await runCell('again', code);
    expect(only(answer, 'comm_close')['comm_id']).toBe(first);
    await runCell('again', code);
    const now = (await openComms()).filter((id) => !before.includes(id));
    expect(now).toHaveLength(1);
    expect(now).not.toContain(first);
    await runCell('elsewhere', '1', ['again']);
    expect(await openComms()).toEqual(before);
  });

  it('takes away the listeners that it added to a widget of another cell', async () => {
    const { comm } = await make(`const lasting = widget({ esm, state: { value: 0 } });`);
    const code = `lasting.on('change:value', (value) => console.log('heard', value))`;
    const { id: first } = await runCell('listens', code);
    const { id: second } = await runCell('listens', code);
    await move(comm, { value: 1 });
    expect([outputOf(first), outputOf(second)]).toEqual(['', 'heard 1\n']);
  });
});

describe('mistakes', () => {
  it.each([
    [`widget({ esm, state: { value: 1 } }).get('valu')`, /TS2345.*'"valu"'.*'"value"'/],
    [`widget({ esm, state: { value: 1 } }).set('value', '1')`, /TS2345.*'string'.*'number'/],
    [`widget({ esm, state: { value: 1 } }).on('change:valu', () => {})`, /TS2769/],
    [`widgets.select({ options: ['a', 'b'], value: 'c' })`, /TS2322.*'"c"'.*'"a" \| "b"/],
  ])('%s is a type error', async (code, message) => {
    const { evalue, traceback } = only(await kernel.execute(code), 'error');
    expect(`${evalue}\n${(traceback as string[]).join('\n')}`.replace(/\s+/g, ' ')).toMatch(
      message,
    );
  });
});
