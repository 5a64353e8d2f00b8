/** How the runner ends. */
import { readFileSync } from 'node:fs';

/**
 * @param {readonly import('./execution.mjs').Status[]} statuses of the notebooks
 * @param {boolean} interrupted
 * @param {boolean} [fault] whether something was missing on this machine
 * @returns {number} 0 all passed, 1 one failed, 3 the machine is at fault, 124 one ran out of time
 * (and none failed), 130 interrupted
 */
export function exitCode(statuses, interrupted, fault = false) {
  if (interrupted || statuses.includes('interrupted')) return 130;
  if (fault) return 3;
  if (statuses.includes('failed')) return 1;
  if (statuses.includes('timeout')) return 124;
  return 0;
}

/**
 * A signal that is aborted when the npm that started us is gone: killed, it tells nobody. Without
 * npm nothing is followed, so that a runner put into the background outlives its shell as any
 * program does.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {AbortSignal}
 */
export function followParent(env = process.env) {
  const controller = new AbortController();
  if (env.npm_lifecycle_event) {
    const living = ancestors();
    setInterval(() => ancestors() !== living && controller.abort(), 1000).unref();
  }
  return controller.signal;
}

/** Our parent, and its parent where npm put a shell between itself and us. */
function ancestors() {
  const parent = stat(process.ppid);
  return /^(?:ba|da|z|k)?sh$/.test(parent?.name ?? '')
    ? `${process.ppid} ${parent?.parent}`
    : `${process.ppid}`;
}

/**
 * @param {number} pid
 * @returns {{ name: string, parent: string } | undefined} undefined where there is no /proc
 */
function stat(pid) {
  try {
    const [, name = '', parent = ''] =
      /^\d+ \((.*)\) \S+ (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { name, parent };
  } catch {
    return undefined;
  }
}
