/**
 * SIGINT, heard in this thread even while the main thread is in a loop.
 *
 * Node lets only the main thread listen to signals in public; its signal wrapper, which every thread can make, is reached
 * through process.binding. Where that is gone, false is returned and the main thread listens instead: then a
 * SIGINT cannot end a synchronous loop, but Jupyter's interrupt message, which does not come this way, still does.
 */
interface SignalHandle {
  onsignal: () => void;
  start(signal: number): number;
  unref(): void;
}

export function onInterruptSignal(heard: () => void): boolean {
  const { noDeprecation } = process;
  try {
    process.noDeprecation = true;
    const { Signal } = (process as unknown as { binding(name: string): { Signal: new () => SignalHandle } }).binding('signal_wrap');
    const handle = new Signal();
    handle.onsignal = heard;
    handle.unref();
    return handle.start(2) === 0;
  } catch {
    return false;
  } finally {
    process.noDeprecation = noDeprecation;
  }
}
