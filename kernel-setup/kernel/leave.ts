/**
 * The end of the process: what was printed arrives first, and an end that a cell brought about is
 * told.
 */
import { currentCell } from './cell';
import { listen } from './listeners';
import { slot } from './threads';
import type { ServerLink } from './toServer';

/** How long output may take to leave, in milliseconds. */
const patience = 1000;

/**
 * A kernel that exits is dead: its client sees that and says so. There is no reply, because the
 * cell did not end. Out of memory ends the process in V8, past all JavaScript; that too is a dead
 * kernel.
 */
export function announceExit(server: ServerLink, shared: Int32Array): void {
  const flush = (): void => {
    server.send({ type: 'leaving' });
    Atomics.wait(shared, slot.leaving, 0, patience);
  };
  const { exit, abort } = process;
  const tell = (how: string): void => {
    const name = currentCell()?.name;
    server.stream(
      'stderr',
      `${how}${name ? ` in ${name}` : ''}: the kernel has ended, and all variables are gone.\n`,
    );
  };
  process.exit = ((code?: number): never => {
    tell(`process.exit(${code ?? ''})`);
    return exit.call(process, code) as never;
  }) as typeof process.exit;
  process.abort = (): never => {
    tell('process.abort()');
    flush();
    return abort.call(process) as never;
  };
  listen('exit', flush);
}
