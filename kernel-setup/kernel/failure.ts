/** What an `error` message says of something thrown: its name, its value, and where. */
import { inspect } from 'node:util';
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

/** Anything can be thrown: an Error shows where, another value shows itself. */
export function failureOf(thrown: unknown, sources: Sources, note?: string): Failure {
  if (!(thrown instanceof Error) && !isErrorLike(thrown)) {
    const value = typeof thrown === 'string' ? thrown : inspect(thrown);
    return told(
      { ename: 'Thrown', evalue: value },
      [`a value that is no Error: ${inspect(thrown)}`],
      note,
    );
  }
  const ename = String(thrown.name || 'Error');
  const evalue = String(thrown.message);
  const frames = framesOf(thrown);
  const lines = [...sources.excerpt(frames), ...folded(frames, sources.library).map(grey)];
  for (let cause = thrown.cause, depth = 0; cause !== undefined && depth < 5; depth++) {
    const [first, ...more] = sketch(cause, sources);
    lines.push(`caused by ${first}`, ...more);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  // An AggregateError, and Node's errors with a code, have more to say.
  if (thrown instanceof AggregateError)
    for (const each of thrown.errors) {
      const [first, ...more] = sketch(each, sources);
      lines.push(`- ${first}`, ...more);
    }
  return told({ ename, evalue }, lines, note);
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

/** An error within another: what it says, and its frames. */
function sketch(value: unknown, { library }: Sources): string[] {
  if (!(value instanceof Error)) return inspect(value).split('\n');
  const said = String(value.stack ?? value)
    .split('\n')
    .filter((line) => !/^ {4}at /.test(line));
  return [...said, ...folded(framesIn(value.stack), library).map(grey)];
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

/** Errors of another realm (node:vm) are not `instanceof Error`. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.prototype.toString.call(value) === '[object Error]'
  );
}
