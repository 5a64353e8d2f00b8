/** What the page and its two workers tell each other. */
import type { Completions, Diagnostic, Inspection } from '../../kernel/compiler/types';

/** A cell that was checked: ready to run, or what is wrong with it. */
export type Compiled =
  | {
      readonly ok: true;
      readonly filename: string;
      readonly javascript: string;
      readonly sourceMap: string;
      readonly diagnostics: readonly Diagnostic[];
    }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/** What the compiler is asked, and what it answers. */
export interface Questions {
  /** Checks and translates a cell that is about to run. */
  compile(asked: { readonly source: string; readonly name: string }): Compiled;
  /** The cell has run: later ones see its names, or of one that failed those it `declared`. */
  commit(asked: { readonly filename: string; readonly declared?: readonly string[] }): void;
  /** What is wrong with a cell that is being typed. */
  check(asked: { readonly source: string }): readonly Diagnostic[];
  complete(asked: { readonly source: string; readonly offset: number }): Completions;
  inspect(asked: { readonly source: string; readonly offset: number }): Inspection | undefined;
  /** Forgets all names, as a restart does. */
  reset(asked: Record<never, never>): void;
}

export type Question = keyof Questions;
export type Asked<Q extends Question> = Parameters<Questions[Q]>[0];
export type Answer<Q extends Question> = ReturnType<Questions[Q]>;

export interface ToCompiler {
  readonly id: number;
  readonly question: Question;
  readonly asked: Asked<Question>;
}

export type FromCompiler =
  | { readonly type: 'ready' }
  | { readonly type: 'broken'; readonly text: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'refusal'; readonly id: number; readonly text: string };

export type ToExecutor =
  | {
      readonly type: 'run';
      readonly cell: string;
      readonly javascript: string;
      readonly filename: string;
      readonly sourceMap: string;
    }
  | { readonly type: 'stop' };

export type Bundle = Readonly<Record<string, unknown>>;

/** What a cell shows, in nbformat's words. */
export type Shown =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display';
      readonly data: Bundle;
      readonly metadata: Bundle;
      readonly id?: string | undefined;
      readonly update?: boolean | undefined;
      readonly result?: boolean;
    }
  | { readonly type: 'clear' }
  | {
      readonly type: 'error';
      readonly name: string;
      readonly text: string;
      /** Where in the cell, counted from 1. */
      readonly line?: number | undefined;
    };

export type FromExecutor =
  | { readonly type: 'ready' }
  | { readonly type: 'broken'; readonly text: string }
  | { readonly type: 'shown'; readonly cell: string; readonly shown: Shown }
  | {
      readonly type: 'done';
      readonly cell: string;
      readonly ok: boolean;
      readonly declared: readonly string[];
      readonly ms: number;
    };
