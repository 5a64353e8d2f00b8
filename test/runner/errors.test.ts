import { describe, expect, it } from 'vitest';
import { describeError, lineInCell, oneLine } from '../../kernel-setup/runner/errors.mjs';

describe('where an error is', () => {
  const traceback = [
    'RangeError: bad',
    '    at helper (In[2]:4:9)',
    '    at In[7]:3:1',
    '    at In[7]:9:1',
  ].join('\n');

  it('is the topmost line within the cell that failed, not within those that it called', () => {
    expect(lineInCell(traceback, 7)).toBe(3);
    expect(lineInCell(traceback, 2)).toBe(4);
    expect(lineInCell(traceback, 5)).toBeNull();
  });

  it('is read through the colours', () => {
    const error = describeError(
      { name: 'RangeError', message: 'bad', traceback: '\u001b[90m    at In[7]:3:1\u001b[39m' },
      7,
    );
    expect(error).toEqual({
      name: 'RangeError',
      message: 'bad',
      line: 3,
      traceback: '    at In[7]:3:1',
    });
    expect(oneLine({ ...error, cell: 6 })).toBe('cell 6, line 3: RangeError: bad');
  });

  it('is left out where it is not known', () => {
    expect(
      oneLine({
        name: 'CellTimeout',
        message: 'too long\nmore',
        line: null,
        cell: null,
        traceback: '',
      }),
    ).toBe('CellTimeout: too long');
  });
});
