/** What cells print and show arrives: all of it, in order, in its place, in the richest form. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestKernel, kinds, only, type Answer } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start();
  await kernel.run('const host = (globalThis as any)[Symbol.for("dark-matter.host")]');
});
afterAll(() => kernel.close());

async function resultOf(code: string): Promise<Record<string, any>> {
  const answer = await kernel.execute(code);
  expect(answer.reply.content['status'], JSON.stringify(answer.reply.content)).toBe('ok');
  return only(answer, 'execute_result')['data'];
}

const streams = ({ outputs }: Answer, name: string): string =>
  outputs
    .filter(({ type, content }) => type === 'stream' && content['name'] === name)
    .map(({ content }) => content['text'] as string)
    .join('');

describe('streams', () => {
  it('9,000 console.log calls arrive, in order, in far fewer messages', async () => {
    const answer = await kernel.execute('for (let i = 0; i < 9_000; i++) console.log(i)');
    expect(streams(answer, 'stdout')).toBe(
      Array.from({ length: 9_000 }, (_, i) => `${i}\n`).join(''),
    );
    expect(kinds(answer).length).toBeLessThan(2000);
  });

  it('9,000 lines printed to two streams in turn keep their order', async () => {
    const answer = await kernel.execute(
      'for (let i = 0; i < 9_000; i++) (i % 100 < 50 ? console.log : console.error)(i)',
    );
    const all = answer.outputs
      .filter(({ type }) => type === 'stream')
      .map(({ content }) => content['text'] as string)
      .join('');
    expect(all).toBe(Array.from({ length: 9_000 }, (_, i) => `${i}\n`).join(''));
  });

  it('console.log, console.error, process.stdout and bytes go to their streams', async () => {
    const answer = await kernel.execute(
      'console.log("a", { b: 1 }); console.error("e"); process.stdout.write("no newline"); process.stderr.write(Buffer.from("bytes")); console.table([{ x: 1 }])',
    );
    expect(streams(answer, 'stdout')).toMatch(/^a \{ b: 1 \}\nno newline┌/);
    expect(streams(answer, 'stderr')).toBe('e\nbytes');
  });

  it('a character that is split over two writes stays whole', async () => {
    expect(
      streams(
        await kernel.execute(
          'const euro = Buffer.from("€"); process.stdout.write(euro.subarray(0, 1)); process.stdout.write(euro.subarray(1))',
        ),
        'stdout',
      ),
    ).toBe('€');
  });

  it('what is printed while a synchronous cell runs arrives before it ends', async () => {
    const id = await kernel.postCell(
      'console.log("early"); for (const end = Date.now() + 1000; Date.now() < end; );',
    );
    await kernel.until(
      () => kernel.heard.some(({ type, parent }) => type === 'stream' && parent['msg_id'] === id),
      'stream',
    );
    expect(
      kernel.heard.some(
        ({ parent, content }) => parent['msg_id'] === id && content['execution_state'] === 'idle',
      ),
    ).toBe(false);
    await kernel.answer(id);
  });

  it('what a cell prints after awaits of all kinds is its own, though another runs', async () => {
    const id = await kernel.postCell(`
      const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
      async function* steps() { for (let i = 0; i < 2; i++) { await pause(50); yield i } }
      void (async () => {
        await pause(50); console.log('promise');
        await null; console.log('nothing');
        for await (const x of steps()) console.log('step', x);
        for await (const x of [pause(20).then(() => 'a'), 'b']) console.log(x);
        await Promise.all([pause(5), pause(10)]).then(() => console.log('chain'));
      })(); 0`);
    await kernel.answer(id);
    const second =
      'for (let i = 0; i < 50; i++) { await pause(10); await i; } console.log("second")';
    expect(streams(await kernel.execute(second), 'stdout')).toBe('second\n');
    const first = kernel.heard.filter(
      ({ type, parent }) => type === 'stream' && parent['msg_id'] === id,
    );
    expect(first.map(({ content }) => content['text']).join('')).toBe(
      'promise\nnothing\nstep 0\nstep 1\na\nb\nchain\n',
    );
  });

  it('output of a timer belongs to the cell that started it, though another runs', async () => {
    const id = await kernel.postCell('setTimeout(() => console.log("from the first"), 100); 0');
    await kernel.answer(id);
    expect(
      streams(
        await kernel.execute(
          'await new Promise((done) => setTimeout(done, 300)); console.log("second")',
        ),
        'stdout',
      ),
    ).toBe('second\n');
    expect(
      kernel.heard
        .filter(({ type, parent }) => type === 'stream' && parent['msg_id'] === id)
        .map(({ content }) => content['text']),
    ).toEqual(['from the first\n']);
  });

  it('console.clear clears the cell', async () => {
    expect(
      only(
        await kernel.execute('console.log("x"); console.clear(); console.log("y")'),
        'clear_output',
      ),
    ).toEqual({ wait: false });
  });
});

describe('displays', () => {
  it('display_data carries its bundle, its metadata and its display id', async () => {
    const answer = await kernel.execute(
      'host.display({ "text/plain": "p", "application/json": { a: [1] } }, { metadata: { "text/plain": { m: 1 } }, id: "d1" })',
    );
    expect(only(answer, 'display_data')).toEqual({
      data: { 'text/plain': 'p', 'application/json': { a: [1] } },
      metadata: { 'text/plain': { m: 1 } },
      transient: { display_id: 'd1' },
    });
  });

  it('2,000 updates of one display are joined, and the last one arrives', async () => {
    const answer = await kernel.execute(
      'host.display({ "text/plain": "0" }, { id: "d2" }); for (let i = 1; i <= 2000; i++) host.display({ "text/plain": String(i) }, { id: "d2", update: true })',
    );
    const updates = answer.outputs.filter(({ type }) => type === 'update_display_data');
    expect(updates.length).toBeLessThan(500);
    expect(updates.at(-1)?.content).toMatchObject({
      data: { 'text/plain': '2000' },
      transient: { display_id: 'd2' },
    });
    const numbers = updates.map(({ content }) => Number(content['data']['text/plain']));
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  });

  it('2,000 displays of their own all arrive, in order', async () => {
    const answer = await kernel.execute(
      'for (let i = 0; i < 2000; i++) host.display({ "text/plain": String(i) })',
    );
    expect(
      answer.outputs
        .filter(({ type }) => type === 'display_data')
        .map(({ content }) => Number(content['data']['text/plain'])),
    ).toEqual(Array.from({ length: 2000 }, (_, i) => i));
  });

  it('what JSON cannot say fails at the call, by name', async () => {
    expect(
      (await kernel.execute('host.display({ "application/json": 10n })')).reply.content,
    ).toMatchObject({ status: 'error', ename: 'TypeError' });
  });
});

describe('results', () => {
  it.each([
    ['1 + 2', '3'],
    ['"text"', "'text'"],
    ['[1, { a: 2 }]', '[ 1, { a: 2 } ]'],
    ['null', 'null'],
    ['new Map([[1, 2]])', 'Map(1) { 1 => 2 }'],
    ['10n', '10n'],
    ['Symbol("s")', 'Symbol(s)'],
  ])('%s shows as %s', async (code, expected) => {
    expect(await resultOf(code)).toEqual({ 'text/plain': expected });
  });

  it('an object says how it looks, at once or later, and text is added where it gives none', async () => {
    expect(
      await resultOf(
        '({ [Symbol.for("Jupyter.display")]: () => ({ "text/html": "<b>x</b>", "text/plain": "x" }) })',
      ),
    ).toEqual({ 'text/html': '<b>x</b>', 'text/plain': 'x' });
    expect(
      await resultOf(
        '({ [Symbol.for("Jupyter.display")]: async () => ({ "image/svg+xml": "<svg/>" }) })',
      ),
    ).toEqual({ 'image/svg+xml': '<svg/>', 'text/plain': 'image/svg+xml' });
  });

  it('a display method that throws fails the cell', async () => {
    expect(
      (
        await kernel.execute(
          '({ [Symbol.for("Jupyter.display")]: () => { throw new Error("ugly") } })',
        )
      ).reply.content,
    ).toMatchObject({ status: 'error', evalue: 'ugly' });
  });

  it('a bundle, markup, PNG, JPEG and GIF bytes show as what they are', async () => {
    expect(await resultOf('({ "text/html": "<i>y</i>" })')).toMatchObject({
      'text/html': '<i>y</i>',
    });
    expect(await resultOf('({ outerHTML: "<p>z</p>" })')).toMatchObject({
      'text/html': '<p>z</p>',
    });
    const png =
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    expect(await resultOf(`Buffer.from("${png}", "base64")`)).toMatchObject({
      'image/png': png,
      'text/plain': expect.stringContaining('image/png'),
    });
    expect(await resultOf('new Uint8Array([0xff, 0xd8, 0xff, 0xe0])')).toMatchObject({
      'image/jpeg': '/9j/4A==',
    });
    expect(await resultOf('Buffer.from("GIF89a")')).toHaveProperty(['image/gif']);
    expect(await resultOf('Buffer.from("plain")')).toEqual({
      'text/plain': '<Buffer 70 6c 61 69 6e>',
    });
  });

  it('a tensor shows shape, dtype, values and a histogram', async () => {
    await kernel.run(
      'const tensor = (shape: number[], values: number[], dtype = "float32") => ({ shape, dtype, size: values.length, dataId: {}, isDisposed: false, dataSync: () => Float32Array.from(values) })',
    );
    const data = await resultOf('tensor([2, 3], [1, 2, 3, 4, 5, 6])');
    expect(data['text/plain']).toBe(
      'Tensor float32 [2, 3]\nmin 1  mean 3.5  sd 1.708  max 6\n[[1, 2, 3],\n [4, 5, 6]]',
    );
    expect(data['text/html']).toContain('<svg');
    expect((await resultOf('tensor([], [7])'))['text/plain']).toContain('Tensor float32 []');
    expect((await resultOf('tensor([2], [NaN, 1])'))['text/plain']).toContain(
      '(1 of 2 not finite)',
    );
    expect((await resultOf('tensor([0, 3], [])'))['text/plain']).toBe('Tensor float32 [0, 3]\n[]');
    expect(
      (await resultOf('tensor([100], Array.from({ length: 100 }, (_, i) => i))'))['text/plain'],
    ).toContain('[0, 1, 2, 3, 4, 5, …, 94, 95, 96, 97, 98, 99]');
  });

  it('a danfojs frame and series show as tables', async () => {
    const data = await resultOf(
      'import * as dfd from "danfojs-node"; new dfd.DataFrame({ name: ["<a>", "b"], n: [1, 2] })',
    );
    expect(data['text/html']).toContain('<th>name</th><th>n</th>');
    expect(data['text/html']).toContain('<td>&lt;a&gt;</td><td>1</td>');
    expect(data['text/plain']).toContain('name');
    expect((await resultOf('new dfd.Series([1, 2, 3])'))['text/html']).toContain('<td>3</td>');
  });

  it('a display can be as large as 20 MB', async () => {
    const answer = await kernel.execute('host.display({ "text/html": "x".repeat(20_000_000) })');
    expect(only(answer, 'display_data')['data']['text/html']).toHaveLength(20_000_000);
  });
});
