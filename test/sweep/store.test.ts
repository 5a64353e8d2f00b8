import { appendFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileOf, keep, read } from '../../kernel-setup/sweep/store.mjs';
import { temporaryFolder } from '../runner/support';
import { kept } from './kept';

describe('what is kept of a sweep', () => {
  it('is a line a run, read back as it was; a run done again takes the place of the earlier one', async () => {
    const folder = temporaryFolder();
    await keep(folder, kept({ key: 'a', status: 'failed', error: 'cell 1: Error' }));
    await keep(folder, kept({ key: 'b' }));
    await keep(folder, kept({ key: 'a' }));
    expect(read(fileOf(folder, 'tiny'))).toEqual([kept({ key: 'b' }), kept({ key: 'a' })]);
    expect(readdirSync(folder)).toEqual(['tiny.jsonl']);
  });

  it('loses no line of writers at the same time', async () => {
    const folder = temporaryFolder();
    const keys = Array.from({ length: 8 }, (_, i) => `key-${i}`);
    await Promise.all(keys.map((key) => keep(folder, kept({ key }))));
    expect(
      read(fileOf(folder, 'tiny'))
        .map(({ key }) => key)
        .sort(),
    ).toEqual(keys);
  });

  it('is nothing where there is no file; a line that is not JSON is told by its number', async () => {
    const folder = temporaryFolder();
    expect(read(fileOf(folder, 'tiny'))).toEqual([]);
    await keep(folder, kept());
    appendFileSync(fileOf(folder, 'tiny'), '{half');
    expect(() => read(fileOf(folder, 'tiny'))).toThrow('line 2 is not JSON');
  });
});
