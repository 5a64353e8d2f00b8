/** The processes that a process started: what Stop ends has often started more, as `npm run` does. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/**
 * All that descend from a process, nearest first. None on Windows, which does not tell.
 *
 * @param except those of its children that are left out, with all that they started
 */
export function descendants(of: number, except: ReadonlySet<number> = new Set()): number[] {
  const children = new Map<number, number[]>();
  for (const [pid, parent] of parents())
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  const found = [of];
  for (const each of found)
    found.push(...(children.get(each) ?? []).filter((pid) => !except.has(pid)));
  return found.slice(1);
}

/** Ends processes; those that have gone are gone. */
export function signal(pids: readonly number[], name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Every process that can be seen, and its parent. */
function parents(): [pid: number, parent: number][] {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        const parent = parentOnLinux(name);
        return parent === undefined ? [] : [[Number(name), parent] as [number, number]];
      });
  if (process.platform === 'win32') return [];
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}

function parentOnLinux(pid: string): number | undefined {
  try {
    // `pid (name) state parent …`, where the name may hold brackets.
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(text.slice(text.lastIndexOf(')') + 1).split(' ')[2]);
  } catch {
    return undefined;
  }
}
