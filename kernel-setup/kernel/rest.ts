/**
 * A notebook at rest: nothing goes on that its cells started. It is what Node means when it lets a
 * program end, so what is unreferenced (`timer.unref()`) is not waited for.
 *
 * Whoever runs a notebook without a user asks for it after the last cell: until then a claim that
 * nobody awaits may still fail.
 */
import { busyCells } from './cell';
import { threadsRunning } from './offspring';
import { native } from './timers';

/** Milliseconds between two looks. */
const interval = 20;
/** Looks in a row that must find nothing: work in native code cannot be seen between its steps. */
const quietLooks = 3;

export class StillRunning extends Error {
  override readonly name = 'StillRunning';
}

/** What keeps the event loop going (timers, files, sockets, processes, threads), one name each. */
function active(): string[] {
  return [...process.getActiveResourcesInfo(), ...Array<string>(threadsRunning()).fill('Worker')];
}

/** How to wait for rest, where the kernel's own resources are those that are there now. */
export function createRest(): (seconds: number) => Promise<void> {
  const own = active();
  return async function atRest(seconds) {
    const end = performance.now() + seconds * 1000;
    for (let quiet = 0; quiet < quietLooks;) {
      await pause();
      const going = without(active(), own);
      quiet = going.length === 0 ? quiet + 1 : 0;
      if (going.length > 0 && performance.now() > end) throw stillRunning(seconds, going);
    }
  };
}

function stillRunning(seconds: number, going: readonly string[]): StillRunning {
  const cells = busyCells().map(({ name }) => name);
  const owner = cells.length > 0 ? cells.join(' and ') : 'a cell';
  const kinds = [...new Set(going)].join(', ');
  return new StillRunning(
    `what ${owner} started still runs ${seconds} s after the last cell (${kinds}): await it, end it, or unref() it`,
  );
}

function pause(): Promise<void> {
  return new Promise((resolve) => void native.setTimeout(resolve, interval).unref());
}

/** The names of `all` that are left when each of `known` has taken one away. */
function without(all: readonly string[], known: readonly string[]): string[] {
  const left = [...all];
  for (const name of known) {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}
