import { afterEach, describe, expect, it, vi } from 'vitest';
import { describeProgress, progress, type ProgressState } from '../../lib/train/progress';

const state = (done: number): ProgressState => ({
  title: 'SimCLR',
  done,
  steps: 100,
  stepsPerSecond: 20,
  history: {
    step: Array.from({ length: done }, (_, i) => i),
    loss: Array.from({ length: done }, (_, i) => 5 / (i + 1)),
    metrics: {},
  },
});

/** Back to the line's beginning, and erase it. */
const inPlace = '\r\u001b[K';
const written: string[] = [];
/** Catches what goes to stderr, as a terminal or not. */
function capture(isTTY: boolean): void {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
}
/** A notebook that notes what it is sent. */
function notebook(): { data: Record<string, unknown>; id?: string; update?: boolean }[] {
  const sent: { data: Record<string, unknown>; id?: string; update?: boolean }[] = [];
  (globalThis as Record<symbol, unknown>)[Symbol.for('dark-matter.host')] = {
    display: (data: Record<string, unknown>, options: { id?: string; update?: boolean }) =>
      sent.push({ data, ...options }),
    signal: new AbortController().signal,
  };
  return sent;
}
const isTTY = process.stderr.isTTY;
afterEach(() => {
  vi.restoreAllMocks();
  Object.defineProperty(process.stderr, 'isTTY', { value: isTTY, configurable: true });
  delete (globalThis as Record<symbol, unknown>)[Symbol.for('dark-matter.host')];
  written.length = 0;
});
const longAgo = (): number => performance.now() - 10_000;

describe('progress', () => {
  it('is one sentence: what, how far, the loss, the speed, the time left', () => {
    expect(describeProgress(state(40))).toBe(
      'SimCLR: 40 of 100 steps, loss 0.1250, 20 steps/s, 3 s left',
    );
    expect(describeProgress(state(100))).toBe('SimCLR: 100 of 100 steps, loss 0.05000, 20 steps/s');
    expect(describeProgress(state(0))).toBe('SimCLR: 0 of 100 steps, 20 steps/s, 5 s left');
    expect(describeProgress({ ...state(1), steps: 1_000_000, stepsPerSecond: 2 })).toContain(
      '138.9 h left',
    );
  });

  it("says nothing in the first two seconds, nor ever when it is 'none'", async () => {
    capture(true);
    const quiet = progress('auto', performance.now());
    quiet.update(() => state(50));
    await quiet.close(state(100));
    const none = progress('none', longAgo());
    none.update(() => state(50));
    await none.close(state(100));
    expect(written).toEqual([]);
  });

  it('draws a bar in a terminal, in place, and ends its line', async () => {
    capture(true);
    const view = progress('auto', longAgo());
    view.update(() => state(50));
    await view.close(state(100));
    expect(written[0]).toContain(`${inPlace}[==========          ] SimCLR: 50 of 100 steps`);
    expect(written.at(-1)).toBe('\n');
  });

  it('keeps a bar to the width of the terminal', () => {
    capture(true);
    Object.defineProperty(process.stderr, 'columns', { value: 30, configurable: true });
    progress('bar', longAgo()).update(() => state(50));
    expect(written[0]).toHaveLength(inPlace.length + 29);
    Object.defineProperty(process.stderr, 'columns', { value: undefined, configurable: true });
  });

  it('writes plain lines where there is no terminal, not one for each update', async () => {
    capture(false);
    const view = progress('auto', longAgo());
    for (let done = 1; done < 50; done++) view.update(() => state(done));
    await view.close(state(100));
    expect(written).toEqual([
      `${describeProgress(state(1))}\n`,
      `${describeProgress(state(100))}\n`,
    ]);
  });

  it('does not make a state that is not shown', () => {
    capture(true);
    const view = progress('bar', longAgo());
    let made = 0;
    for (let i = 0; i < 1000; i++) view.update(() => (made++, state(1)));
    expect(made).toBeLessThan(10);
  });

  it('shows one chart in a notebook, updated in its place, with a picture at the end', async () => {
    const sent = notebook();
    const view = progress('auto', longAgo());
    view.update(() => state(50));
    await view.close(state(100));
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent[0]!.update).toBe(false);
    expect(sent.slice(1).every(({ update }) => update)).toBe(true);
    const last = sent.at(-1)!.data;
    expect(Object.keys(last)).toEqual(
      expect.arrayContaining(['application/vnd.vegalite.v5+json', 'image/png', 'text/plain']),
    );
    expect(JSON.stringify(last['application/vnd.vegalite.v5+json'])).toContain('100 of 100 steps');
  });

  it("shows a bar in a notebook when told 'bar', with the method's name as text, not markup", async () => {
    const sent = notebook();
    const view = progress('bar', performance.now());
    view.update(() => ({ ...state(50), title: 'A<b>' }));
    await view.close(state(100));
    expect(sent[0]!.data['text/html']).toBe(
      '<progress value="50" max="100"></progress> A&lt;b&gt;: 50 of 100 steps, loss 0.1000, 20 steps/s, 3 s left',
    );
  });
});
