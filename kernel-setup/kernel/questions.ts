/**
 * The answers of the compiler to a front end's questions, in Jupyter's terms: positions count
 * Unicode code points.
 */
import type { CellCompiler } from './compiler/types';
import { codePointToUtf16, utf16ToCodePoint } from './compiler/offsets';
import type { Content } from './wire';

export function complete(compiler: CellCompiler, content: Content): Content {
  const code = String(content['code']);
  const { matches, start, end, types } = compiler.complete(
    code,
    codePointToUtf16(code, Number(content['cursor_pos'])),
  );
  const point = (offset: number): number => utf16ToCodePoint(code, offset);
  return {
    status: 'ok',
    matches,
    cursor_start: point(start),
    cursor_end: point(end),
    metadata: {
      _jupyter_types_experimental: types.map((each) => ({
        ...each,
        start: point(each.start),
        end: point(each.end),
      })),
    },
  };
}

export function inspect(compiler: CellCompiler, content: Content): Content {
  const code = String(content['code']);
  const offset = codePointToUtf16(code, Number(content['cursor_pos']));
  const found = compiler.inspect(code, offset, content['detail_level'] === 1 ? 1 : 0);
  return { status: 'ok', found: found !== undefined, data: found ?? {}, metadata: {} };
}

export function isComplete(compiler: CellCompiler, content: Content): Content {
  return { ...compiler.isComplete(String(content['code'])) };
}

/**
 * A cell that is only `name?`, as in IPython, asks what `name` is; the front end shows the answer
 * in its pager. It is no TypeScript, so nothing is lost. `name??` adds the definition.
 */
export function pageFor(compiler: CellCompiler, code: string): Content | undefined {
  const question = /^\s*([\p{ID_Start}$_][\p{ID_Continue}$.]*)(\?{1,2})\s*;?\s*$/u.exec(code);
  if (!question) return undefined;
  const [, name = '', marks] = question;
  const found = compiler.inspect(name, name.length, marks === '??' ? 1 : 0);
  return { source: 'page', start: 0, data: found ?? { 'text/plain': `${name}: not found` } };
}
