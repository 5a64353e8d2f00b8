/** Every error leads to a line of a cell, however deep it was thrown, and is short to read. */
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folded } from '../../kernel-setup/kernel/folding';
import { TestKernel, only, root } from './client';

describe('frames of packages', () => {
  const library = `${root}/lib`;
  const cell = '    at In[3]:2:1';
  const inLibrary = (n: number): string => `    at f${n} (${root}/lib/nn/dense.ts:${n}:1)`;
  const inPackage = (n: number): string =>
    `    at g${n} (${root}/node_modules/@tensorflow/tfjs-core/dist/ops.js:${n}:1)`;

  it('that follow one another are one line, which names where it was thrown and the packages', () => {
    expect(folded([inPackage(1), inPackage(2), inLibrary(3), cell], library)).toEqual([
      `${inPackage(1)} and 2 more frames in @tensorflow/tfjs-core, dark-matter`,
      cell,
    ]);
  });

  it('alone are as they were, and so are those of cells and of files of one’s own', () => {
    const own = '    at mine (/home/me/mine.ts:1:1)';
    const frames = [inLibrary(1), cell, own, inPackage(2), cell];
    expect(folded(frames, library)).toEqual(frames);
  });

  it('of an endless recursion are counted', () => {
    const lines = folded(
      Array.from({ length: 200 }, () => cell),
      library,
    );
    expect(lines).toHaveLength(31);
    expect(lines[15]).toBe('    … 170 more frames');
  });
});

const wrongShape = `const method = {
  name: 'wrong', mechanism: 'none' as const,
  init: () => ({ params: { w: tf.zeros([4, 3]) }, state: {} }),
  objective: (params: { w: Tensor }, batch: { x: Tensor }) => ({
    loss: batch.x.matMul(params.w).matMul(params.w).mean().asScalar(), metrics: {}, state: {},
  }),
};
await train({ method, data: { x: tf.ones([64, 4]) }, batch: 16, steps: 3, display: 'none' });`;

describe('an error', () => {
  let kernel: TestKernel;
  beforeAll(async () => {
    kernel = await TestKernel.start();
    await kernel.run("import { tf, train, nn, random, type Tensor } from 'dark-matter'; 0");
  }, 120_000);
  afterAll(() => kernel.close());

  /** The traceback of a cell that fails, in terms of `In[n]`. */
  async function traceOf(code: string): Promise<string> {
    const answer = await kernel.execute(code, {}, 120_000);
    const name = `In[${String(answer.reply.content['execution_count'])}]`;
    const trace = (only(answer, 'error')['traceback'] as string[]).join('\n');
    return stripVTControlCharacters(trace).replaceAll(name, 'In[n]');
  }

  it.each([
    ['in a shape, within a loss in train()', wrongShape, 5],
    [
      'in nested calls of TensorFlow',
      'const x = tf.ones([2, 3]);\n\ntf.tidy(() => tf.tidy(() => tf.tidy(() => tf.tidy(() => x.matMul(x)))));',
      3,
    ],
    [
      'in the gradient of a wrong function',
      'const f = 1;\ntf.grad((x) => x.matMul(tf.ones([7, 7])).sum())(tf.ones([2, 3]));',
      2,
    ],
  ])(
    '%s leads to the cell, whose line is shown first',
    { timeout: 120_000 },
    async (_, code, line) => {
      const lines = (await traceOf(code)).split('\n');
      expect(lines.find((each) => each.includes('In[n]'))).toContain(`In[n]:${line}:`);
      const shown = lines.findIndex((each) => each.startsWith(`> ${line} |`));
      expect(shown).toBeGreaterThan(0);
      expect(shown).toBeLessThan(lines.findIndex((each) => /^ {4}at /.test(each)));
    },
  );

  it('that was made in an event leads to the line that awaited it', async () => {
    const trace = await traceOf(
      "import { once, EventEmitter } from 'node:events';\nimport { readFile } from 'node:fs/promises';\nconst text = 1;\nawait readFile('/no/such/file');",
    );
    expect(trace).toContain('ENOENT');
    expect(trace).toMatch(/^> 4 \| await readFile/m);
    expect(trace).toContain('In[n]:4:1');
  });

  it('that comes among other timers and ticks leads to the line that awaited it', async () => {
    const trace = await traceOf(`const late = Object.assign(new Error('late'), { stack: '' });
const failing = new Promise((_, reject) => {
  setTimeout(() => (process.nextTick(() => {}), reject(late)), 5);
  setTimeout(() => {}, 5);
});
await failing;`);
    expect(trace).toMatch(/^> 6 \| await failing/m);
  });

  it('stays at hand as lastError', async () => {
    await kernel.execute('throw Object.assign(new RangeError("gone"), { partial: { steps: 5 } })');
    expect(await kernel.run('[lastError?.message, lastError?.partial?.steps]')).toBe(
      "[ 'gone', 5 ]",
    );
  });

  it('within another is folded as well', async () => {
    const trace = await traceOf(
      'try { tf.tidy(() => tf.tidy(() => tf.ones([2, 3]).matMul(tf.ones([2, 3])))); }\ncatch (cause) { throw new Error("outer", { cause }); }',
    );
    expect(trace).toMatch(/caused by Error: [^]*\[2,3\]/);
    expect(trace).toMatch(/and \d+ more frames in @tensorflow/);
    expect(trace.split('\n').length).toBeLessThan(40);
  });
});
