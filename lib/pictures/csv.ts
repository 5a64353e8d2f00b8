/** Tables as comma-separated values (RFC 4180): lines of fields, quoted where they must be. */
import { CannotLearn } from './cannotLearn';

/** The fields of a table, the header's apart. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * Reads a table. The separator is the comma, the semicolon or the tab, whichever the first line
 * has most of; a byte order mark is skipped, and so are empty lines.
 *
 * @throws where a quote is not closed, naming its line.
 */
export function readCsv(text: string, name: string): CsvTable {
  const body = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(body);
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let quotedSince = 0;
  let line = 1;
  const endField = (): void => {
    fields.push(field);
    field = '';
  };
  const endLine = (): void => {
    endField();
    if (fields.length > 1 || fields[0] !== '') lines.push(fields);
    fields = [];
  };
  for (let i = 0; i < body.length; i++) {
    const character = body[i]!;
    if (character === '\n') line++;
    if (quotedSince > 0) {
      if (character !== '"') field += character;
      else if (body[i + 1] === '"') field += body[++i];
      else quotedSince = 0;
    } else if (character === '"' && field === '') quotedSince = line;
    else if (character === separator) endField();
    else if (character === '\n') endLine();
    else if (character !== '\r') field += character;
  }
  if (quotedSince > 0)
    throw new CannotLearn(`${name}: a quote that begins in line ${quotedSince} does not end`);
  endLine();
  const [columns = [], ...rows] = lines;
  return { columns, rows };
}

function separatorOf(text: string): string {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const count = (character: string): number => first.split(character).length;
  return [';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best), ',');
}

/** A line of a table, with its end. */
export const csvLine = (fields: readonly (string | number)[]): string =>
  `${fields.map((field) => (typeof field === 'number' ? String(field) : quoted(field))).join(',')}\n`;

const quoted = (field: string): string =>
  /[",\r\n;\t]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;

/** A float32 with as few digits as give it back exactly. */
export const shortFloat = (value: number): number => Number(value.toPrecision(9));
