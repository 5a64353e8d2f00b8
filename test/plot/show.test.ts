import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chart, imageGrid, live, plot, show, tf } from 'dark-matter';
import { inNotebook } from './support';

const lines = (last: number): plot.Chart => plot.lines([3, 2, last]);

describe('show', () => {
  it('displays a chart with its size in CSS pixels, and changes it in its place', () =>
    inNotebook(async (sent) => {
      const shown = await show(lines(1));
      await shown.update(lines(0.5));
      expect(sent.map(({ id, update }) => [id, update])).toEqual([
        [shown.id, false],
        [shown.id, true],
      ]);
      expect(sent[0]!.metadata).toMatchObject({
        'image/png': { width: expect.any(Number) as number },
      });
      expect(sent[1]!.data['text/plain']).toBe('line chart, 3 → 0.5');
    }));

  it('two displays have two places', () =>
    inNotebook(async () => {
      expect((await show('a')).id).not.toBe((await show('a')).id);
    }));

  it('takes specs, images, frames, tensors, bundles, text, and any object', () =>
    inNotebook(async (sent) => {
      const tensor = tf.tensor1d([1, 2, 3]);
      await show({
        data: { values: [{ a: 1 }] },
        mark: 'point',
        encoding: { x: { field: 'a', type: 'quantitative' } },
      });
      await show(imageGrid([[[0, 1]]]));
      await show({ columns: ['a'], index: [0, 1], shape: [2, 1], values: [[1], [2]] });
      await show(tensor);
      await show({ 'text/html': '<b>x</b>', 'text/plain': 'x' });
      await show('words');
      await show({ a: 1 });
      tensor.dispose();
      expect(sent.map(({ data }) => Object.keys(data).join(' '))).toEqual([
        'application/vnd.vegalite.v5+json text/plain image/png',
        'image/png text/plain',
        'text/html text/plain',
        'image/png text/plain',
        'text/html text/plain',
        'text/plain',
        'text/plain',
      ]);
      expect(sent.at(-1)!.data['text/plain']).toBe('{ a: 1 }');
    }));

  it('outside a notebook prints the text to a terminal only, and checks the chart all the same', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const terminal = process.stdout.isTTY;
    try {
      process.stdout.isTTY = true;
      await show(lines(1));
      expect(write.mock.calls.flat()).toContain('line chart, 3 → 1\n');
      write.mockClear();
      process.stdout.isTTY = false;
      await show(lines(1));
      expect(write).not.toHaveBeenCalled();
      await expect(show({ data: { values: [{ a: 1 }] }, mark: 'squiggle' })).rejects.toThrow();
    } finally {
      process.stdout.isTTY = terminal;
      write.mockRestore();
    }
  });
});

describe('live', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('sends at most five updates a second, and the last one always', () =>
    inNotebook(async (sent) => {
      const display = live();
      for (let ms = 0; ms < 3000; ms += 10) {
        display.update(lines(ms));
        await vi.advanceTimersByTimeAsync(10);
      }
      await vi.advanceTimersByTimeAsync(300);
      expect(sent.length).toBeGreaterThanOrEqual(14);
      for (const first of sent)
        expect(
          sent.filter(({ at }) => at >= first.at && at < first.at + 1000).length,
        ).toBeLessThanOrEqual(5);
      expect(sent.at(-1)!.data['text/plain']).toBe('line chart, 3 → 2990');
      await display.done();
    }));

  it('is one place: displayed once, updated from then on', () =>
    inNotebook(async (sent) => {
      const display = live(lines(1));
      for (const y of [2, 3, 4]) {
        display.update(lines(y));
        await vi.advanceTimersByTimeAsync(250);
      }
      expect(sent.map(({ update }) => update)).toEqual(sent.map((_, i) => i > 0));
      expect(new Set(sent.map(({ id }) => id))).toEqual(new Set([display.id]));
      await display.done();
    }));

  it('goes without the PNG while it changes; done() draws the last state with it', () =>
    inNotebook(async (sent) => {
      const display = live();
      display.update(lines(1));
      await vi.advanceTimersByTimeAsync(250);
      expect(Object.keys(sent[0]!.data)).not.toContain('image/png');
      display.update(lines(2));
      display.update(lines(7));
      await display.done();
      expect(sent.at(-1)!.data['text/plain']).toBe('line chart, 3 → 7');
      expect(Object.keys(sent.at(-1)!.data)).toContain('image/png');
      const count = sent.length;
      await display.done();
      await vi.advanceTimersByTimeAsync(5000);
      expect(sent.length).toBe(count);
    }));

  it('draws the PNG by itself after a second of quiet', async () => {
    vi.useRealTimers();
    await inNotebook(async (sent) => {
      live(lines(4));
      await vi.waitUntil(() => sent.some(({ data }) => 'image/png' in data), { timeout: 10_000 });
      expect(sent.map(({ data }) => 'image/png' in data)).toEqual([false, true]);
    });
  });

  it('makes only those charts that it draws', () =>
    inNotebook(async () => {
      const make = vi.fn(() => lines(1));
      const display = live();
      for (let i = 0; i < 100; i++) display.update(make);
      await vi.advanceTimersByTimeAsync(250);
      expect(make).toHaveBeenCalledTimes(2);
      await display.done();
    }));

  it('what a chart throws comes out of the next call', () =>
    inNotebook(async () => {
      const display = live();
      display.update(() => chart({ data: { values: [] }, mark: 'point' }));
      await expect(display.done()).rejects.toThrow('data.values is empty');
      display.update(() => chart({ data: { values: [] }, mark: 'point' }));
      await vi.advanceTimersByTimeAsync(250);
      expect(() => display.update(lines(1))).toThrow('data.values is empty');
    }));
});
