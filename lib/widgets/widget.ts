/**
 * Widgets on anywidget's model: a state that the kernel and the page share, and a module of the
 * browser's that draws it. The protocol is ipywidgets' (messages.md of its schema, version 2.1).
 */
import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { displaySymbol, host, type Comm, type Displayable, type MimeBundle } from '../plot/display';
import { bundleOf } from '../plot/show';
import { describe, isRecord } from '../plot/values';
import { pack, unpack, type Packed, type Path } from './buffers';
import { enrol } from './control';

/** A function that takes a listener away again. */
export type Off = () => void;

/** Something that the reader can move, press or choose, and the kernel can hear and set. */
export interface Widget<State extends object> extends Displayable {
  /** Whether it has been closed: what is set then reaches no page. */
  readonly closed: boolean;
  get<Name extends keyof State & string>(name: Name): State[Name];
  /** Sets one value here and on every page, and calls its listeners. */
  set<Name extends keyof State & string>(name: Name, value: State[Name]): void;
  /** Sets several values at once. */
  set(values: Partial<State>): void;
  /**
   * Has `listener` called when the value changes, here or on a page. What the page changed while an
   * asynchronous listener was at work comes as one change when it is done.
   */
  on<Name extends keyof State & string>(
    event: `change:${Name}`,
    listener: (value: State[Name], before: State[Name]) => unknown,
  ): Off;
  /** Hears what the page's module sends with `model.send(content, callbacks, buffers)`. */
  on(
    event: 'msg:custom',
    listener: (content: unknown, buffers: readonly Uint8Array[]) => unknown,
  ): Off;
  /** Sends to the page's module, which hears it with `model.on('msg:custom', …)`. */
  send(content: unknown, buffers?: readonly Uint8Array[]): void;
  /** Takes it from every page. Running its cell again does so too. */
  close(): void;
}

export interface WidgetOptions<State extends object> {
  /**
   * A module for the browser, as text, or its https address. Its default export is `{ render({ model,
   * el }) { … } }`: `model` has `get`, `set`, `save_changes`, `on` and `send`, `el` is the element to
   * fill. See anywidget.dev.
   */
  readonly esm: string;
  /** Style rules, for the whole page: name your classes well. */
  readonly css?: string;
  /** JSON and bytes (typed arrays), by name. */
  readonly state: State;
  /** What is to be seen where no page draws it: anything that `show` takes. By default the state. */
  readonly fallback?: (state: Readonly<State>) => unknown;
}

/**
 * A widget: a state that the kernel and the page share, drawn by a module in the browser.
 *
 * Show it, or make it a cell's last expression. Each place where it is shown is a view of the same
 * state. What its listeners print and display goes below the cell that called `on`, and so do their
 * errors; they run while other cells wait, one message at a time, and Stop ends them. Running a cell
 * again closes the widgets it made, and takes away the listeners it added. Where no page draws
 * widgets (GitHub, nbconvert, a terminal) `fallback` is seen.
 *
 * @throws TypeError when `esm` is no text, or a value of the state is neither JSON nor bytes;
 * RangeError on a name that the protocol needs for itself.
 * @example
 * ```ts
 * import { show, widget } from 'dark-matter';
 *
 * const counter = widget({
 *   state: { count: 0 },
 *   esm: `export default {
 *     render({ model, el }) {
 *       const button = el.appendChild(document.createElement('button'));
 *       const draw = () => (button.textContent = 'clicked ' + model.get('count'));
 *       button.onclick = () => (model.set('count', model.get('count') + 1), model.save_changes());
 *       model.on('change:count', draw);
 *       draw();
 *     },
 *   }`,
 * });
 * counter.on('change:count', (count) => console.log(`${count} clicks`));
 * await show(counter);
 * ```
 */
export function widget<State extends object>(options: WidgetOptions<State>): Widget<State> {
  return new Model(options);
}

const viewType = 'application/vnd.jupyter.widget-view+json';
/** Any 0.x: what we use of anywidget is in all of them. */
const anywidget = { module: 'anywidget', version: '0' };
/** Names of ipywidgets' own on every model that is seen. */
const reserved = new Set(['layout', 'tabbable', 'tooltip', 'comm']);

type Listener = (...given: readonly never[]) => unknown;

class Model<State extends object> implements Widget<State> {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Map<string, Set<Listener>>();
  private readonly own: Readonly<Record<string, unknown>>;
  private readonly fallback: () => unknown;
  private comm: Comm | undefined;
  private readonly undoing: (() => void)[] = [];
  private ended = false;

  constructor({ esm, css, state, fallback }: WidgetOptions<State>) {
    if (typeof esm !== 'string')
      throw new TypeError(`esm: ${describe(esm)} given, the text of a module expected`);
    if (!isRecord(state))
      throw new TypeError(`state: ${describe(state)} given, a record of values expected`);
    for (const [name, value] of Object.entries(state)) {
      if (name.startsWith('_') || reserved.has(name))
        throw new RangeError(
          `state.${name}: the protocol needs this name for itself; another is expected`,
        );
      this.values.set(name, value);
    }
    this.own = ownState(esm, css);
    this.fallback = () =>
      fallback ? fallback(this.state as State) : `widget ${inspect(this.state)}`;
    const packed = this.packed();
    const notebook = host();
    if (!notebook?.comms) return;
    const opened = notebook.comms.connect('jupyter.widget', dataOf(packed), {
      metadata: { version: '2.1.0' },
      buffers: packed.buffers,
    });
    this.comm = opened;
    opened.onMessage = (data, buffers) => this.receive(data, buffers);
    opened.onClose = () => this.end();
    this.undoing.push(enrol(notebook.comms, opened.id, () => this.packed()));
    const forget = notebook.onRerun?.(() => this.close());
    if (forget) this.undoing.push(forget);
  }

