/** The fields that a request must have, so that a malformed one gets a clear answer. */
import type { Content } from './wire';

type Kind = 'string' | 'boolean' | 'number' | 'object';

/** Required fields first; a field ending in `?` may be absent. */
const fields: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  execute_request: {
    code: 'string',
    'silent?': 'boolean',
    'store_history?': 'boolean',
    'stop_on_error?': 'boolean',
    'allow_stdin?': 'boolean',
    'user_expressions?': 'object',
  },
  complete_request: { code: 'string', cursor_pos: 'number' },
  inspect_request: { code: 'string', cursor_pos: 'number', 'detail_level?': 'number' },
  is_complete_request: { code: 'string' },
  comm_open: { comm_id: 'string', target_name: 'string' },
  comm_msg: { comm_id: 'string' },
  comm_close: { comm_id: 'string' },
};

/** What is wrong with a request's content; undefined where nothing is. */
export function checkContent(type: string, content: Content): string | undefined {
  for (const [key, kind] of Object.entries(fields[type] ?? {})) {
    const name = key.replace('?', '');
    const value = content[name];
    if ((value === undefined || value === null) && key.endsWith('?')) continue;
    if (typeof value !== kind || value === null)
      return `${type}: content.${name}: ${value === null ? 'null' : typeof value} given, ${kind} expected`;
  }
  return undefined;
}

/** What a front end says beside a cell's code: its id in the notebook, and cells that have gone. */
export function notebookOf({ cellId, deletedCells }: Content): { id?: string; gone: string[] } {
  const gone = Array.isArray(deletedCells) ? deletedCells.filter(isString) : [];
  return isString(cellId) ? { id: cellId, gone } : { gone };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
