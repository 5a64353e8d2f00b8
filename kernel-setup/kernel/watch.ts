/** The kernel dies with its client: a killed server or notebook runner leaves nothing behind. */

const interval = 1000;

/**
 * Calls `gone` when the process that started the kernel no longer exists.
 *
 * Jupyter names that process in JPY_PARENT_PID. When it is our parent, a change of parent tells its
 * end, also where it stays as a zombie; otherwise (a launcher in between) we ask whether it exists.
 * Where nobody is named, or it cannot be seen from here (another container), the kernel lives until
 * it is shut down.
 */
export function watchClient(gone: () => void): NodeJS.Timeout | undefined {
  const client = Number(process.env['JPY_PARENT_PID']);
  if (!Number.isInteger(client) || client <= 1 || !exists(client)) return undefined;
  const isParent = process.ppid === client;
  const timer = setInterval(() => {
    if (isParent && process.platform !== 'win32' ? process.ppid !== client : !exists(client))
      gone();
  }, interval);
  return timer;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
