/** `node:fs`: files in memory, which TypeScript reads. A browser has no others. */

export const files = new Map<string, string>();

export const existsSync = (path: string): boolean => files.has(path);

export const statSync = (path: string) => {
  const text = files.get(path);
  return text === undefined ? undefined : { isFile: () => true, mtimeMs: 0, size: text.length };
};

export function readFileSync(path: string): string {
  const text = files.get(path);
  if (text === undefined) throw new Error(`${path}: a browser has no files`);
  return text;
}
