/**
 * The executor's way to the server: output, replies, and waiting where the server cannot keep up.
 */
import type { MessagePort } from 'node:worker_threads';
import { currentCell, ownCell, type Cell } from './cell';
import { slot, type Output, type ToServer } from './threads';
import { toJson } from './wire';

/**
 * Characters of output that may wait to be sent before the code that makes more of it is made to
 * wait.
 */
const mostWaiting = 32 * 1024 * 1024;

export class ServerLink {
  constructor(
    private readonly port: Pick<MessagePort, 'postMessage'>,
    private readonly shared: Int32Array,
  ) {}

  send(message: ToServer): void {
    this.port.postMessage(message);
  }

  /**
   * Sends output of the cell that the running code belongs to.
   * @throws InterruptedError when that was interrupted.
   */
  stream(name: 'stdout' | 'stderr', text: string, cell?: Cell): void {
    if (text !== '') this.output({ kind: 'stream', content: text, stream: name }, cell);
  }

  /** Sends a message of `kind` whose content is `content`. */
  publish(
    kind: string,
    content: unknown,
    more: Pick<Output, 'display' | 'metadata' | 'buffers'> = {},
    cell?: Cell,
  ): void {
    this.output({ kind, content: toJson(content), ...more }, cell);
  }

  private output(
    output: Omit<Output, 'type' | 'parent' | 'cost'>,
    cell: Cell | undefined = undefined,
  ): void {
    if (!cell) ownCell()?.assertAlive();
    const owner = cell ?? currentCell();
    const cost = output.content.length;
    while (Atomics.load(this.shared, slot.outputWaiting) > mostWaiting) {
      Atomics.wait(
        this.shared,
        slot.outputWaiting,
        Atomics.load(this.shared, slot.outputWaiting),
        100,
      );
    }
    Atomics.add(this.shared, slot.outputWaiting, cost);
    this.send({ type: 'output', parent: owner?.header ?? {}, cost, ...output });
  }
}
