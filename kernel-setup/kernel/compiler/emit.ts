/**
 * From a checked cell to the JavaScript of a `CellFunction`, and its source map.
 */
import { awaitTransformer } from './awaits';
import type { Checked } from './checking';
import { jsxTransformer } from './jsx';
import { loopTransformer, type Captured } from './loops';
import { meaningOf } from './meaning';
import { declaredNames } from './names';
import type { Identifiers } from './references';
import { cellTransformer, dropModuleMarker } from './transform';

export interface Emitted {
  readonly javascript: string;
  readonly sourceMap: string;
}

interface EmitOptions {
  /** The cell's own text, with which the file's begins. */
  readonly source: string;
  readonly name: string;
  /** What functions of earlier cells take from the scope; this cell's are added. */
  readonly captured: Captured;
  /** Whether only a declaration changes what an earlier cell declared under this name. */
  readonly isConstant: (name: string) => boolean;
}

export function emitCell(
  { program, file, ambient }: Pick<Checked, 'program' | 'file' | 'ambient'>,
  { source, name, captured, isConstant }: EmitOptions,
): Emitted {
  const checker = program.getTypeChecker();
  const identifiers = freeIdentifiers(source);
  const tops = new Set(
    declaredNames(file.statements).flatMap((each) => (ambient.has(each.name) ? [] : [each.name])),
  );
  let body = '';
  let map = '';
  program.emit(
    file,
    (fileName, text) => {
      if (fileName.endsWith('.map')) map = text;
      else body = text;
    },
    undefined,
    false,
    {
      before: [
        cellTransformer(
          (each) => meaningOf(checker, each, source.length, ambient),
          checker,
          identifiers,
          source.length,
        ),
        loopTransformer(identifiers.scope, captured, isConstant),
        awaitTransformer(identifiers.cell),
      ],
      after: [jsxTransformer(identifiers, (each) => tops.has(each)), dropModuleMarker()],
    },
  );
  return { javascript: wrapped(body, identifiers), sourceMap: renamed(map, name, source) };
}

/**
 * A function around the cell's statements. Its head is a line of its own, which `renamed` allows
 * for.
 */
function wrapped(body: string, { scope, cell }: Identifiers): string {
  const statements = body.replace(/^#!.*/, '').replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
  const head = `(async function (${scope}, ${cell}, require = ${cell}.require, __filename = ${cell}.meta.filename, __dirname = ${cell}.meta.dirname) { { const renewed = ${cell}.refresh(); if (renewed) await ${cell}.wait(renewed); }`;
  return `"use strict"; ${head}\n${statements}\nreturn {};\n})`;
}

function renamed(map: string, name: string, source: string): string {
  const parsed = JSON.parse(map) as { mappings: string; names: string[] };
  return JSON.stringify({
    version: 3,
    file: name,
    sources: [name],
    sourcesContent: [source],
    names: parsed.names,
    mappings: `;${parsed.mappings}`,
  });
}

/** Names for the wrapper's parameters that the cell does not use itself. */
function freeIdentifiers(source: string): Identifiers {
  const free = (name: string): string => (source.includes(name) ? free(`${name}_`) : name);
  return { scope: free('__scope'), cell: free('__cell') };
}
