/**
 * A stack as a reader wants it: every frame of a cell and of their own files, and one line for all
 * that lies in between.
 */
/** Frames that are shown of a recursion that found no end. */
const most = 30;

/**
 * @param frames lines of a stack, `    at f (/a/file.ts:1:2)`
 * @param library the folder of the library's own sources, of which cells see the package
 */
export function folded(frames: readonly string[], library: string): string[] {
  const lines: string[] = [];
  for (let at = 0; at < frames.length;) {
    const packages = new Set<string>();
    let end = at;
    for (let name; (name = packageOf(frames[end], library)) !== undefined; end++)
      packages.add(name);
    // The first frame of a package is where it was thrown.
    lines.push(frames[at]! + more(end - at - 1, [...packages]));
    at = Math.max(end, at + 1);
  }
  return shortened(lines);
}

function more(frames: number, packages: readonly string[]): string {
  return frames < 1
    ? ''
    : ` and ${frames} more frame${frames === 1 ? '' : 's'} in ${packages.join(', ')}`;
}

/** The package that a frame lies in; undefined for cells and files of one's own. */
function packageOf(frame: string | undefined, library: string): string | undefined {
  if (frame === undefined) return undefined;
  if (frame.includes(`${library}/`)) return 'dark-matter';
  const inPackage = /.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)/.exec(frame);
  return inPackage?.[1];
}

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= most) return [...lines];
  const half = most / 2;
  const left = lines.length - most;
  return [...lines.slice(0, half), `    … ${left} more frames`, ...lines.slice(-half)];
}