  get closed(): boolean {
    return this.ended;
  }

  get<Name extends keyof State & string>(name: Name): State[Name] {
    this.expectName(name);
    return this.values.get(name) as State[Name];
  }

  set(first: string | Partial<State>, value?: unknown): void {
    const values: Record<string, unknown> =
      typeof first === 'string' ? { [first]: value } : { ...first };
    for (const name of Object.keys(values)) this.expectName(name);
    const packed = pack(values);
    const changes = this.assign(values);
    if (changes.length === 0) return;
    this.comm?.send({ method: 'update', ...dataOf(packed) }, packed.buffers);
    for (const { name, now, before } of changes) this.call(`change:${name}`, now, before);
  }

  on(event: string, listener: (...given: never[]) => unknown): Off {
    if (event !== 'msg:custom') {
      if (!event.startsWith('change:'))
        throw new RangeError(
          `on: '${event}' given, 'change:NAME' or 'msg:custom' expected, where NAME is ${this.names()}`,
        );
      this.expectName(event.slice('change:'.length));
    }
    if (typeof listener !== 'function')
      throw new TypeError(`on: ${describe(listener)} given, a function expected`);
    const notebook = host();
    const bound: Listener = notebook?.callback?.(listener) ?? listener;
    const all = this.listeners.get(event) ?? new Set();
    this.listeners.set(event, all.add(bound));
    const forget = notebook?.onRerun?.(() => all.delete(bound));
    return () => {
      all.delete(bound);
      forget?.();
    };
  }

  send(content: unknown, buffers: readonly Uint8Array[] = []): void {
    this.comm?.send({ method: 'custom', content }, buffers);
  }

  close(): void {
    const { comm } = this;
    this.end();
    comm?.close();
  }

  async [displaySymbol](): Promise<MimeBundle> {
    const look = await bundleOf(this.fallback());
    if (!this.comm) return look;
    return {
      [viewType]: { version_major: 2, version_minor: 0, model_id: this.comm.id },
      ...look,
    };
  }

  /** A message of a page. */
  private receive(
    data: Readonly<Record<string, unknown>>,
    buffers: readonly Uint8Array[],
  ): unknown {
    if (data['method'] === 'update') return this.hear(data, buffers);
    if (data['method'] === 'custom')
      return Promise.all(this.call('msg:custom', data['content'], buffers));
    if (data['method'] !== 'request_state') return;
    const packed = this.packed();
    return this.comm?.send({ method: 'update', ...dataOf(packed) }, packed.buffers);
  }

  private hear(data: Readonly<Record<string, unknown>>, buffers: readonly Uint8Array[]): unknown {
    const { state = {}, buffer_paths: paths = [] } = data as {
      state?: Readonly<Record<string, unknown>>;
      buffer_paths?: readonly Path[];
    };
    // The other pages hear of it too; the one that it comes from knows it by its message.
    this.comm?.send({ method: 'echo_update', state, buffer_paths: paths }, buffers);
    const values = unpack({ state, paths, buffers }, (name) => this.values.get(name));
    const changes = this.assign(values);
    return Promise.all(
      changes.flatMap(({ name, now, before }) => this.call(`change:${name}`, now, before)),
    );
  }

  private assign(values: Readonly<Record<string, unknown>>) {
    const changes = Object.entries(values)
      .map(([name, now]) => ({ name, now, before: this.values.get(name) }))
      .filter(({ name, now, before }) => !name.startsWith('_') && !Object.is(now, before));
    for (const { name, now } of changes) this.values.set(name, now);
    return changes;
  }

  private call(event: string, ...given: readonly unknown[]): unknown[] {
    const all = [...(this.listeners.get(event) ?? [])] as ((...given: unknown[]) => unknown)[];
    return all.map((listener) => listener(...given));
  }

  private end(): void {
    this.ended = true;
    this.comm = undefined;
    for (const undo of this.undoing.splice(0)) undo();
  }

  private get state(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.values);
  }

  private packed(): Packed {
    const { state, ...bytes } = pack(this.state);
    return { state: { ...this.own, ...state }, ...bytes };
  }

  private names(): string {
    return [...this.values.keys()].map((name) => `'${name}'`).join(' or ');
  }

  private expectName(name: string): void {
    if (!this.values.has(name))
      throw new RangeError(`state: '${name}' given, ${this.names()} expected`);
  }
}

function dataOf({ state, paths }: Packed) {
  return { state, buffer_paths: paths };
}

/** What the front end is told beside the state: who draws it, and how. */
function ownState(esm: string, css: string | undefined): Readonly<Record<string, unknown>> {
  const { module, version } = anywidget;
  return {
    _model_module: module,
    _model_name: 'AnyModel',
    _model_module_version: version,
    _view_module: module,
    _view_name: 'AnyView',
    _view_module_version: version,
    _view_count: null,
    _esm: esm,
    ...(css && {
      _css: css,
      // A page keeps one style element for each of these.
      _anywidget_id: `dark-matter-${createHash('sha256').update(css).digest('hex').slice(0, 12)}`,
    }),
  };
}
