/** What a cell shows, in the page, and as a notebook keeps it. */
import type { Bundle, Shown } from '../messages';

const VEGA = 'application/vnd.vegalite.v5+json';

interface View {
  initialize(place: Element, controls?: Element): View;
  hover(): View;
  runAsync(): Promise<View>;
  finalize(): void;
}

/** Vega and Vega-Lite, which the site's pages have for their charts. */
declare const vega: {
  View: new (runtime: unknown, options: object) => View;
  parse(spec: unknown): unknown;
  logger(level: number): unknown;
  readonly Error: number;
};
declare const vegaLite: { compile(spec: unknown, options?: object): { spec: unknown } };

/** An output of nbformat 4. */
type Output = Record<string, unknown> & { readonly output_type: string };

type Display = Extract<Shown, { type: 'display' }>;

/** Something on display that later ones may take the place of. */
interface Place {
  readonly element: HTMLElement;
  readonly output: Output;
  view?: View | undefined;
  /** What is to be drawn next; what is overtaken is never drawn. */
  next?: Display | undefined;
  drawing?: Promise<void> | undefined;
}

export class Outputs {
  readonly list: Output[] = [];
  private readonly places = new Map<string, Place>();
  private stale = true;
  private count: number | null = null;

  constructor(private readonly element: HTMLElement) {}

  /** A run begins. What an earlier one showed stays until there is something new. */
  begin(count: number): void {
    this.stale = true;
    this.count = count;
  }

  /** A run has ended: what it did not show anew goes. @returns when all is drawn. */
  async end(): Promise<void> {
    this.refresh();
    await Promise.all([...this.places.values()].map(({ drawing }) => drawing));
  }

  show(shown: Shown): void {
    this.refresh();
    if (shown.type === 'clear') this.clear();
    else if (shown.type === 'stream') this.print(shown.name, shown.text);
    else if (shown.type === 'error') this.fail(shown);
    else this.display(shown);
  }

  private refresh(): void {
    if (this.stale) this.clear();
    this.stale = false;
  }

  private clear(): void {
    for (const { view } of this.places.values()) view?.finalize();
    this.places.clear();
    this.list.length = 0;
    this.element.replaceChildren();
  }

  private print(name: 'stdout' | 'stderr', text: string): void {
    const last = this.list.at(-1);
    const same = last?.output_type === 'stream' && last['name'] === name;
    if (same) last['text'] = `${String(last['text'])}${text}`;
    else this.list.push({ output_type: 'stream', name, text });
    const pre = same
      ? this.element.lastElementChild!
      : this.element.appendChild(stream(name === 'stderr'));
    pre.append(text);
  }

  private fail({ name, text, line }: Extract<Shown, { type: 'error' }>): void {
    const said = name === 'TypeScriptError' ? text : `${name}: ${text}`;
    const traceback = [said, ...(line ? [`    at line ${line} of this cell`] : [])];
    this.list.push({ output_type: 'error', ename: name, evalue: text, traceback });
    const pre = this.element.appendChild(stream(true));
    pre.textContent = name === 'TypeScriptError' ? said : traceback.join('\n');
  }

  private display(shown: Display): void {
    const known = shown.id === undefined ? undefined : this.places.get(shown.id);
    const { data, metadata, result } = shown;
    if (known) Object.assign(known.output, { data, metadata });
    const place = known ?? this.placeFor(shown, result ? 'execute_result' : 'display_data');
    place.next = shown;
    place.drawing ??= this.drawAll(place);
  }

  private placeFor({ id, data, metadata }: Display, type: string): Place {
    const count = type === 'execute_result' ? { execution_count: this.count } : {};
    const output: Output = { output_type: type, data, metadata, ...count };
    this.list.push(output);
    const element = this.element.appendChild(document.createElement('div'));
    const place = { element, output };
    this.places.set(id ?? `unnamed ${this.places.size}`, place);
    return place;
  }

  private async drawAll(place: Place): Promise<void> {
    while (place.next) {
      const { data, metadata } = place.next;
      place.next = undefined;
      const old = place.view;
      try {
        const [drawn, view] = await drawingOf(data, metadata);
        place.element.replaceChildren(drawn);
        place.view = view;
      } catch (error) {
        const pre = stream(true);
        pre.textContent = `This cannot be drawn: ${error instanceof Error ? error.message : String(error)}`;
        place.element.replaceChildren(pre);
        place.view = undefined;
      }
      old?.finalize();
    }
    place.drawing = undefined;
  }
}

function stream(isError: boolean): HTMLPreElement {
  const pre = document.createElement('pre');
  pre.className = isError ? 'stream stderr' : 'stream';
  pre.tabIndex = 0;
  return pre;
}

/** The richest form that a page can draw. */
async function drawingOf(data: Bundle, metadata: Bundle): Promise<[HTMLElement, View?]> {
  const description = String(data['text/plain'] ?? '').slice(0, 300);
  if (data[VEGA]) return chart(data[VEGA], description);
  if (data['image/svg+xml']) {
    // Outputs stand on white paper, in both themes.
    const svg = String(data['image/svg+xml']).replaceAll('(prefers-color-scheme: dark)', 'not all');
    return [picture(`image/svg+xml;utf8,${encodeURIComponent(svg)}`, description)];
  }
  for (const type of ['image/png', 'image/jpeg', 'image/gif'])
    if (data[type])
      return [picture(`${type};base64,${String(data[type])}`, description, metadata[type] as Size)];
  if (data['text/html']) {
    const table = document.createElement('div');
    table.className = 'table';
    table.tabIndex = 0;
    table.setAttribute('role', 'group');
    table.setAttribute('aria-label', description.split('\n')[0] || 'output');
    // The page's policy runs no script and no handler of it.
    table.innerHTML = String(data['text/html']);
    return [table];
  }
  const pre = stream(false);
  pre.textContent = String(data['text/plain'] ?? '');
  return [pre];
}

type Size = { readonly width: number; readonly height: number } | undefined;

function picture(address: string, alt: string, size?: Size): HTMLElement {
  const image = document.createElement('img');
  Object.assign(image, { alt, src: `data:${address}`, ...size });
  const figure = document.createElement('figure');
  figure.append(image);
  return figure;
}

async function chart(spec: unknown, description: string): Promise<[HTMLElement, View]> {
  const figure = document.createElement('figure');
  figure.className = 'chart live';
  figure.tabIndex = 0;
  const place = figure.appendChild(document.createElement('div'));
  const controls = document.createElement('div');
  controls.className = 'controls';
  const compiled = vegaLite.compile(spec, { logger: vega.logger(vega.Error) }).spec;
  const view = new vega.View(vega.parse(compiled), { renderer: 'canvas', logLevel: vega.Error });
  await view.initialize(place, controls).hover().runAsync();
  place.setAttribute('role', 'img');
  place.setAttribute('aria-label', description);
  if (controls.childElementCount > 0) figure.append(controls);
  return [figure, view];
}
