/** The built-in objects of each Node, as TypeScript's libraries describe them. */

/** Libraries, and the first Node whose V8 has all that is in them. */
const since: readonly (readonly [node: number, library: string])[] = [
  [20, 'es2023'],
  [20, 'es2024.regexp'],
  [20, 'es2024.sharedmemory'],
  [20, 'es2024.string'],
  [20, 'esnext.disposable'],
  [21, 'es2024.arraybuffer'],
  [21, 'es2024.collection'],
  [21, 'es2024.object'],
  [22, 'es2024.promise'],
  [22, 'esnext.array'],
  [22, 'esnext.collection'],
  [22, 'esnext.iterator'],
  [24, 'esnext.error'],
  [24, 'esnext.float16'],
  [24, 'esnext.promise'],
];

/**
 * The files of types for a Node, without the DOM's: `Object.groupBy` is an error before Node 21.
 *
 * @param version default: of the Node that runs.
 */
export function nodeLibraries(version = process.versions.node): string[] {
  const major = Number.parseInt(version, 10);
  return since.filter(([node]) => node <= major).map(([, name]) => `lib.${name}.d.ts`);
}
