/** TypeScript's view of a disk, of files in memory: `ts.sys` where there is none. */
import type ts from 'typescript';
import { files } from '../node/fs';

export const root = '/dark-matter';

/** Where TypeScript's own libraries are among them. */
const typescript = `${root}/node_modules/typescript/lib/typescript.js`;

const folders = new Set<string>(['/']);

/** Puts files in their place. */
export function mount(texts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(texts)) {
    files.set(name, text);
    for (let at = parent(name); at !== '' && !folders.has(at); at = parent(at)) folders.add(at);
  }
}

const parent = (path: string): string => path.slice(0, path.lastIndexOf('/'));

export const system: ts.System = {
  args: [],
  newLine: '\n',
  useCaseSensitiveFileNames: true,
  write: () => {},
  exit: () => {
    throw new Error('exit: not in a browser');
  },
  readFile: (name) => files.get(name),
  writeFile: () => {},
  fileExists: (name) => files.has(name),
  directoryExists: (name) => folders.has(name.replace(/\/$/, '') || '/'),
  createDirectory: () => {},
  getDirectories: (name) =>
    [...folders]
      .filter((each) => each !== '/' && parent(each) === name)
      .map((each) => each.slice(name.length + 1)),
  readDirectory: () => [],
  resolvePath: (name) => name,
  realpath: (name) => name,
  getCurrentDirectory: () => `${root}/notebooks`,
  getExecutingFilePath: () => typescript,
};
