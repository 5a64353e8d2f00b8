/** A code cell of the page: its editor, its buttons, and what it shows. */
import { CellEditor } from './editor';
import type { Shown } from '../messages';
import type { Kernel, Outcome } from './kernel';
import type { Ran } from './notebook';
import { Outputs } from './outputs';

export type State = 'idle' | 'waiting' | 'running' | 'ok' | 'failed';

interface CellOptions {
  readonly id: string;
  /** As published. */
  readonly original: string;
  /** As the reader left it. */
  readonly source: string | undefined;
  readonly label: string;
  readonly kernel: Kernel;
  edited(): void;
  run(stays: boolean): void;
  /** Whether the kernel knows what the cells above declare. */
  canCheck(): boolean;
}

/** How long the reader has to pause before what they typed is checked, in milliseconds. */
const PAUSE = 600;

let runs = 0;

export class CodeCell {
  readonly id: string;
  private readonly editor: CellEditor;
  private readonly outputs: Outputs;
  private readonly told = document.createElement('span');
  private readonly undoing = document.createElement('button');
  private now: State = 'idle';
  private count: number | null = null;
  private pause: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly element: HTMLElement,
    private readonly options: CellOptions,
  ) {
    const { id, original, source = original, label, kernel, run } = options;
    this.id = id;
    element.id = `cell-${id}`;
    const code = element.querySelector('pre.code')!;
    const place = document.createElement('div');
    place.className = 'editor';
    code.replaceWith(place);
    this.editor = new CellEditor(
      place,
      source,
      label,
      {
        complete: (text, offset) => kernel.ask('complete', { source: text, offset }),
        inspect: (text, offset) => kernel.ask('inspect', { source: text, offset }),
      },
      {
        changed: () => this.changed(),
        run(stays) {
          run(stays);
          return true;
        },
      },
    );
    place.before(this.head(label));
    this.outputs = new Outputs(outputsOf(element));
    this.state = 'idle';
  }

  private head(label: string): HTMLElement {
    const head = document.createElement('div');
    head.className = 'head';
    const play = document.createElement('button');
    Object.assign(play, { type: 'button', className: 'play', textContent: '▶ Run' });
    play.setAttribute('aria-label', `Run ${label.toLowerCase()}`);
    play.addEventListener('click', () => this.options.run(true));
    Object.assign(this.undoing, {
      type: 'button',
      textContent: 'Undo my changes',
      hidden: !this.isEdited,
    });
    this.undoing.addEventListener('click', () => this.undo());
    this.told.className = 'told';
    head.append(play, this.told, this.undoing);
    return head;
  }

  get source(): string {
    return this.editor.source;
  }

  get isEdited(): boolean {
    return this.source !== this.options.original;
  }

  get state(): State {
    return this.now;
  }

  set state(state: State) {
    this.now = state;
    this.element.dataset['state'] = state;
    const words = {
      idle: '',
      waiting: 'waits',
      running: 'running …',
      ok: 'done',
      failed: 'failed',
    };
    this.told.textContent = words[state];
  }

  /** For a file of the notebook. */
  get ran(): Ran {
    return { source: this.source, outputs: this.outputs.list, count: this.count };
  }

  /** Where it is, in words. */
  get link(): HTMLElement {
    const link = document.createElement('a');
    link.href = `#${this.element.id}`;
    link.textContent = this.options.label.toLowerCase();
    return link;
  }

  focus(): void {
    this.editor.view.focus();
  }

  undo(): void {
    if (this.isEdited) this.editor.source = this.options.original;
  }

  private changed(): void {
    this.undoing.hidden = !this.isEdited;
    if (this.now === 'ok' || this.now === 'failed') this.state = 'idle';
    this.options.edited();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => void this.check(), PAUSE);
  }

  /** Checks what was typed, where the kernel knows the cells above. */
  private async check(): Promise<void> {
    if (!this.options.canCheck()) return;
    const { source } = this;
    const found = await this.options.kernel.ask('check', { source }).catch(() => []);
    if (source === this.source) this.editor.mark(found);
  }

  async run(): Promise<Outcome> {
    this.state = 'running';
    this.count = ++runs;
    this.outputs.begin(this.count);
    const show = (shown: Shown): void => this.outputs.show(shown);
    const outcome = await this.options.kernel.run(this.id, this.source, show).catch((error) => {
      show({ type: 'error', name: 'Kernel', text: String(error) });
      return { ok: false, ms: 0, diagnostics: [] } satisfies Outcome as Outcome;
    });
    await this.outputs.end();
    this.editor.mark(outcome.diagnostics);
    this.state = outcome.ok ? 'ok' : 'failed';
    if (outcome.ms > 0)
      this.told.textContent = `${outcome.ok ? 'ran in' : 'failed after'} ${duration(outcome.ms)}`;
    return outcome;
  }
}

function outputsOf(cell: HTMLElement): HTMLElement {
  const there = cell.querySelector<HTMLElement>('.outputs');
  if (there) return there;
  const made = document.createElement('div');
  made.className = 'outputs';
  cell.append(made);
  return made;
}

const duration = (ms: number): string =>
  ms < 1000 ? `${Math.ceil(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
