/**
 * `process.stdin`: each line that is read is asked of the user, as `prompt()` asks, so that
 * `readline` works. Where a notebook runs without a user it says so, and does not wait for ever.
 */
import { Readable } from 'node:stream';
import { currentCell, runIn, type Cell } from './cell';
import { native } from './timers';
import type { ServerLink } from './toServer';

/** Puts it in the place of Node's; what is returned hears what the user has entered. */
export function installInput(server: ServerLink): (line: string) => void {
  let input: UserInput;
  const install = (): void => {
    // A loop over its lines that is left destroys it: the next reader has one of its own.
    input = new UserInput(server, install);
    Object.defineProperty(process, 'stdin', {
      value: input,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  };
  install();
  return (line) => input.answer(line);
}

/** Lines on their way from the user to whoever reads `process.stdin`. */
class UserInput extends Readable {
  readonly fd = 0;
  readonly isTTY = false;
  /** Somebody reads, and has not had a line since. */
  private wanted = false;
  /** The cell in whose name the user was asked, or told why not. */
  private asked: Cell | undefined;
  /** The cell that had the last line. */
  private answered: Cell | undefined;

  constructor(
    private readonly server: ServerLink,
    private readonly onDestroyed: () => void,
  ) {
    // Nothing is read ahead: a line that nobody waits for is not to be asked.
    super({ highWaterMark: 1 });
  }

  /** What the user has entered. */
  answer(line: string): void {
    const { asked } = this;
    if (!asked || asked.ended) return;
    this.asked = undefined;
    this.answered = asked;
    this.wanted = false;
    runIn(asked, () => this.push(`${line}\n`));
  }

  override _read(): void {
    this.wanted = true;
    this.askSoon();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.onDestroyed();
    done(error);
  }

  override resume(): this {
    super.resume();
    this.askSoon();
    return this;
  }

  /** As sockets have them; there is nothing here that would keep a program from ending. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  /** A turn later, when whoever had enough with the last line has closed. */
  private askSoon(): void {
    const cell = currentCell();
    native.setImmediate(() => this.ask(cell));
  }

  private ask(cell: Cell | undefined): void {
    const read = this.readableFlowing === true || this.listenerCount('readable') > 0;
    if (!this.wanted || !read || !cell || cell.dead || cell === this.asked) return;
    // A reader that nobody closed, and that has had what its cell wanted.
    if (cell.ended && cell === this.answered) return;
    this.asked = cell;
    const why = whyNot(cell);
    if (why === undefined)
      this.server.send({ type: 'input', prompt: '', password: false, line: true });
    else runIn(cell, () => this.emit('error', new Error(`process.stdin: ${why}`)));
  }
}

function whyNot(cell: Cell): string | undefined {
  if (!cell.allowStdin)
    return 'this front end does not take input (it runs the notebook without a user)';
  if (cell.ended)
    return `${cell.name} has ended and can ask no more: await the answer, or call prompt()`;
  return undefined;
}
