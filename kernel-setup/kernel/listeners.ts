/**
 * The kernel's own listeners on the process. A cell that removes all, as programs do that want to
 * begin anew, leaves them: without them the next rejection would end the kernel.
 */
type Listener = (...args: never[]) => void;

const own = new Map<string | symbol, Listener[]>();

/** Listens to an event of the process for as long as that lives. */
export function listen(event: string, listener: Listener): void {
  own.set(event, [...(own.get(event) ?? []), listener]);
  process.on(event, listener as () => void);
}

/** From now on what cells remove is only what cells have added. */
export function keepListeners(): void {
  const { removeAllListeners, removeListener } = process;
  process.removeAllListeners = ((...events: [] | [string | symbol]) => {
    removeAllListeners.apply(process, events as []);
    for (const [event, listeners] of own)
      for (const listener of listeners)
        if (!process.listeners(event as 'exit').includes(listener as () => void))
          process.on(event, listener as () => void);
    return process;
  }) as typeof process.removeAllListeners;
  const remove = (event: string | symbol, listener: Listener): NodeJS.Process =>
    own.get(event)?.includes(listener) === true
      ? process
      : removeListener.call(process, event, listener as () => void);
  process.removeListener = remove as typeof process.removeListener;
  process.off = remove as typeof process.off;
}
