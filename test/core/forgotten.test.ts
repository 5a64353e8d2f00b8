import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';

interface Printed {
  readonly once: number[];
  readonly hundredfold: number[];
  readonly values: number[];
  readonly freed: number[];
  readonly most: number;
  readonly mostScalars: number;
}

let printed: Printed;
beforeAll(() => {
  const text = execFileSync(process.execPath, ['--expose-gc', join(__dirname, 'forgetting.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DARK_MATTER_FORGOTTEN: 'free' },
  });
  printed = JSON.parse(text) as Printed;
}, 120_000);

describe('tensors that nothing holds any more', () => {
  it('are freed: a hundred runs of what makes data and trains leave what one run leaves', () => {
    expect(printed.hundredfold).toEqual(printed.once);
  });

  it('are told from those that are held, by a scope, a clone, a variable or a gradient', () => {
    expect(printed.values).toEqual([1, 2, 3, 4, 6, 2]);
  });

  it('are counted down once, though they were disposed of before, or share their numbers', () => {
    expect(printed.freed).toEqual([0, 0]);
  });

  it('are freed because of their size, without anybody asking: 800 MB made, a part at a time there', () => {
    expect(printed.most).toBeLessThan(200);
  });

  it('are freed because of their number: 300,000 scalars made', () => {
    expect(printed.mostScalars).toBeLessThan(150_000);
  });
});
