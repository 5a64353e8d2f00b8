/**
 * Whether Node takes a file for an ES module.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

export function isEsModule(file: string): boolean {
  const extension = path.extname(file);
  if (extension !== '.js') return extension === '.mjs';
  return packageType(path.dirname(file)) === 'module';
}

const types = new Map<string, string>();

/** The `type` of the nearest package.json, `commonjs` where it has none. */
function packageType(folder: string): string {
  const known = types.get(folder);
  if (known !== undefined) return known;
  const type =
    readType(folder) ??
    (folder === path.dirname(folder) ? 'commonjs' : packageType(path.dirname(folder)));
  types.set(folder, type);
  return type;
}

function readType(folder: string): string | undefined {
  try {
    return (
      (JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as { type?: string })
        .type ?? 'commonjs'
    );
  } catch {
    return undefined;
  }
}
