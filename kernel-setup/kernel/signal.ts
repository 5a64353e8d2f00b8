/**
 * SIGINT, heard in this thread even while the main thread is in a loop.
 *
 * Node lets only the main thread listen to signals in public; its signal wrapper, which every
 * thread can make, is reached through process.binding. Node 24 took that away: there false is
 * returned and the main thread listens, and SIGINT cannot end a synchronous loop. Jupyter does not
 * come this way: it sends interrupt_request, which ends anything.
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
    const { Signal } = (
      process as unknown as { binding(name: string): { Signal: new () => SignalHandle } }
    ).binding('signal_wrap');
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
