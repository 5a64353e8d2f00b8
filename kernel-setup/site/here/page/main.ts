/** "Run it here": makes a notebook's page live. Fetched when the reader asks for it. */
import { CodeCell } from './cell';
import { keepEdits, readEdits } from './edits';
import { Kernel } from './kernel';
import { asFile, sourceOf, type Notebook } from './notebook';

const bar = document.getElementById('here')!;
const name = bar.dataset['notebook']!;
const status = document.getElementById('here-told')!;
const base = new URL('./', import.meta.url).href;

const say = (...parts: (string | Node)[]): void => status.replaceChildren(...parts);

function button(text: string, title: string, act: () => void): HTMLButtonElement {
  const made = document.createElement('button');
  Object.assign(made, { type: 'button', textContent: text, title });
  made.addEventListener('click', act);
  return made;
}

/** Cells wait here for their turn. */
class Queue {
  private readonly waiting: CodeCell[] = [];
  private working = false;

  constructor(
    private readonly cells: readonly CodeCell[],
    private readonly changed: (running: boolean) => void,
  ) {}

  add(cells: readonly CodeCell[]): void {
    for (const cell of cells) {
      if (this.waiting.includes(cell)) continue;
      this.waiting.push(cell);
      cell.state = 'waiting';
    }
    if (!this.working) void this.work();
  }

  /** What waits does not run. */
  clear(): void {
    for (const cell of this.waiting.splice(0)) cell.state = 'idle';
  }

  private async work(): Promise<void> {
    this.working = true;
    this.changed(true);
    let [ran, failed] = [0, undefined as CodeCell | undefined];
    const began = performance.now();
    while (this.waiting.length > 0) {
      const cell = this.waiting.shift()!;
      say('Running ', cell.link, ` of ${this.cells.length} …`);
      const { ok, forced } = await cell.run();
      ran++;
      if (forced) for (const each of this.cells) if (each !== cell) each.state = 'idle';
      if (ok) continue;
      failed = cell;
      this.clear();
    }
    this.working = false;
    this.changed(false);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    if (failed) {
      say('There is an error in ', failed.link, '. Change it, and run it again.');
      failed.element.scrollIntoView({ block: 'nearest' });
    } else
      say(
        ran === this.cells.length
          ? `All ${ran} code cells ran, in ${seconds} s${this.claims}. Change one and run it again.`
          : `Ran ${ran === 1 ? 'one cell' : `${ran} cells`} in ${seconds} s.`,
      );
  }

  /** Cells of claims throw where one does not hold. */
  private get claims(): string {
    return this.cells.some(({ id }) => id.startsWith('claims')) ? ', and every claim held' : '';
  }
}

async function main(): Promise<void> {
  const kernel = new Kernel(base);
  const response = await fetch(new URL(`notebooks/${name}.ipynb`, base));
  const notebook = (await response.json()) as Notebook;
  await kernel.ready;

  const edits = new Map(Object.entries(readEdits(name)));
  const undoAll: HTMLButtonElement = button(
    'Undo all changes',
    'Back to the notebook as it is published',
    () => {
      for (const cell of cells) cell.undo();
    },
  );
  const edited = (cell: CodeCell): void => {
    if (cell.isEdited) edits.set(cell.id, cell.source);
    else edits.delete(cell.id);
    undoAll.hidden = edits.size === 0;
    keepEdits(name, Object.fromEntries(edits));
  };

  const elements = new Map(
    [...document.querySelectorAll<HTMLElement>('.cell[data-id]')].map((each) => [
      each.dataset['id']!,
      each,
    ]),
  );
  const cells: CodeCell[] = [];
  for (const cell of notebook.cells) {
    const element = elements.get(cell.id);
    if (cell.cell_type !== 'code' || !element) continue;
    const above = [...cells];
    const code: CodeCell = new CodeCell(element, {
      id: cell.id,
      original: sourceOf(cell),
      source: edits.get(cell.id),
      label: `Code cell ${cells.length + 1}`,
      kernel,
      edited: () => edited(code),
      run(stays) {
        queue.add([code]);
        if (!stays) cells[cells.indexOf(code) + 1]?.focus();
      },
      canCheck: () => !running && above.every(({ state }) => state === 'ok'),
    });
    cells.push(code);
  }

  let running = false;
  const runAll = button('▶ Run all', 'Run all cells, from the top', () => queue.add(cells));
  const stop = button('■ Stop', 'Stop the cell that runs', () => {
    queue.clear();
    say('Stopping …');
    kernel.stop();
  });
  const restart = button('↻ Restart', 'Forget all variables', () => {
    queue.clear();
    for (const cell of cells) if (cell.state !== 'running') cell.state = 'idle';
    void kernel.restart().then(() => say('Restarted: all variables are gone. Run from the top.'));
  });
  const download = button(
    '⤓ Download',
    'The notebook with your changes and what the cells showed',
    () => {
      const text = asFile(notebook, new Map(cells.map((cell) => [cell.id, cell.ran])));
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([text], { type: 'application/x-ipynb+json' }));
      link.download = `${name}.ipynb`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    },
  );
  const queue = new Queue(cells, (now) => {
    running = now;
    stop.disabled = !now;
    bar.dataset['running'] = String(now);
  });
  runAll.className = 'first';
  stop.disabled = true;
  undoAll.hidden = edits.size === 0;
  const buttons = document.createElement('div');
  buttons.className = 'buttons';
  buttons.append(runAll, stop, restart, download, undoAll);
  document.getElementById('here-start')!.replaceWith(buttons);
  bar.classList.add('live');
  bar.dataset['ready'] = '';
  const changed = edits.size > 0 ? ' Your changes of last time are in it.' : '';
  say(`Ready. Run all cells, or one with Shift and Enter; every cell can be changed.${changed}`);
  runAll.focus();
}

main().catch((error: unknown) => {
  say(`This did not load: ${error instanceof Error ? error.message : String(error)}`);
  bar.dataset['broken'] = '';
});
