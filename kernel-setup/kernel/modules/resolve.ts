/**
 * Which file a specifier means, for the modules that the kernel loads itself: the project's
 * sources, not its packages.
 */
import { statSync } from 'node:fs';
import path from 'node:path';

/** `{ 'dark-matter': '/…/lib/index.ts' }`: packages that stand for their sources. */
export type Aliases = Readonly<Record<string, string>>;

/** `{ '@/*': ['/…/src/*'] }`: as in a tsconfig.json, with absolute targets, the first that exists. */
export type Paths = Readonly<Record<string, readonly string[]>>;

/**
 * The source file that `specifier` means when imported from `folder`; undefined where Node should
 * look.
 */
export function resolveSource(
  specifier: string,
  folder: string,
  aliases: Aliases,
  paths: Paths = {},
): string | undefined {
  const alias = aliasTarget(specifier, aliases);
  const targets = isPath(specifier)
    ? [path.resolve(folder, specifier)]
    : alias === undefined
      ? pathTargets(specifier, paths)
      : [alias];
  const file = firstFile(targets.flatMap(candidates));
  return file && isSource(file) ? file : undefined;
}

/** As TypeScript has it: a name without a star first, else the longest text before the star. */
function pathTargets(specifier: string, paths: Paths): readonly string[] {
  const exact = paths[specifier];
  if (exact) return exact;
  const [best] = Object.keys(paths)
    .map((pattern) => ({ pattern, parts: pattern.split('*') as [string, string?] }))
    .filter(
      ({ parts: [head, tail] }) =>
        tail !== undefined &&
        specifier.length >= head.length + tail.length &&
        specifier.startsWith(head) &&
        specifier.endsWith(tail),
    )
    .sort((a, b) => b.parts[0].length - a.parts[0].length);
  if (!best) return [];
  const [head, tail = ''] = best.parts;
  const middle = specifier.slice(head.length, specifier.length - tail.length);
  return paths[best.pattern]!.map((target) => target.replace('*', () => middle));
}

/** Files of the project that JavaScript is made from, or that are data: anything else is Node's. */
function isSource(file: string): boolean {
  return !file.includes('/node_modules/') && /\.([cm]?[jt]s|tsx|jsx|json)$/.test(file);
}

function isPath(specifier: string): boolean {
  return /^\.{0,2}\//.test(specifier) || specifier === '.' || specifier === '..';
}

/** `dark-matter` is the aliased file, `dark-matter/nn` what lies beside it. */
function aliasTarget(specifier: string, aliases: Aliases): string | undefined {
  for (const [name, file] of Object.entries(aliases)) {
    if (specifier === name) return file;
    if (specifier.startsWith(`${name}/`))
      return path.join(path.dirname(file), specifier.slice(name.length + 1));
  }
  return undefined;
}

/**
 * In TypeScript's order: the file itself, its source under a JavaScript name, an extension left
 * out, a folder's index.
 */
function candidates(target: string): string[] {
  const sourceOf = target.replace(/\.([cm]?)js$/, '.$1ts');
  const extensions = [
    '.ts',
    '.tsx',
    '.d.ts',
    '.js',
    '.jsx',
    '.mts',
    '.cts',
    '.mjs',
    '.cjs',
    '.json',
  ];
  const withExtension = extensions.map((extension) => target + extension);
  const index = extensions.map((extension) => path.join(target, `index${extension}`));
  return [...(sourceOf === target ? [] : [sourceOf]), target, ...withExtension, ...index].filter(
    (file) => !file.endsWith('.d.ts'),
  );
}

function firstFile(files: readonly string[]): string | undefined {
  return files.find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}
