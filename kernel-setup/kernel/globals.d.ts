/** What cells find beside Node's globals (prompt.ts, executor.ts). */

/**
 * Asks the user for a line of text; `initial` where they enter nothing. Throws where the notebook
 * runs without a user.
 */
declare function prompt(message?: string, initial?: string): string;

/** Asks the user yes or no. Throws where the notebook runs without a user. */
declare function confirm(message?: string): boolean;

/** Waits until the user has read the message. Throws where the notebook runs without a user. */
declare function alert(message?: string): void;

/**
 * What the last cell that failed threw; `partial` is what a training had learned until then. It is
 * kept until another cell fails.
 */
declare const lastError:
  (Error & { readonly partial?: Readonly<Record<string, unknown>> }) | undefined;

/** The last result, the one before it, and the one before that. A variable of yours hides it. */
// oxlint-disable-next-line no-explicit-any
declare let _: any, __: any, ___: any;

/** `Out[3]` is the result of the third cell; those of the last 100 cells that had one are kept. */
// oxlint-disable-next-line no-explicit-any
declare const Out: Readonly<Record<number, any>>;

/** `In[3]` is the text of the third cell. */
declare const In: readonly string[];
