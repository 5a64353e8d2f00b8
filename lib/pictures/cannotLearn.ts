/**
 * What somebody's pictures, labels or folder lack, in a sentence that says what is expected: the
 * command prints it without a stack.
 */
export class CannotLearn extends Error {
  override readonly name = 'CannotLearn';
}
