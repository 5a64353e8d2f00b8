/** What a file's package says of it. */
import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Whether Node takes a file for an ES module. */
export function isEsModule(file: string): boolean {
  const extension = path.extname(file);
  if (/^\.m[jt]s$/.test(extension)) return true;
  if (/^\.c[jt]s$/.test(extension) || !/^\.[jt]sx?$/.test(extension)) return false;
  return nearestPackage(path.dirname(file)).type === 'module';
}

/** The name of the package that a folder lies in. */
export function packageNameOf(folder: string): string | undefined {
  return nearestPackage(folder).name;
}

interface PackageJson {
  readonly name?: string;
  readonly type?: string;
}

/** Read anew each time: a cell may have installed or edited it. */
function nearestPackage(folder: string): PackageJson {
  try {
    return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as PackageJson;
  } catch {
    return folder === path.dirname(folder) ? {} : nearestPackage(path.dirname(folder));
  }
}
