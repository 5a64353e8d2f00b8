/**
 * The queue in front of the iopub socket.
 *
 * Text of one stream is joined and overtaken updates of one display are dropped while they wait, at
 * most `hold` milliseconds when the socket is free: 20,000 console.log calls make a few dozen
 * messages, in order and whole. When the socket is full, messages wait for its reader. A reader
 * that takes nothing for `patience` milliseconds is given up, and from then on loses what it does
 * not read, so that memory stays bounded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Output } from './threads';
import { toJson } from './wire';

const hold = 20;
const patience = 10_000;
/** The longest text joined into one message, in UTF-16 code units. */
const longestText = 1 << 16;

type Entry = Omit<Output, 'type'> & { text: string; cost: number };

/** The server's own messages cost nothing. */
type Pushed = Omit<Output, 'type' | 'cost'> & { readonly cost?: number };

export interface OutboxSocket {
  /** Sends, or throws EAGAIN when a reader's queue is full. */
  send(output: Omit<Output, 'type'>): Promise<void>;
  /** From now on drops what a slow reader does not take. */
  giveUp(): void;
  /** So many characters of output, in so many outputs, have left. */
  sent(characters: number): void;
}

export class Outbox {
  private entries: Entry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private sending: Promise<void> | undefined;
  private resigned = false;

  constructor(private readonly socket: OutboxSocket) {}

  push(output: Pushed): void {
    const mayWait = this.join(output);
    if (!mayWait) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), hold);
  }

  /** Sends all that waits; resolves when it is out. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    while (this.sending) await this.sending;
    if (this.entries.length === 0) return;
    this.sending = this.sendAll().finally(() => (this.sending = undefined));
    await this.sending;
  }

  /**
   * Queues the output, joined with its like where that can be; whether it may wait a little for
   * more.
   */
  private join(output: Pushed): boolean {
    const { cost = 0 } = output;
    if (output.stream) {
      const last = this.entries.at(-1);
      if (
        last &&
        last.stream === output.stream &&
        sameParent(last, output) &&
        last.text.length + output.content.length <= longestText
      ) {
        last.text += output.content;
        last.cost += cost;
      } else this.entries.push({ ...output, text: output.content, cost });
      return true;
    }
    if (output.kind === 'update_display_data' && output.display !== undefined) {
      const place = this.entries.findIndex(
        (entry) =>
          entry.display === output.display &&
          entry.kind === output.kind &&
          sameParent(entry, output),
      );
      const earlier = this.entries[place];
      if (earlier) this.entries[place] = { ...output, text: '', cost: cost + earlier.cost };
      else this.entries.push({ ...output, text: '', cost });
      return true;
    }
    this.entries.push({ ...output, text: '', cost });
    return false;
  }

  private async sendAll(): Promise<void> {
    for (let entry = this.entries.shift(); entry; entry = this.entries.shift()) {
      const output = entry.stream
        ? { ...entry, content: toJson({ name: entry.stream, text: entry.text }) }
        : entry;
      await this.sendOne(output);
      this.socket.sent(entry.cost);
    }
  }

  private async sendOne(output: Omit<Output, 'type'>): Promise<void> {
    const start = Date.now();
    for (;;) {
      try {
        return await this.socket.send(output);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      }
      if (!this.resigned && Date.now() - start > patience) {
        this.resigned = true;
        this.socket.giveUp();
      }
      await sleep(5);
    }
  }
}

function sameParent(a: Pick<Output, 'parent'>, b: Pick<Output, 'parent'>): boolean {
  return a.parent.msg_id === b.parent.msg_id;
}
