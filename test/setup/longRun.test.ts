import { afterEach, expect, it, vi } from 'vitest';
import { sayStopped } from '../../kernel-setup/setup/longRun.mjs';

const told = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
afterEach(() => void told.mockClear());

const aborted = AbortSignal.abort(new Error('enough'));
const stopped = Object.assign(new Error('stopped after 3 steps'), { name: 'AbortError' });

it.each([
  ['the signal’s reason', aborted.reason],
  ['an AbortError', stopped],
])('%s after the signal is a stop, and says how to go on', (_, error) => {
  sayStopped(error, aborted);
  expect(told).toHaveBeenCalledWith('Stopped. The same command goes on from here.\n');
});

it('a fault is one after the signal too, and nothing is a stop without it', () => {
  const fault = new Error('disk full');
  expect(() => sayStopped(fault, aborted)).toThrow(fault);
  expect(() => sayStopped(stopped, new AbortController().signal)).toThrow(stopped);
  expect(told).not.toHaveBeenCalled();
});
