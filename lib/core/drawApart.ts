/**
 * SVGs drawn by resvg in processes of their own. Some SVGs end the process in which resvg tries
 * them (a panic that no `catch` sees): apart, such a picture costs itself and nothing else.
 */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { ResvgRenderOptions } from '@resvg/resvg-js';

const load = createRequire(__filename);

/** Four bytes a pixel, row by row: red, green, blue and opacity, the colours times the opacity. */
export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly pixels: Buffer;
}

export interface DrawApartOptions {
  /** How resvg draws each of them. */
  readonly settings: ResvgRenderOptions;
  /** Pictures that a process is given. Default 1000. */
  readonly chunk?: number;
  /** Processes at a time. Default 2. */
  readonly processes?: number;
  /** Called with how many pictures have been tried. */
  readonly onProgress?: (done: number) => void;
}

/** So many pictures may end the process that draws them; more, and resvg itself is broken. */
const mostEnded = 100;

/**
 * Draws each SVG.
 *
 * @returns for each SVG, in their order, the drawing, or why there is none.
 * @throws where resvg cannot even be started, or ends on more than 100 of the pictures.
 */
export async function drawApart(
  svgs: readonly string[],
  { settings, ...options }: DrawApartOptions,
): Promise<(Drawing | Error)[]> {
  return drawnBy((some) => drawIn(some, settings), svgs, options);
}

/** What one process gave before it ended: of all, or of the first ones. */
interface Drawn {
  readonly results: readonly (Drawing | Error)[];
  /** Why it ended, where it did not draw all. */
  readonly reason: string;
}

/**
 * The same by any process, which may end before it has drawn all that it was given.
 *
 * @param draw starts one.
 */
export async function drawnBy(
  draw: (svgs: readonly string[]) => Promise<Drawn>,
  svgs: readonly string[],
  { chunk = 1000, processes = 2, onProgress }: Omit<DrawApartOptions, 'settings'> = {},
): Promise<(Drawing | Error)[]> {
  const drawn = new Array<Drawing | Error>(svgs.length);
  let [next, done, ended] = [0, 0, 0];
  const one = async (): Promise<void> => {
    while (next < svgs.length) {
      const start = next;
      const end = (next = Math.min(svgs.length, start + chunk));
      for (let at = start; at < end;) {
        const { results, reason } = await draw(svgs.slice(at, end));
        for (const result of results) drawn[at++] = result;
        // The process ended before it had drawn all. Was it the next picture that ended it, or
        // somebody from outside? Alone, the picture tells.
        if (at < end) {
          const [again] = (await draw([svgs[at]!])).results;
          drawn[at++] = again ?? new Error(`resvg ended (${reason})`);
          if (!again && ++ended > mostEnded)
            throw new Error(`resvg ended on more than ${mostEnded} pictures, lastly: ${reason}`);
        }
      }
      onProgress?.((done += end - start));
    }
  };
  await Promise.all(Array.from({ length: processes }, one));
  return drawn;
}

/**
 * What a drawing process runs. It says that it is ready by a byte, and then of each picture its
 * width, height and pixels; or a width of 0, the length of an error's message, and the message.
 */
const program = (resvg: string): string => `
  const { readFileSync, writeSync } = require('node:fs');
  const { Resvg } = require(${JSON.stringify(resvg)});
  const say = (bytes) => { for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at); };
  const { svgs, settings } = JSON.parse(readFileSync(0, 'utf8'));
  say(Buffer.of(1));
  for (const svg of svgs) {
    let [width, height, body] = [0, 0, undefined];
    try {
      ({ width, height, pixels: body } = new Resvg(svg, settings).render());
    } catch (error) {
      body = Buffer.from(String(error && error.message || error));
      [width, height] = [0, body.length];
    }
    say(Buffer.concat([Buffer.from(Uint32Array.of(width, height).buffer), body]));
  }
`;

/** What one process draws of these, from the first on, and why it ended. */
async function drawIn(svgs: readonly string[], settings: ResvgRenderOptions): Promise<Drawn> {
  const code = program(load.resolve('@resvg/resvg-js'));
  const child = spawn(process.execPath, ['-e', code], { stdio: 'pipe' });
  const [output, complaints]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => output.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => complaints.push(bytes));
  // It may end before it has read all.
  child.stdin.on('error', () => undefined);
  child.stdin.end(JSON.stringify({ svgs, settings }));
  const status = await new Promise<string>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exit, signal) => resolve(signal ?? `exit ${exit}`));
  });
  const said = Buffer.concat(complaints).toString();
  const reason = /panicked[^\n]*\n([^\n]*)/.exec(said)?.[1] ?? status;
  const bytes = Buffer.concat(output);
  if (bytes.length === 0) throw new Error(`resvg cannot be started (${status}): ${said.trim()}`);
  return { results: resultsOf(bytes.subarray(1)), reason };
}

/** The whole ones among what a process has written. */
function resultsOf(bytes: Buffer): (Drawing | Error)[] {
  const results: (Drawing | Error)[] = [];
  for (let at = 0; at + 8 <= bytes.length;) {
    const [width, height] = [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)];
    const end = at + 8 + (width === 0 ? height : 4 * width * height);
    if (end > bytes.length) break;
    const body = bytes.subarray(at + 8, end);
    results.push(width === 0 ? new Error(body.toString()) : { width, height, pixels: body });
    at = end;
  }
  return results;
}
