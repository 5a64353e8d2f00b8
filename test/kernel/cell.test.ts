/** What is left of an interrupted cell neither prints nor shows anything. */
import { expect, it } from 'vitest';
import { Cell, InterruptedError, runIn } from '../../kernel-setup/kernel/cell';
import { ServerLink } from '../../kernel-setup/kernel/toServer';
import { slots } from '../../kernel-setup/kernel/threads';

/** A cell, and a way to the server that keeps what is sent. */
function starting() {
  const sent: unknown[] = [];
  const shared = new Int32Array(slots);
  const server = new ServerLink(
    { postMessage: (message: unknown) => void sent.push(message) },
    shared,
  );
  return { cell: new Cell('In[3]', {} as never, false), server, sent };
}

it('a cell that is told to stop still prints and shows, until it is cut off', () => {
  const { cell, server, sent } = starting();
  cell.abort();
  runIn(cell, () => server.stream('stdout', 'saved'));
  runIn(cell, () => server.publish('display_data', {}));
  expect(sent).toHaveLength(2);
  expect(() => cell.assertAlive()).not.toThrow();
});

it('one that is cut off meets an error at its next output, by its name, and nothing is sent', () => {
  const { cell, server, sent } = starting();
  cell.kill();
  expect(() => cell.assertAlive()).toThrow(new InterruptedError('In[3]'));
  expect(() => runIn(cell, () => server.stream('stdout', 'stray'))).toThrow(InterruptedError);
  expect(() => runIn(cell, () => server.publish('display_data', {}))).toThrow(InterruptedError);
  expect(sent).toEqual([]);
});

it('what the kernel itself says of a cell that is cut off is sent', () => {
  const { cell, server, sent } = starting();
  cell.kill();
  runIn(cell, () => server.publish('error', {}, {}, cell));
  expect(sent).toHaveLength(1);
});
