/**
 * The kernel and the library together: tracebacks into lib's .ts files, train() under Stop, tensors
 * as results.
 */
import { existsSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestKernel, only } from './client';

let kernel: TestKernel;
beforeAll(async () => {
  kernel = await TestKernel.start({ env: { DARK_MATTER_FORGOTTEN: 'free' } });
  await kernel.run("import { lastError, tf, train, type Tensor } from 'dark-matter'; 0");
}, 120_000);
afterAll(() => kernel.close());

it("a traceback points into the library's .ts files, and at the cell that called", async () => {
  const answer = await kernel.execute(
    'const f = async () => {\n  await train({ steps: -1 } as never);\n};\nawait f();',
  );
  const trace = (only(answer, 'error')['traceback'] as string[]).join('\n');
  const cell = `In[${String(answer.reply.content['execution_count'])}]`;
  expect(trace).toMatch(/lib\/\w+\/\w+\.ts:\d+:\d+/);
  expect(trace).toContain(`${cell}:2:9`);
  expect(trace).toContain(`${cell}:4:7`);
  expect(trace).not.toContain('lib/dist');
  // The cell's line is shown, and not the library's.
  expect(trace).toMatch(/> 2 \| {3}await train\(/);
});

it('every file that a traceback names exists, also where a package left out the sources of its map', async () => {
  const answer = await kernel.execute("tf.tidy(() => { throw new Error('inside'); });");
  const trace = stripVTControlCharacters(
    (only(answer, 'error')['traceback'] as string[]).join('\n'),
  ).replace(/ and \d+ more frames? in .*$/gm, '');
  const files = [...trace.matchAll(/^ {4}at .*?\(?(\/[^()]*?):\d+:\d+\)?$/gm)].map(
    ([, file]) => file!,
  );
  expect(files.some((file) => file.includes('tfjs'))).toBe(true);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

it(
  'Stop ends train(), which says how far it came and gives what it learned',
  { timeout: 120_000 },
  async () => {
    await kernel.run(`
    const method = {
      name: 'mean', mechanism: 'none' as const,
      init: () => ({ params: { w: tf.zeros([4]) }, state: {} }),
      objective: (params: { w: Tensor }, batch: { x: Tensor }) => ({ loss: batch.x.sub(params.w).square().mean().asScalar(), metrics: {}, state: {} }),
    };
    const data = { x: tf.ones([64, 4]) };
    let partial: any;`);
    const id = await kernel.postCell(`
    try { await train({ method, data, batch: 16, steps: 1e9, display: 'none', mode: 'eager', onStep: ({ step }) => { if (step === 20) console.log('training') } }); }
    catch (error: any) { partial = error.partial; throw error; }`);
    await kernel.until(
      () => kernel.heard.some(({ type, parent }) => type === 'stream' && parent['msg_id'] === id),
      'a few steps',
      60_000,
    );
    await kernel.interrupt();
    const { reply } = await kernel.answer(id);
    expect(reply.content).toMatchObject({ status: 'error', ename: 'AbortError' });
    expect(await kernel.run('partial.interrupted && partial.steps >= 20')).toBe('true');
    // It is at hand for those who caught nothing, too.
    expect(await kernel.run('lastError()!.partial === partial')).toBe('true');
    // Nothing of it goes on: no tensors are made.
    const tensors = async () => Number(await kernel.run('tf.memory().numTensors'));
    const before = await tensors();
    await new Promise((done) => setTimeout(done, 300));
    expect(await tensors()).toBeLessThanOrEqual(before);
  },
);

it('a tensor of the library shows its shape and its values', async () => {
  const data = only(await kernel.execute('tf.tensor2d([[1, 2], [3, 4]])'), 'execute_result')[
    'data'
  ];
  expect(data['text/plain']).toBe(
    'Tensor float32 [2, 2]\nmin 1  mean 2.5  sd 1.118  max 4\n[[1, 2],\n [3, 4]]',
  );
  expect(data['text/html']).toContain('<svg');
});

it('the last result is `_`, also where it is a tensor', async () => {
  await kernel.run('tf.ones([2])');
  expect(await kernel.run('_.shape')).toBe('[ 2 ]');
});

it(
  'a cell that makes data and trains, run a hundred times, leaves no more tensors than run once',
  { timeout: 240_000 },
  async () => {
    await kernel.run(`
    import v8 from 'node:v8';
    import vm from 'node:vm';
    v8.setFlagsFromString('--expose-gc');
    const collect = vm.runInNewContext('gc');
    async function heldTensors() {
      for (let i = 0; i < 3; i++) {
        await collect({ type: 'major', execution: 'async' });
        await new Promise<void>((done) => setTimeout(done, 20));
      }
      return tf.memory().numTensors;
    }
    const learner = {
      name: 'mean', mechanism: 'none' as const,
      init: () => ({ params: { w: tf.zeros([4]) }, state: {} }),
      objective: (params: { w: Tensor }, batch: { x: Tensor }) => ({ loss: batch.x.sub(params.w).square().mean().asScalar(), metrics: {}, state: {} }),
    };`);
    const cell = `
    const examples = { x: tf.ones([64, 4]), forgotten: tf.zeros([64]) };
    let trained = await train({ method: learner, data: examples, batch: 16, steps: 2, display: 'none', mode: 'eager' });
    const { w } = trained.params;
    trained`;
    await kernel.run(cell);
    const once = Number(await kernel.run('await heldTensors()'));
    for (let run = 0; run < 100; run++) await kernel.run(cell);
    expect(Number(await kernel.run('await heldTensors()'))).toBe(once);
    expect(once).toBeGreaterThanOrEqual(3); // what the scope still names is there
    expect(await kernel.run('w.dataSync().length + examples.x.size')).toBe('260');
  },
);
