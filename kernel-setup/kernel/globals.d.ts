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
