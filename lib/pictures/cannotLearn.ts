/**
 * What somebody's pictures, labels or folder lack, in a sentence that says what is expected: the
 * command prints it without a stack.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { pictures } from 'dark-matter';
 * const given = () => pictures.readLabels('file,label\na.png,cat\n', ['a.png']);
 * assert.throws(given, (error) => error instanceof pictures.CannotLearn);
 * ```
 */
export class CannotLearn extends Error {
  override readonly name = 'CannotLearn';
}
