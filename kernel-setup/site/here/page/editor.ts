/** A cell's editor: TypeScript in colours, with the kernel's diagnostics, completion and hover. */
import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { typescriptLanguage } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  HighlightStyle,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { setDiagnostics, type Diagnostic as Mark } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap, type Tooltip } from '@codemirror/view';
import { tags } from '@lezer/highlight';

import type { Completions, Diagnostic, Inspection } from '../../../kernel/compiler/types';

export interface Asks {
  complete(source: string, offset: number): Promise<Completions>;
  inspect(source: string, offset: number): Promise<Inspection | undefined>;
}

export interface Hears {
  changed(): void;
  /** Shift and Enter, or Control and Enter, which stays. */
  run(stays: boolean): boolean;
}

/** The site's own colours, of which there are two sets. */
const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.typeName, tags.bool, tags.null, tags.self], class: 'keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 'string' },
  { tag: tags.number, class: 'number' },
  { tag: tags.comment, class: 'comment' },
]);

/** The kernel's kinds of completions, in CodeMirror's words. */
const KINDS: Readonly<Record<string, string>> = {
  const: 'constant',
  let: 'variable',
  var: 'variable',
  parameter: 'variable',
  alias: 'variable',
  module: 'namespace',
  getter: 'property',
  setter: 'property',
};

export class CellEditor {
  readonly view: EditorView;

  constructor(parent: HTMLElement, source: string, label: string, asks: Asks, hears: Hears) {
    this.view = new EditorView({
      parent,
      state: EditorState.create({
        doc: source,
        extensions: [
          history(),
          drawSelection(),
          indentUnit.of('  '),
          EditorState.tabSize.of(2),
          typescriptLanguage,
          syntaxHighlighting(colors),
          bracketMatching(),
          closeBrackets(),
          autocompletion({ override: [(context) => completions(context, asks)] }),
          hoverTooltip((view, pos) => told(view, pos, asks)),
          keymap.of([
            { key: 'Shift-Enter', run: () => hears.run(false) },
            { key: 'Mod-Enter', run: () => hears.run(true) },
            { key: 'Tab', run: acceptCompletion },
            ...closeBracketsKeymap,
            ...completionKeymap,
            ...historyKeymap,
            ...defaultKeymap,
          ]),
          EditorView.contentAttributes.of({
            'aria-label': label,
            spellcheck: 'false',
            tabindex: '0',
          }),
          EditorView.updateListener.of(({ docChanged }) => {
            if (docChanged) hears.changed();
          }),
        ],
      }),
    });
  }

  get source(): string {
    return this.view.state.doc.toString();
  }

  set source(text: string) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /** Underlines what the compiler complains of. */
  mark(diagnostics: readonly Diagnostic[]): void {
    const { length } = this.view.state.doc;
    const marks = diagnostics.map(({ start, length: long, category, code, message }): Mark => {
      const from = Math.min(start, length);
      return {
        from,
        to: Math.min(Math.max(from + long, from + 1), length),
        severity: category === 'suggestion' ? 'hint' : category,
        message: `${message}\nTS${code}`,
      };
    });
    this.view.dispatch(setDiagnostics(this.view.state, marks));
  }
}

async function completions(
  context: CompletionContext,
  asks: Asks,
): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w$]+/);
  const dot = context.matchBefore(/[.'"]/);
  if (!word && !dot && !context.explicit) return null;
  const found = await asks
    .complete(context.state.doc.toString(), context.pos)
    .catch(() => undefined);
  if (!found || context.aborted || found.matches.length === 0) return null;
  const kinds = new Map(found.types.map(({ text, type }) => [text, type]));
  return {
    from: found.start,
    to: found.end,
    options: found.matches.map((label, i) => {
      const kind = kinds.get(label) ?? '';
      return { label, type: KINDS[kind] ?? kind, boost: -i / found.matches.length };
    }),
    validFor: /^[\w$]*$/,
  };
}

async function told(view: EditorView, pos: number, asks: Asks): Promise<Tooltip | null> {
  const word = view.state.wordAt(pos);
  if (!word) return null;
  const found = await asks.inspect(view.state.doc.toString(), pos).catch(() => undefined);
  if (!found) return null;
  return {
    pos: word.from,
    end: word.to,
    create() {
      const dom = document.createElement('pre');
      dom.className = 'inspected';
      dom.textContent = found['text/plain'];
      return { dom };
    },
  };
}
