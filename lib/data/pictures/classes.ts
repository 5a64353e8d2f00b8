/** Classes from folders, as torchvision's ImageFolder has them. */
import { codePointOrder } from './order';

export interface Classes {
  /** The names, sorted by code points as Python's `sorted` does: a label is the place here. */
  readonly classes: readonly string[];
  /** [files], the label of each. */
  readonly labels: Int32Array;
}

/**
 * The first part of each path is its class.
 *
 * @param files relative paths with `/`.
 * @param how 'auto': undefined where a file lies beside the folders, or there are fewer than two;
 * 'folders': an error there; 'none': undefined.
 */
export function classesOf(
  files: readonly string[],
  how: 'auto' | 'folders' | 'none',
): Classes | undefined {
  if (how === 'none') return undefined;
  const classOf = (file: string): string => file.slice(0, Math.max(0, file.indexOf('/')));
  const names = new Set(files.map(classOf));
  const outside = files.filter((file) => !file.includes('/'));
  if (how === 'folders' && outside.length > 0)
    throw new Error(
      `labels: 'folders' given, but ${outside.length} of the ${files.length} pictures lie in no subfolder, ` +
        `${outside[0]} for one; a subfolder for each class expected`,
    );
  if (outside.length > 0 || (how === 'auto' && names.size < 2)) return undefined;
  const classes = [...names].sort(codePointOrder);
  const label = new Map(classes.map((name, i) => [name, i]));
  return { classes, labels: Int32Array.from(files, (file) => label.get(classOf(file))!) };
}

/** The names and sizes of the classes that have fewer than `atLeast` members. */
export function smallClasses({ classes, labels }: Classes, atLeast: number): string[] {
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]!++;
  return classes.flatMap((name, c) => (counts[c]! < atLeast ? [`${name} has ${counts[c]}`] : []));
}
