/** Widgets without a kernel: their state, their listeners, what is seen of them, and mistakes. */
import { describe, expect, it, vi } from 'vitest';
import { show, widget, widgets, type Widget } from 'dark-matter';
import { displaySymbol, type Displayable, type MimeBundle } from '../../lib/plot/display';
import { decode, inNotebook, inked } from '../plot/support';

const esm = 'export default { render() {} }';
const look = async (shown: Displayable): Promise<MimeBundle> => shown[displaySymbol]();

describe('a widget', () => {
  it('keeps what it is set to, and calls the listeners of what has changed', () => {
    const made = widget({ esm, state: { a: 1, b: 'x' } });
    const [a, b] = [vi.fn(), vi.fn()];
    const off = made.on('change:a', a);
    made.on('change:b', b);
    made.set({ a: 2, b: 'x' });
    made.set('a', 2);
    expect(a.mock.calls).toEqual([[2, 1]]);
    expect(b).not.toHaveBeenCalled();
    off();
    made.set('a', 3);
    expect(a).toHaveBeenCalledTimes(1);
    expect([made.get('a'), made.get('b')]).toEqual([3, 'x']);
  });

  it('does not share its state with the record it was made of', () => {
    const state = { a: 1 };
    const made = widget({ esm, state });
    state.a = 2;
    expect(made.get('a')).toBe(1);
  });

  it('a listener sees all of a change, and may set the widget itself', () => {
    const made = widget({ esm, state: { low: 0, high: 1 } });
    made.on('change:low', (low) => made.set('high', low + made.get('high')));
    made.set({ low: 5, high: 10 });
    expect(made.get('high')).toBe(15);
  });

  it('without a page shows its state, or what it is told to', async () => {
    expect(await look(widget({ esm, state: { a: 1 } }))).toEqual({
      'text/plain': 'widget { a: 1 }',
    });
    const told = widget({
      esm,
      state: { a: 1 },
      fallback: ({ a }) => ({ 'text/html': `<b>${a}</b>`, 'text/plain': `a is ${a}` }),
    });
    told.set('a', 2);
    expect(await look(told)).toEqual({ 'text/html': '<b>2</b>', 'text/plain': 'a is 2' });
  });

  it('is shown by show, on a notebook’s page that has no kernel too', () =>
    inNotebook(async (sent) => {
      await show(widgets.slider({ label: 'x', value: 0.5 }));
      expect(sent[0]!.data['text/plain']).toBe('x: 0.5 (a slider from 0 to 1)');
      expect(sent[0]!.metadata).toMatchObject({ 'image/png': { height: 36 } });
    }));

  it('closed, it stays what it was and goes on', () => {
    const made = widget({ esm, state: { a: 1 } });
    expect(made.closed).toBe(false);
    made.close();
    made.close();
    made.set('a', 2);
    expect([made.closed, made.get('a')]).toEqual([true, 2]);
  });
});

describe('the small widgets', () => {
  it.each<[string, () => Displayable, string]>([
    [
      'slider',
      () => widgets.slider({ label: 'rate', max: 0.1, value: 0.03 }),
      'rate: 0.03 (a slider from 0 to 0.1)',
    ],
    ['select', () => widgets.select({ options: ['a', 2, true], value: 2 }), '2 (of a, 2, true)'],
    ['button', () => widgets.button('Train <again>'), 'Train <again> (a button)'],
    ['progress', () => widgets.progress({ label: 'files', max: 3, value: 1 }), 'files: 1 of 3'],
  ])('%s has a picture and text of where it stands', async (_, make, text) => {
    const bundle = await look(make());
    expect(bundle['text/plain']).toBe(text);
    const picture = decode(Buffer.from(String(bundle['image/png']), 'base64'));
    expect(picture.height).toBe(72);
    expect(inked(picture)).toBeGreaterThan(500);
  });

  it('a slider’s picture has its knob where it stands', async () => {
    const knob = async (value: number): Promise<number> => {
      const svg = String((await look(widgets.slider({ value })))['image/svg+xml']);
      return Number(/cx="([\d.]+)"/.exec(svg)![1]);
    };
    const [low, half, high] = await Promise.all([0, 0.5, 1].map(knob));
    expect(half! - low!).toBeCloseTo(high! - half!);
    expect(high! - low!).toBe(200);
  });

  it('call what they are given, with what is new', () => {
    const heard: unknown[] = [];
    const slider = widgets.slider({}, (value, before) => heard.push([value, before]));
    slider.set('value', 0.25);
    const select = widgets.select({ options: ['a', 'b'] }, (value) => heard.push(value));
    select.set('value', 'b');
    const button = widgets.button('Go', (...given: unknown[]) => heard.push(given));
    button.set('clicks', 1);
    expect(heard).toEqual([[0.25, 0], 'b', []]);
  });

  it('a slider steps through a hundredth of its range unless told otherwise', () => {
    expect(widgets.slider({ min: 0, max: 0.3 }).get('step')).toBe(0.003);
    expect(widgets.slider({ min: 1, max: 5, step: 1 }).get('step')).toBe(1);
  });
});

describe('mistakes', () => {
  const made = widget({ esm, state: { value: 1, name: 'x' } }) as Widget<Record<string, unknown>>;
  it.each<[() => unknown, RegExp]>([
    [() => widget({ esm: 3 as never, state: {} }), /^esm: number 3 given, the text of a module/],
    [() => widget({ esm, state: [] as never }), /^state: an array of 0 given, a record/],
    [() => widget({ esm, state: { _esm: '' } }), /^state\._esm: the protocol needs this name/],
    [() => widget({ esm, state: { layout: 1 } }), /^state\.layout: the protocol needs this name/],
    [() => made.get('valu'), /^state: 'valu' given, 'value' or 'name' expected/],
    [() => made.set({ valu: 2 }), /^state: 'valu' given, 'value' or 'name' expected/],
    [() => made.set('value', NaN), /^state\.value: NaN given/],
    [
      () => made.on('click' as never, () => {}),
      /^on: 'click' given, 'change:NAME' or 'msg:custom'/,
    ],
    [() => made.on('change:valu', () => {}), /^state: 'valu' given/],
    [() => made.on('change:value', 3 as never), /^on: number 3 given, a function expected/],
    [() => widgets.slider({ min: 1, max: 1 }), /^max: 1 given, a finite number above 1/],
    [() => widgets.slider({ step: 0 }), /^step: 0 given, a finite number above 0/],
    [
      () => widgets.slider({ value: 2 }),
      /^value: 2 given, a finite number at least 0 and at most 1/,
    ],
    [() => widgets.select({ options: [] }), /^options: an array of 0 given/],
    [() => widgets.select({ options: ['a'], value: 'b' as 'a' }), /^value: "b" given, one of a/],
    [() => widgets.button(1 as never), /^label: number 1 given, text expected/],
    [() => widgets.progress({ max: 0 }), /^max: 0 given/],
    [() => widgets.progress({ value: 2 }), /^value: 2 given/],
  ])('%s is refused by name', (mistake, message) => {
    expect(mistake).toThrow(message);
  });

  it('what is refused changes nothing', () => {
    expect(() => made.set({ name: 'y', value: undefined })).toThrow();
    expect(made.get('name')).toBe('x');
  });
});
