/**
 * The method of docs/adding-a-method.md, compiled and tested as the page has it: in a copy of the
 * house whose other rooms are links to the real ones.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { afterAll, expect, it } from 'vitest';

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs', 'adding-a-method.md'), 'utf8');

/** Blocks whose first line names a file. */
const files = [...page.matchAll(/^```ts\n\/\/ (\S+\.ts)\n([^]*?)^```$/gm)].map(
  ([, path, source]) => ({ path: path!, source: source! }),
);

mkdirSync(join(root, '.dark-matter'), { recursive: true });
const house = mkdtempSync(join(root, '.dark-matter', 'page-'));
afterAll(() => rmSync(house, { recursive: true, force: true }));
for (const { path, source } of files) {
  const [part, room] = path.split('/') as [string, string];
  link(part, (name) => name !== room && name !== 'dist' && !name.endsWith('.json'));
  link(join(part, room), (name) => name !== basename(path));
  writeFileSync(join(house, path), source);
}

/** A folder whose entries are links to those of the real one. */
function link(folder: string, wanted: (name: string) => boolean): void {
  mkdirSync(join(house, folder), { recursive: true });
  for (const name of readdirSync(join(root, folder)))
    if (wanted(name)) symlinkSync(join(root, folder, name), join(house, folder, name));
}

it('the page has a method and its test, which the library does not have yet', () => {
  expect(files.map(({ path }) => dirname(path))).toEqual(['lib/contrastive', 'test/contrastive']);
  expect(readdirSync(join(root, 'lib/contrastive'))).not.toContain(basename(files[0]!.path));
});

it('its types are right, by the project’s own strictness', { timeout: 180_000 }, () => {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
    readFileSync(path, 'utf8'),
  ) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const names = files.map(({ path }) => join(house, path));
  const program = ts.createProgram(names, {
    ...options,
    noEmit: true,
    composite: false,
    incremental: false,
  });
  const wrong = names.flatMap((name) => [
    ...program.getSyntacticDiagnostics(program.getSourceFile(name)),
    ...program.getSemanticDiagnostics(program.getSourceFile(name)),
  ]);
  expect(
    wrong.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n')),
  ).toEqual([]);
});

// Its own tests, among these.
await import(join(house, files[1]!.path));
