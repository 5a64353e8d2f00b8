/** What the compiler does ahead, and for whom it waits. */
import ts from 'typescript';
import { expect, test, vi } from 'vitest';
import { createCellCompiler } from '../../../kernel-setup/kernel/compiler';
import { folder } from './support';

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

test('the warm-up reads nothing while a cell runs, and goes on when it has ended', async () => {
  const read = vi.spyOn(ts.sys, 'readFile');
  let runs = true;
  const compiler = createCellCompiler({ folder, aliases: {}, globals: [], busy: () => runs });
  const warm = compiler.warmUp();
  await pause(50);
  const before = read.mock.calls.length;
  await pause(200);
  expect(read.mock.calls.length).toBe(before);
  runs = false;
  await vi.waitFor(() => expect(read.mock.calls.length).toBeGreaterThan(before), 10_000);
  compiler.dispose();
  await warm;
  read.mockRestore();
});
