import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.mjs';
import { table } from './sweepBench.mjs';

const known = ['ntxent-64', 'ntxent-256', 'ista'];

describe('npm run bench', () => {
  it('runs all cases, or those named or begun, in their own order', () => {
    expect(parseOptions([], known)).toMatchObject({
      cases: known,
      peers: false,
      json: false,
      rounds: 10,
    });
    expect(parseOptions(['ista', 'ntxent'], known).cases).toEqual(known);
    expect(parseOptions(['ntxent-64', '--peers', '--quick'], known)).toMatchObject({
      cases: ['ntxent-64'],
      peers: true,
      rounds: 3,
    });
  });

  it('still times the kernel', () => {
    expect(parseOptions(['kernel', '--rounds', '5', '--json'], known)).toMatchObject({
      kernel: true,
      rounds: 5,
      json: true,
    });
    expect(() => parseOptions(['kernel', '--peers'], known)).toThrow('alone');
  });

  it('measures what a sweep costs', () => {
    expect(parseOptions(['sweep'], known)).toMatchObject({
      sweep: true,
      kernel: false,
      cases: [],
      rounds: 2,
    });
    expect(() => parseOptions(['sweep', 'kernel'], known)).toThrow('alone');
    const times = {
      'plain runner': [{ all: 54, run: 13.5 }],
      'one worker': [{ all: 56, run: 13.6 }],
      'two workers': [{ all: 32, run: 15 }],
    };
    expect(table(times)).toContain(
      'costs 0.5 s a run beside the plain runner; two workers are 1.75 times as fast as one.',
    );
  });

  it('refuses what it does not know, with what it does', () => {
    expect(() => parseOptions(['resnet'], known)).toThrow(
      'resnet given; kernel, sweep or one of ntxent-64',
    );
    expect(() => parseOptions(['--rounds', '0'], known)).toThrow('a whole number from 1 expected');
    expect(() => parseOptions(['--fast'], known)).toThrow('--fast');
  });
});
