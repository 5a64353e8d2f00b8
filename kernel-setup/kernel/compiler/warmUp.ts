/**
 * Parses what the first cells will need while the kernel is idle, in steps short enough for a cell
 * to come between.
 */
import path from 'node:path';
import ts from 'typescript';
import type { Assistance } from './assistance';
import { writeCells, type Views } from './checking';
import type { EarlierCells } from './earlierCells';
import type { View } from './program';
import type { Ground } from './workspace';

/** Milliseconds of parsing before others have their turn. */
const SLICE = 15;

/** Milliseconds without a question after which nobody is taken to be waiting. */
const QUIET = 50;

interface WarmUp {
  run(): Promise<void>;
  /** Somebody asks for something: the warm-up lets them go first. */
  giveWay(): void;
  end(): void;
}

interface WarmUpOptions {
  readonly ground: Ground;
  readonly views: Views;
  readonly earlier: EarlierCells;
  readonly assistance: Assistance;
  readonly aliases: Readonly<Record<string, string>>;
}

export function createWarmUp(options: WarmUpOptions): WarmUp {
  const { ground, views, earlier, assistance } = options;
  const libraries = Object.keys(options.aliases);
  let ended = false;
  let lastAsked = -Infinity;
  const yields = (): Promise<void> => turn(() => lastAsked);
  const stopped = (): boolean => ended;
  const typeCheck = (view: View): void =>
    void view.programs.next(writeCells(view, earlier, views)).getTypeChecker();
  const steps = [
    () => parseAhead(ground, commonFiles(ground), yields, stopped),
    () => typeCheck(views.plain),
    () => parseAhead(ground, moduleFiles(ground, libraries), yields, stopped),
    () => earlier.expectImports(libraries),
    () => typeCheck(views.full),
    () => assistance.warmUp(),
  ];
  return {
    async run() {
      for (const step of steps) {
        if (ended) return;
        await step();
        await yields();
      }
    },
    giveWay: () => void (lastAsked = performance.now()),
    end: () => void (ended = true),
  };
}

/** Lets others have their turn; while cells come one after another, it is theirs. */
async function turn(lastAsked: () => number): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve));
  while (performance.now() - lastAsked() < QUIET && (await rest()));
}

/** Unreferenced, as the work is not the user's: a notebook at rest may end meanwhile. */
async function rest(): Promise<true> {
  await new Promise((resolve) => setTimeout(resolve, QUIET / 5).unref());
  return true;
}

/** TypeScript's own declarations and Node's. */
function commonFiles({ options }: Ground): string[] {
  const libraries = (options.lib ?? []).map(libraryFile);
  const node = (options.typeRoots ?? [])
    .map((root) => path.join(root, 'node', 'index.d.ts'))
    .find((file) => ts.sys.fileExists(file));
  return node ? [...libraries, node] : libraries;
}

/** The files that these module names mean. */
function moduleFiles(ground: Ground, specifiers: readonly string[]): string[] {
  return specifiers.flatMap((specifier) =>
    resolved(ground, specifier, path.join(ground.folder, 'cell.ts')),
  );
}

/**
 * Parses files and all that they import or refer to; whoever asks for them later finds them parsed.
 */
async function parseAhead(
  ground: Ground,
  files: readonly string[],
  yields: () => Promise<void>,
  stopped: () => boolean,
): Promise<void> {
  const waiting = [...files];
  const seen = new Set<string>();
  let started = performance.now();
  while (waiting.length > 0 && !stopped()) {
    const fileName = waiting.pop()!;
    if (seen.has(fileName)) continue;
    seen.add(fileName);
    const file = ground.disk.sourceFile(fileName);
    if (file) waiting.push(...neededBy(ground, file));
    if (performance.now() - started > SLICE) {
      await yields();
      started = performance.now();
    }
  }
}

function neededBy(ground: Ground, file: ts.SourceFile): string[] {
  const imported = file.statements.flatMap((statement) => {
    const named =
      ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)
        ? statement.moduleSpecifier
        : undefined;
    return named && ts.isStringLiteral(named) ? resolved(ground, named.text, file.fileName) : [];
  });
  const libraries = file.libReferenceDirectives.map(({ fileName }) =>
    libraryFile(`lib.${fileName}.d.ts`),
  );
  const referenced = file.referencedFiles.map(({ fileName }) =>
    path.resolve(path.dirname(file.fileName), fileName),
  );
  return [...imported, ...libraries, ...referenced];
}

function resolved(ground: Ground, specifier: string, from: string): string[] {
  const found = ground.resolve(specifier, from).resolvedModule;
  return found ? [found.resolvedFileName] : [];
}

function libraryFile(name: string): string {
  return path.join(path.dirname(ts.getDefaultLibFilePath({})), name);
}
