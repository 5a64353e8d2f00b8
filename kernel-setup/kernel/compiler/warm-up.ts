/**
 * Parses what the first cells will need while the kernel is idle, in steps short enough for a cell to come between.
 */
import ts from 'typescript';
import type { Ground } from './workspace';

/** Milliseconds of parsing before others have their turn. */
const SLICE = 15;

/** Parses the files that these modules import, at any depth; whoever asks for them later finds them parsed. */
export async function parseAhead(ground: Ground, specifiers: readonly string[], stopped: () => boolean): Promise<void> {
  const resolved = (specifier: string, from: string) => ground.resolve(specifier, from).resolvedModule?.resolvedFileName ?? [];
  const waiting = specifiers.flatMap((specifier) => resolved(specifier, `${ground.folder}/__warm__.ts`));
  const seen = new Set<string>();
  let started = performance.now();
  while (waiting.length > 0 && !stopped()) {
    const fileName = waiting.pop()!;
    if (seen.has(fileName)) continue;
    seen.add(fileName);
    const file = ground.disk.sourceFile(fileName);
    if (file) waiting.push(...importedBy(file).flatMap((specifier) => resolved(specifier, fileName)));
    if (performance.now() - started > SLICE) {
      await new Promise((resolve) => setImmediate(resolve));
      started = performance.now();
    }
  }
}

function importedBy(file: ts.SourceFile): string[] {
  return file.statements.flatMap((statement) => {
    const named = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ? statement.moduleSpecifier : undefined;
    return named && ts.isStringLiteral(named) ? [named.text] : [];
  });
}
