/**
 * Which keys of a batch a method asks for. Types know it, but a cell that was typed loosely meets
 * "Cannot read properties of undefined": with this the error names the keys given and asked for.
 */

/** A record that notes which of its keys are read. */
export interface Watched<T> {
  readonly record: T;
  /**
   * The error to throw for one that came out of using the record: about the key that is missing,
   * where that is why.
   *
   * @param reader who read it: `SimCLR`, `augment`.
   */
  explain(error: unknown, reader: string, giver: string): unknown;
}

export function watchKeys<T>(record: T): Watched<T> {
  if (!isPlain(record)) return { record, explain: (error) => error };
  const asked = new Set<string>();
  const watched = new Proxy(record, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && !(key in Object.prototype)) asked.add(key);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
  return {
    record: watched,
    explain: (error, reader, giver) => {
      const missing = [...asked].filter((key) => !(key in record));
      if (missing.length === 0 || !isAboutNothing(error)) return error;
      const given = Object.keys(record).join(', ') || 'no key';
      return new Error(
        `train: ${giver} given with ${given}; ${reader} expects ${[...asked].join(', ')}: ` +
          `${missing.join(', ')} is missing`,
        { cause: error },
      );
    },
  };
}

/** Errors of what uses an absent value: V8's own, and those of tfjs's checks. */
const isAboutNothing = (error: unknown): boolean =>
  error instanceof Error && /\b(undefined|null)\b/.test(error.message);

function isPlain(value: unknown): value is Record<string, unknown> & object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
