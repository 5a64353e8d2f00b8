/** labels.csv: which pictures somebody has named. */
import { CannotLearn } from './cannotLearn';
import { readCsv } from './csv';
import type { FewLabels } from './classify';

/** Labels that belong to pictures, and what could not be used. */
export interface ReadLabels extends FewLabels {
  /** Sentences about rows that were left out; empty where all could be used. */
  readonly remarks: readonly string[];
}

/**
 * Matches a table with the columns `file` and `label` to pictures. A file is named by its path in
 * the folder, or, where only one picture has it, by its name alone. Rows that name no picture, or
 * have no label, are left out and said.
 *
 * @param text CSV with a header (RFC 4180; commas, semicolons or tabs).
 * @param files the pictures' paths.
 * @throws where a column is missing, a picture has two different labels, or fewer than two classes
 * are left.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 *
 * const text = 'file,label\na.png,cat\nb.png,dog\nlost.png,dog\n';
 * const { labels, remarks } = pictures.readLabels(text, ['a.png', 'b.png', 'c.png']);
 * assert.deepEqual([...labels], [0, 1]);
 * assert.match(remarks[0]!, /lost\.png/);
 * ```
 */
export function readLabels(text: string, files: readonly string[], name = 'labels'): ReadLabels {
  const { columns, rows } = readCsv(text, name);
  const [file, label] = ['file', 'label'].map((wanted) => {
    const at = columns.findIndex((column) => column.trim().toLowerCase() === wanted);
    if (at < 0)
      throw new CannotLearn(
        `${name}: the columns ${columns.map((column) => `'${column}'`).join(', ') || '(none)'} given, 'file' and 'label' expected in the first line`,
      );
    return at;
  }) as [number, number];
  const places = placesOf(files);
  const given = new Map<number, string>();
  const missing: string[] = [];
  let empty = 0;
  for (const row of rows) {
    const said = (row[label] ?? '').trim();
    const picture = (row[file] ?? '').trim();
    const at = places(picture);
    if (said === '') empty++;
    else if (at === undefined) missing.push(picture);
    else if (given.has(at) && given.get(at) !== said)
      throw new CannotLearn(
        `${name}: ${picture} has the labels '${given.get(at)}' and '${said}', one expected`,
      );
    else given.set(at, said);
  }
  const remarks = [
    ...(missing.length > 0
      ? [
          `${name}: ${missing.length} of ${rows.length} rows name no picture of the folder and are left out: ${few(missing)}.`,
        ]
      : []),
    ...(empty > 0
      ? [`${name}: ${empty} of ${rows.length} rows have no label and are left out.`]
      : []),
  ];
  const classes = [...new Set(given.values())].sort();
  if (classes.length < 2)
    throw new CannotLearn(
      [
        ...remarks,
        `${name}: ${classes.length === 0 ? 'no label' : `only the label '${classes[0]}'`} of pictures in the folder given, at least two different ones expected`,
      ].join(' '),
    );
  const sorted = [...given].sort(([a], [b]) => a - b);
  return {
    rows: Int32Array.from(sorted, ([at]) => at),
    labels: Int32Array.from(sorted, ([, said]) => classes.indexOf(said)),
    classes,
    remarks,
  };
}

/** Finds a picture by its path, or by its name where that is one picture's alone. */
function placesOf(files: readonly string[]): (picture: string) => number | undefined {
  const paths = new Map(files.map((file, i) => [file.normalize(), i]));
  const names = new Map<string, number | undefined>();
  files.forEach((file, i) => {
    const name = file.slice(file.lastIndexOf('/') + 1).normalize();
    names.set(name, names.has(name) ? undefined : i);
  });
  return (picture) => {
    const path = picture.replaceAll('\\', '/').replace(/^\.\//, '').normalize();
    return paths.get(path) ?? names.get(path);
  };
}

/** The first few of a list. */
const few = (names: readonly string[]): string =>
  names.length <= 3
    ? names.join(', ')
    : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
