/** What an `error` message says of something thrown: its name, its value, and where. */
import { inspect, types } from 'node:util';
import type { Diagnostic } from './compiler/types';
import { folded } from './folding';
import { stackOfAwait } from './place';
import { isOfCell, type Sources } from './traceback';

export interface Failure {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

const red = (text: string): string => `\u001b[31m${text}\u001b[39m`;
const grey = (text: string): string => `\u001b[90m${text}\u001b[39m`;
const bold = (text: string): string => `\u001b[1m${text}\u001b[22m`;

/** Of what an error carries with it, so many lines, and so many errors, are shown. */
const mostLines = 30;
const mostErrors = 10;

/** Told elsewhere; `partial` is what a training has learned, which `lastError` keeps at hand. */
const toldElsewhere = new Set(['name', 'message', 'stack', 'cause', 'partial']);

/** Anything can be thrown: an Error shows where, another value shows itself. */
export function failureOf(thrown: unknown, sources: Sources, note?: string): Failure {
  try {
    return isError(thrown) ? failureOfError(thrown, sources, note) : failureOfValue(thrown, note);
  } catch {
    // Its getters or its own inspection throw.
    return told({ ename: 'Thrown', evalue: 'a value that cannot be shown' }, [], note);
  }
}

function failureOfValue(thrown: unknown, note: string | undefined): Failure {
  const value = typeof thrown === 'string' ? thrown : inspect(thrown);
  return told(
    { ename: 'Thrown', evalue: value },
    [`a value that is no Error: ${inspect(thrown)}`],
    note,
  );
}

function failureOfError(thrown: Error, sources: Sources, note: string | undefined): Failure {
  const frames = framesOf(thrown);
  return told(
    { ename: String(thrown.name || 'Error'), evalue: String(thrown.message) },
    [
      ...sources.excerpt(frames),
      ...folded(frames, sources.library).map(grey),
      ...carried(thrown, sources, new Set([thrown])),
    ],
    note,
  );
}

/** The frames of an error, and where a cell awaited it if they lead to none. */
function framesOf(error: Error): string[] {
  const frames = framesIn(error.stack);
  return frames.some(isOfCell)
    ? frames
    : [...frames, ...framesIn(stackOfAwait(error)).filter(isOfCell)];
}

function framesIn(stack: unknown): string[] {
  return String(stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
}

/**
 * What an error has beside its name, message and stack: properties such as `code`, its cause, and
 * the errors that it gathers. Each error is told once, however they refer to one another.
 */
function carried(error: Error, sources: Sources, seen: Set<unknown>): string[] {
  const within = (mark: string, value: unknown): string[] => {
    const [first, ...more] = sketch(value, sources, seen);
    return [`${mark} ${first}`, ...more];
  };
  const lines = properties(error);
  if (error.cause !== undefined) lines.push(...within('caused by', error.cause));
  // Hidden ones are the language's own: of an AggregateError, and of what `using` disposes of.
  const errors = hidden(error, 'errors');
  if (Array.isArray(errors)) {
    for (const each of errors.slice(0, mostErrors)) lines.push(...within('-', each));
    if (errors.length > mostErrors) lines.push(`… and ${errors.length - mostErrors} more errors`);
  }
  for (const key of ['error', 'suppressed'])
    if (hidden(error, key) !== undefined) lines.push(...within('-', hidden(error, key)));
  return lines;
}

/** What can be seen of an error's own properties, as `inspect` prints a record. */
function properties(error: Error): string[] {
  const shown = Object.entries(Object.getOwnPropertyDescriptors(error)).filter(
    ([key, { enumerable }]) => enumerable && !toldElsewhere.has(key),
  );
  if (shown.length === 0) return [];
  const record = Object.defineProperties({}, Object.fromEntries(shown));
  const lines = inspect(record, { depth: 2, breakLength: 100, maxStringLength: 1000 }).split('\n');
  return lines.length > mostLines ? [...lines.slice(0, mostLines), '…'] : lines;
}

function hidden(error: Error, key: string): unknown {
  const property = Object.getOwnPropertyDescriptor(error, key);
  return property?.enumerable === false ? property.value : undefined;
}

/** An error within another: what it says, its frames, and what it carries. */
function sketch(value: unknown, sources: Sources, seen: Set<unknown>): string[] {
  if (!isError(value)) return inspect(value).split('\n');
  if (seen.has(value)) return ['[circular]'];
  seen.add(value);
  const said = String(value.stack ?? value)
    .split('\n')
    .filter((line) => !/^ {4}at /.test(line));
  return [
    ...said,
    ...folded(framesIn(value.stack), sources.library).map(grey),
    ...carried(value, sources, seen),
  ];
}

/** Type errors, as tsc prints them. */
export function failureOfDiagnostics(diagnostics: readonly Diagnostic[]): Failure {
  const errors = diagnostics.filter(({ category }) => category === 'error');
  const first = errors[0];
  const syntax = first !== undefined && first.code < 2000;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return {
    ename: syntax ? 'SyntaxError' : 'TypeScriptError',
    evalue: first ? `TS${first.code}: ${first.message}${more}` : 'the cell does not compile',
    traceback: errors
      .flatMap(({ coloured }) => [...coloured.trimEnd().split('\n'), ''])
      .slice(0, -1),
  };
}

function told(
  what: Omit<Failure, 'traceback'>,
  lines: readonly string[],
  note: string | undefined,
): Failure {
  const headline = `${red(bold(what.ename))}${what.evalue ? `: ${what.evalue}` : ''}`;
  return { ...what, traceback: [...(note ? [note] : []), ...headline.split('\n'), ...lines] };
}

/** Errors of another realm (node:vm) are not `instanceof Error`; a Proxy is whatever it says. */
function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (!types.isProxy(value) && value instanceof Error);
}
