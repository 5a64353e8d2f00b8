/** Holds the code's imports to the table in CONTRIBUTING.md, bottom to top. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../..');

/** An import of a file of the house by another. Paths from the root. */
interface Import {
  readonly from: string;
  readonly to: string;
}

/** The order that CONTRIBUTING.md gives for a folder: floors from the ground up, rooms of a floor side by side. */
function orderOf(folder: string): string[][] {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const row = text.split('\n').find((line) => line.startsWith(`| \`${folder}\``));
  if (!row) throw new Error(`CONTRIBUTING.md: no row of the import order for ${folder}`);
  const order = row.split('|')[2]!.replaceAll('`', '');
  return order.split('<').map((floor) => floor.split(',').map((room) => room.trim()));
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return ['dist', 'node_modules', 'assets'].includes(entry.name) ? [] : sources(path);
    return /\.(ts|mjs)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}

/** The file that a relative specifier means, or nothing where it means none of ours. */
function resolved(from: string, specifier: string): string | undefined {
  const path = resolve(root, dirname(from), specifier);
  const candidates = [path, `${path}.ts`, join(path, 'index.ts')];
  const found = candidates.find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
  return found && relative(root, found);
}

function importsOf(folder: string): Import[] {
  return sources(folder).flatMap((from) => {
    const text = readFileSync(join(root, from), 'utf8');
    const imported = ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);
    // Types in JSDoc are imports too.
    const documented = [...text.matchAll(/@\w+.*?import\('(\.[^']+)'\)/g)].map(([, path]) => path!);
    return [...new Set([...imported, ...documented])]
      .filter((specifier) => specifier.startsWith('.'))
      .flatMap((specifier) => resolved(from, specifier) ?? [])
      .map((to) => ({ from, to }));
  });
}

/** The room of a file: the first part of its path below the folder. A file of the folder itself is a room of its own. */
function roomOf(folder: string, file: string): string {
  const [first, ...rest] = relative(folder, file).split(sep);
  if (folder === 'kernel-setup/kernel' && rest.length === 0)
    return 'the files of the folder itself';
  return first!.replace(/\.ts$/, '');
}

/** The imports that run sideways or up. A room that the order does not name is an error of its own, below. */
function breaches(folder: string, imports: readonly Import[], order = orderOf(folder)): string[] {
  const floors = new Map(order.flatMap((rooms, floor) => rooms.map((room) => [room, floor])));
  const floorOf = (room: string): number => floors.get(room) ?? order.length;
  return imports.flatMap(({ from, to }) => {
    if (!to.startsWith(folder + sep)) return `${from} imports ${to}, which is not below ${folder}`;
    const [own, other] = [roomOf(folder, from), roomOf(folder, to)];
    if (own === other || floorOf(other) < floorOf(own)) return [];
    return `${from} imports ${to}: ${other} is not below ${own}`;
  });
}

/** The first circle of files found, as a path that ends where it began; empty where there is none. */
function circle(imports: readonly Import[]): string[] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of imports) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const visit = (file: string, path: string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const to of targets.get(file) ?? []) {
      const found = visit(to, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of targets.keys()) {
    const found = visit(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

describe.each(['lib', 'kernel-setup', 'kernel-setup/kernel'])('the imports of %s', (folder) => {
  const imports = importsOf(folder);

  it('run downwards, as the table in CONTRIBUTING.md has it', () => {
    // What the kernel takes from the rest of kernel-setup is held by the row of kernel-setup.
    const own =
      folder === 'kernel-setup/kernel'
        ? imports.filter(({ to }) => to.startsWith(folder))
        : imports;
    expect(breaches(folder, own)).toEqual([]);
  });

  it('go in no circle', () => expect(circle(imports)).toEqual([]));

  it('are all of rooms that the table names', () => {
    const named = orderOf(folder).flat();
    const rooms = new Set(sources(folder).map((file) => roomOf(folder, file)));
    expect([...rooms].filter((room) => !named.includes(room))).toEqual([]);
  });
});

describe('methods', () => {
  /** Files that export a function which gives a Method, or an interface that extends it. */
  const rooms = ['denoising', 'contrastive', 'noncontrastive', 'latent'];
  const isMethod = (file: string): boolean =>
    /^export function \w+[^]*?\): (\w*Method|Clustering|\w+)<[^]*?\bobjective\b/m.test(
      readFileSync(join(root, file), 'utf8'),
    );

  it('import no other method: what two share has a file of its own', () => {
    const imports = rooms.flatMap((room) => importsOf(join('lib', room)));
    const between = imports.filter(({ from, to }) => isMethod(from) && isMethod(to));
    expect(between).toEqual([]);
    expect(
      rooms.flatMap((room) => sources(join('lib', room)).filter(isMethod)).length,
    ).toBeGreaterThan(20);
  });
});

describe('the test itself', () => {
  const order = [['core'], ['nn', 'data'], ['train']];
  const from = (a: string, b: string): Import[] => [{ from: `lib/${a}`, to: `lib/${b}` }];

  it('finds an import that runs up, and one that runs to the side', () => {
    expect(breaches('lib', from('core/a.ts', 'train/b.ts'), order)).toHaveLength(1);
    expect(breaches('lib', from('nn/a.ts', 'data/b.ts'), order)).toHaveLength(1);
    expect(breaches('lib', from('train/a.ts', 'core/b.ts'), order)).toEqual([]);
  });

  it('finds a circle of three', () => {
    const round = [...from('a.ts', 'b.ts'), ...from('b.ts', 'c.ts'), ...from('c.ts', 'a.ts')];
    expect(circle(round)).toEqual(['lib/a.ts', 'lib/b.ts', 'lib/c.ts', 'lib/a.ts']);
  });
});
