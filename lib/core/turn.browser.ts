/**
 * Lets timers and messages have their turn, at once: `setTimeout` waits 4 ms where it is nested.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const arrived = (): void => {
      port1.close();
      resolve();
    };
    Object.assign(port1, { onmessage: arrived });
    port2.postMessage(0);
  });
}
