/** `node:path`, of POSIX. */

export const sep = '/';
export const delimiter = ':';

export function normalize(path: string): string {
  const absolute = path.startsWith('/');
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!absolute) parts.push(part);
  }
  const end = path.endsWith('/') && parts.length > 0 ? '/' : '';
  const joined = parts.join('/');
  if (absolute) return `/${joined}${end}`;
  return joined === '' ? (path.endsWith('/') ? './' : '.') : `${joined}${end}`;
}

export const join = (...parts: string[]): string =>
  normalize(parts.filter((part) => part !== '').join('/') || '.');

export const isAbsolute = (path: string): boolean => path.startsWith('/');

export function resolve(...parts: string[]): string {
  const all = ['/dark-matter/notebooks', ...parts].reduce((at, part) =>
    isAbsolute(part) ? part : part === '' ? at : `${at}/${part}`,
  );
  const path = normalize(all);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

export function dirname(path: string): string {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const at = trimmed.lastIndexOf('/');
  return at < 0 ? '.' : at === 0 ? '/' : trimmed.slice(0, at);
}

export function basename(path: string, suffix = ''): string {
  const name = path.replace(/\/+$/, '').split('/').at(-1)!;
  return suffix !== '' && name !== suffix && name.endsWith(suffix)
    ? name.slice(0, -suffix.length)
    : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const at = name.lastIndexOf('.');
  return at <= 0 || name === '..' ? '' : name.slice(at);
}

export function relative(from: string, to: string): string {
  const [a, b] = [resolve(from), resolve(to)].map((path) => path.split('/').filter(Boolean));
  let same = 0;
  while (same < Math.min(a!.length, b!.length) && a![same] === b![same]) same++;
  return [...a!.slice(same).map(() => '..'), ...b!.slice(same)].join('/');
}

const posix = {
  sep,
  delimiter,
  normalize,
  join,
  isAbsolute,
  resolve,
  dirname,
  basename,
  extname,
  relative,
};
export { posix };
export default Object.assign(posix, { posix });
