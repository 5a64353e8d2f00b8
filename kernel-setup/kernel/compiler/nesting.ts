/**
 * Texts that are nested too deeply: TypeScript recurses as deep as a text is nested, and enough
 * brackets exhaust the stack.
 */
import ts from 'typescript';
import { complaint, readable } from './diagnostics';
import type { Diagnostic } from './types';

/** Only the beginning is quoted: a thousand brackets can already be too many. */
const QUOTED = 80;

/** What the work gives, or, where it exhausts the stack, what takes its place. */
export function unlessTooDeep<T>(work: () => T, otherwise: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return otherwise();
    throw error;
  }
}

/** What a user reads of a cell that is nested too deeply. */
export function tooDeep(source: string, name: string): Diagnostic[] {
  const beginning = source.slice(0, QUOTED);
  const file = ts.createSourceFile(name, beginning, ts.ScriptTarget.ES2022, false);
  const said = 'The cell is nested too deeply to be compiled.';
  return readable([complaint(file, { start: 0, length: 0 }, 2589, said)], { file });
}
