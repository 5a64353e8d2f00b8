/**
 * What a cell declares, its types spelled out: to infer them again for each later cell would take
 * long.
 *
 * TypeScript's declarations name types of modules as `import("dark-matter").Trained`. Here those
 * modules are brought by the gathering module instead, so that a cell spelled out imports what it
 * imported before.
 */
import type ts from 'typescript';

/**
 * With its last argument, TypeScript's builder has declarations made though the options ask for
 * none. It is without a public name; with the option `declaration` they would be made a second
 * time, along with each cell's JavaScript.
 */
type EmitDeclarations = (
  file: ts.SourceFile,
  write: (fileName: string, text: string) => void,
  cancellation: undefined,
  onlyDeclarations: true,
  transformers: undefined,
  force: true,
) => ts.EmitResult;

/** @returns the cell's .d.ts; undefined where a type has no spelling */
export function spelledOut(program: ts.Program, file: ts.SourceFile): string | undefined {
  let declarations: string | undefined;
  const { diagnostics } = (program.emit as EmitDeclarations)(
    file,
    (_, text) => (declarations = text),
    undefined,
    true,
    undefined,
    true,
  );
  return diagnostics.length === 0 ? declarations : undefined;
}

export interface Gathered {
  readonly text: string;
  /** Modules whose types the text names, and did not import. */
  readonly modules: readonly string[];
}

/** @param nameOf what the gathering module calls a module, or a cell's */
export function throughGathering(
  declarations: string,
  nameOf: (specifier: string) => string,
): Gathered {
  const names = new Set<string>();
  const modules = new Set<string>();
  const text = declarations
    .replace(/import\("([^"]+)"\)(?=\.)/g, (_, specifier: string) => {
      const name = nameOf(specifier);
      names.add(name);
      if (!specifier.startsWith('./__cell')) modules.add(specifier);
      return name;
    })
    .replace(/^import \{([^}]*)\} from '\.\/__cells__';$/gm, (_, listed: string) => {
      for (const name of listed.split(',')) if (name.trim() !== '') names.add(name.trim());
      return '';
    });
  return {
    text: `${text}\nimport { ${[...names].join(', ')} } from './__cells__';`,
    modules: [...modules],
  };
}
