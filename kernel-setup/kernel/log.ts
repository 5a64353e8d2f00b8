/**
 * `DARK_MATTER_LOG=debug`: what the kernel does, a line each, in a file below `.dark-matter/log` whose
 * name is said as the kernel starts. Both threads write to it.
 */
import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const wanted = process.env['DARK_MATTER_LOG'] === 'debug';

const folder = resolve(__dirname, '..', '..', '..', '.dark-matter', 'log');
const started = new Date(Date.now() - performance.now()).toISOString().slice(0, 19);

/** The file; undefined where nothing is logged. */
export const logFile = wanted
  ? join(folder, `${started.replace(/:/g, '-')}-${process.pid}.txt`)
  : undefined;

/** The files that are kept; the oldest go first. */
const mostFiles = 20;
/** Of a cell's text, and of the like, so many characters are written. */
const mostText = 300;

/** @param details what to say beside it; not called where nothing is logged */
export function log(
  what: string,
  details: () => Readonly<Record<string, unknown>> = () => ({}),
): void {
  if (logFile === undefined) return;
  const said = Object.entries(details())
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${shown(value)}`)
    .join('');
  const thread = isMainThread ? 'executor' : 'server';
  try {
    appendFileSync(logFile, `${new Date().toISOString()} ${thread}: ${what}${said}\n`, {
      mode: 0o600,
    });
  } catch {
    // A full disk is no reason to fail.
  }
}

/** Makes room for this kernel's file, and says where it is. */
export function startLog(): string | undefined {
  if (logFile === undefined) return undefined;
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)
    .sort()
    .slice(0, -mostFiles + 1))
    rmSync(join(folder, name), { force: true });
  log('start', () => ({ node: process.version, folder: process.cwd(), argv: process.execArgv }));
  return logFile;
}

function shown(value: unknown): string {
  const text = value instanceof Error ? (value.stack ?? String(value)) : value;
  const json = JSON.stringify(text) ?? 'undefined';
  return json.length > mostText ? `${json.slice(0, mostText)}…` : json;
}
