import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesSoFar, progressBar } from '../../kernel-setup/setup/progress.mjs';

beforeEach(() => void vi.stubEnv('CI', ''));
afterEach(() => void vi.unstubAllEnvs());

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 80, write: (text: string) => written.push(text), written };
}

describe('a progress bar', () => {
  it('is a line for every tenth, where there is no terminal', () => {
    const { write, written, isTTY } = terminal(false);
    const bar = progressBar('wheel', 1000e6, { write, isTTY });
    for (let bytes = 0; bytes <= 1000e6; bytes += 1e6) bar.update(bytes);
    bar.end();
    expect(written).toHaveLength(11);
    expect(written[5]).toBe(
      `      wheel [${'#'.repeat(15)}${'-'.repeat(15)}]  50 % 500 MB of 1000 MB\n`,
    );
  });

  it('redraws one line in a terminal, and clears it at the end', () => {
    const { write, written, isTTY } = terminal(true);
    const bar = progressBar('wheel', 100, { write, isTTY });
    bar.update(50);
    bar.update(100);
    bar.end();
    expect(written.every((text) => text.startsWith('\r') && !text.includes('\n'))).toBe(true);
    expect(written.at(-1)?.trim()).toBe('');
  });

  it('never shows more than all', () => {
    const { write, written, isTTY } = terminal(false);
    progressBar('wheel', 100, { write, isTTY }).update(200);
    expect(written[0]).toContain('100 %');
  });

  it("reads pip's raw progress and nothing else", () => {
    expect(bytesSoFar('Progress 12 of 100')).toBe(12);
    expect(bytesSoFar('Saved ./x.whl')).toBeUndefined();
    const { write, written, isTTY } = terminal(false);
    const bar = progressBar('wheel', 100, { write, isTTY });
    bar.read('Collecting tensorflow-cpu');
    expect(written).toEqual([]);
    bar.read('Progress 100 of 100');
    expect(written).toHaveLength(1);
  });
});
