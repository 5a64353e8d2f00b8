/** `node:os`. */
export const homedir = (): string => '/home';
export const tmpdir = (): string => '/tmp';
export const availableParallelism = (): number => 1;
