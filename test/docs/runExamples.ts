/** Type-checks and runs pieces of code that users are shown: docstrings' examples, a page's code. */
import { createRequire } from 'node:module';
import * as library from 'dark-matter';
import { join } from 'node:path';
import ts from 'typescript';
import { projectOptions, root } from './publicSurface';

const requireHere = createRequire(__filename);
const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (require: (name: string) => unknown) => Promise<void>;

/** What is wrong with the types of each piece; pieces without a fault are left out. */
export function typeFaults(pieces: ReadonlyMap<string, string>): Map<string, string[]> {
  const options = projectOptions();
  const host = ts.createCompilerHost(options);
  const files = new Map(
    [...pieces.values()].map((code, i) => [join(root, 'test', `piece-${i}.ts`), code]),
  );
  const names = [...files.keys()];
  const readFile = host.readFile.bind(host);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.readFile = (path) => files.get(path) ?? readFile(path);
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const code = files.get(path);
    // The mark makes each a module, so that their names do not meet.
    return code === undefined
      ? getSourceFile(path, ...rest)
      : ts.createSourceFile(path, `${code}\nexport {};`, ts.ScriptTarget.ES2022);
  };
  const unusedIsFine = { noUnusedLocals: false, noUnusedParameters: false };
  const program = ts.createProgram(names, { ...options, ...unusedIsFine }, host);
  return new Map(
    [...pieces.keys()].flatMap((name, i) => {
      const file = program.getSourceFile(names[i]!)!;
      const faults = [
        ...program.getSyntacticDiagnostics(file),
        ...program.getSemanticDiagnostics(file),
      ];
      const texts = faults.map(({ messageText }) =>
        ts.flattenDiagnosticMessageText(messageText, '\n'),
      );
      return texts.length > 0 ? [[name, texts]] : [];
    }),
  );
}

/** Runs a piece of code with the library that the tests read. Rejects with what it throws. */
export async function run(code: string): Promise<void> {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  });
  const require = (name: string): unknown => (name === 'dark-matter' ? library : requireHere(name));
  await new AsyncFunction('require', `const exports = {};\n${outputText}`)(require);
}
