/** The queue in front of the iopub socket joins what is alike, and nothing of two cells. */
import { describe, expect, it } from 'vitest';
import { Outbox, type OutboxSocket } from '../../kernel-setup/kernel/outbox';

type Sent = Parameters<OutboxSocket['send']>[0];

/** An outbox, what it has sent, and what code may print and show through it. */
function posting() {
  const sent: Sent[] = [];
  let characters = 0;
  const outbox = new Outbox({
    send: async (output) => void sent.push(output),
    giveUp: () => {},
    sent: (count) => (characters += count),
  });
  const parent = (cell: string) => ({ msg_id: cell }) as never;
  return {
    print: (cell: string, text: string, stream: 'stdout' | 'stderr' = 'stdout') =>
      outbox.push({
        kind: 'stream',
        parent: parent(cell),
        content: text,
        stream,
        cost: text.length,
      }),
    update: (cell: string, display: string, content: string) =>
      outbox.push({ kind: 'update_display_data', parent: parent(cell), content, display }),
    /** Each message that goes out, as the cell that it belongs to and what it says. */
    messages: async () => {
      await outbox.flush();
      return sent.map(({ parent: { msg_id: cell }, content }) => [cell, said(content)]);
    },
    characters: () => characters,
  };
}

const said = (content: Sent['content']): string => {
  const text = String(content);
  return text.startsWith('{') ? (JSON.parse(text) as { text: string }).text : text;
};

describe('text that waits', () => {
  it('of one cell and one stream becomes one message', async () => {
    const { print, messages, characters } = posting();
    print('first', 'a');
    print('first', 'bc');
    expect(await messages()).toEqual([['first', 'abc']]);
    expect(characters()).toBe(3);
  });

  it('of two cells stays apart: each piece goes to its own', async () => {
    const { print, messages } = posting();
    print('first', 'a');
    print('second', 'b');
    print('first', 'c');
    print('first', 'd');
    expect(await messages()).toEqual([
      ['first', 'a'],
      ['second', 'b'],
      ['first', 'cd'],
    ]);
  });

  it('of two streams stays apart, in order', async () => {
    const { print, messages } = posting();
    print('first', 'a', 'stdout');
    print('first', 'b', 'stderr');
    print('first', 'c', 'stdout');
    expect((await messages()).map(([, text]) => text)).toEqual(['a', 'b', 'c']);
  });
});

describe('an update of a display that waits', () => {
  it('is overtaken by the next one of its cell, and not by one of another display', async () => {
    const { update, messages } = posting();
    update('first', 'd1', 'old');
    update('first', 'd2', 'other');
    update('first', 'd1', 'new');
    expect(await messages()).toEqual([
      ['first', 'new'],
      ['first', 'other'],
    ]);
  });

  it('is not overtaken by one of another cell', async () => {
    const { update, messages } = posting();
    update('first', 'd', 'a');
    update('second', 'd', 'b');
    expect(await messages()).toEqual([
      ['first', 'a'],
      ['second', 'b'],
    ]);
  });
});
