/** What a cell prints is shown within bounds, and the rest is kept where the output says. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cell } from '../../kernel-setup/kernel/cell';
import { Printed, mostLines, mostText } from '../../kernel-setup/kernel/printed';
import { TestKernel, root, type Answer } from './client';

const folder = mkdtempSync(join(tmpdir(), 'printed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A cell's printed text, as one string, and the cell. */
function printing(place = folder) {
  const shown: string[] = [];
  const printed = new Printed((_, text) => shown.push(text), place);
  const cell = new Cell('In[3]', {} as never, false);
  return { printed, cell, shown: () => shown.join('') };
}

const fileIn = (text: string, from = process.cwd()): string =>
  resolve(from, /is in (\S+\.txt)/.exec(text)![1]!);

describe('what a cell prints', () => {
  it('is shown as it is up to the last line that fits', () => {
    const { printed, cell, shown } = printing();
    const all = 'line\n'.repeat(mostLines);
    printed.print('stdout', all, cell);
    printed.finish(cell);
    expect(shown()).toBe(all);
  });

  it('beyond that is in the file that the output names, whole, and its end is shown', () => {
    const { printed, cell, shown } = printing();
    const lines = Array.from({ length: mostLines + 50_000 }, (_, i) => `${i}\n`);
    for (const line of lines) printed.print('stdout', line, cell);
    printed.finish(cell);
    const [first, notice, ...end] = shown().split('\n… ');
    expect(first).toBe(lines.slice(0, mostLines).join(''));
    expect(notice).toContain('The rest of the output is in ');
    expect(end.join()).toMatch(/^50000 more lines\./);
    expect(shown().endsWith(lines.slice(-100).join(''))).toBe(true);
    expect(readFileSync(fileIn(shown()), 'utf8')).toBe(lines.slice(mostLines).join(''));
  });

  it('in one piece, without an end of line, is cut between two characters', () => {
    const { printed, cell, shown } = printing();
    const text = `a${'😀'.repeat(mostText)}`;
    printed.print('stdout', text, cell);
    printed.finish(cell);
    const [first] = shown().split('\n… ');
    expect(first).toBe(text.slice(0, mostText - 1));
    expect(first + readFileSync(fileIn(shown()), 'utf8')).toBe(text);
  });

  it('of each cell is counted apart, and anew after console.clear()', () => {
    const { printed, cell, shown } = printing();
    const other = new Cell('In[4]', {} as never, false);
    const all = 'x\n'.repeat(mostLines);
    printed.print('stdout', all, cell);
    printed.print('stderr', all, other);
    printed.clear(cell);
    printed.print('stdout', all, cell);
    expect(shown()).toBe(all.repeat(3));
  });

  it('after its end goes to the file at once', () => {
    const { printed, cell, shown } = printing();
    printed.print('stdout', 'x\n'.repeat(mostLines + 5), cell);
    printed.finish(cell);
    const before = shown();
    printed.print('stdout', 'late\n', cell);
    expect(shown()).toBe(before);
    expect(readFileSync(fileIn(before), 'utf8')).toBe(`${'x\n'.repeat(5)}late\n`);
  });

  it('is said to be lost where no file can be written, and the cell goes on', () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const { printed, cell, shown } = printing(file);
    printed.print('stdout', 'x\n'.repeat(mostLines + 5), cell);
    printed.finish(cell);
    expect(shown()).toMatch(/The rest of the output is lost \(.*ENOTDIR|EEXIST.*\)/);
    expect(shown().endsWith('x\n'.repeat(5))).toBe(true);
  });

  it('leaves at most 20 files behind, the newest', () => {
    const place = mkdtempSync(join(folder, 'many-'));
    let last = '';
    for (let i = 0; i < 25; i++) {
      const { printed, shown } = printing(place);
      printed.print(
        'stdout',
        'x\n'.repeat(mostLines + 1),
        new Cell(`In[${i}]`, {} as never, false),
      );
      last = fileIn(shown());
    }
    expect(readdirSync(place)).toHaveLength(20);
    expect(readdirSync(place)).toContain(last.split('/').at(-1));
  });
});

describe('300,000 printed lines', () => {
  let kernel: TestKernel;
  let answer: Answer;
  beforeAll(async () => {
    kernel = await TestKernel.start();
    answer = await kernel.execute('for (let i = 0; i < 300_000; i++) console.log(i)', {}, 100_000);
  }, 120_000);
  afterAll(() => kernel.close());

  it('make a page of a few hundred kilobytes, which ends as they end', () => {
    const shown = answer.outputs
      .filter(({ type }) => type === 'stream')
      .map(({ content }) => content['text'] as string)
      .join('');
    expect(shown.length).toBeLessThan(200_000);
    expect(shown.startsWith('0\n1\n2\n')).toBe(true);
    expect(shown.endsWith('299998\n299999\n')).toBe(true);
    const file = fileIn(shown, join(root, 'notebooks'));
    expect(file.startsWith(join(root, '.dark-matter', 'output'))).toBe(true);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(300_000 - mostLines + 1);
    rmSync(file);
  });

  it('of one cell leave the next one as it is', async () => {
    expect(await kernel.run('console.log("next")')).toBe('next\n');
  });
});
