/**
 * What a person sees while setup works: a line per step, and a bar where bytes flow. All on stderr,
 * so that a command's results on stdout can be piped.
 */
import { inMegabytes } from './files.mjs';

/** @typedef {{ isTTY?: boolean, columns?: number, write(text: string): unknown }} Terminal */

/**
 * A bar that redraws itself in a terminal, and a line every tenth elsewhere.
 *
 * @param {string} label
 * @param {number} total bytes
 * @param {Terminal} [terminal]
 */
export function progressBar(label, total, terminal = process.stderr) {
  const live = Boolean(terminal.isTTY) && !process.env.CI;
  let shown = -1;
  return {
    /** @param {number} bytes so far */
    update(bytes) {
      const share = Math.min(1, bytes / total);
      const step = Math.floor(share * (live ? 200 : 10));
      if (step === shown) return;
      shown = step;
      const line = `      ${label} ${drawn(share)} ${inMegabytes(bytes)} of ${inMegabytes(total)}`;
      terminal.write(live ? `\r${line}` : `${line}\n`);
    },
    /**
     * @param {string} line of a program's output; only those of the form `Progress BYTES of TOTAL`
     * count
     */
    read(line) {
      const bytes = bytesSoFar(line);
      if (bytes !== undefined) this.update(bytes);
    },
    /** Clears the live bar; the step's own line says what was done. */
    end() {
      if (live && shown >= 0) terminal.write(`\r${' '.repeat((terminal.columns ?? 80) - 1)}\r`);
    },
  };
}

/** @param {number} share from 0 to 1 */
function drawn(share) {
  const width = 30;
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${String(Math.round(share * 100)).padStart(3)} %`;
}

/**
 * Reads the lines `Progress BYTES of TOTAL`, as pip prints them with `--progress-bar raw`.
 *
 * @param {string} line
 * @returns {number | undefined} bytes so far
 */
export function bytesSoFar(line) {
  const match = /^Progress (\d+) of \d+/.exec(line);
  return match ? Number(match[1]) : undefined;
}

/** @param {string} text */
export function say(text) {
  process.stderr.write(`      ${text}\n`);
}

/**
 * For what must not be overlooked, such as a slower engine.
 *
 * @param {string} text
 */
export function sayLoudly(text) {
  const bold = process.stderr.isTTY ? ['\x1b[1;33m', '\x1b[0m'] : ['', ''];
  process.stderr.write(`\n${bold[0]}  !!  ${text}${bold[1]}\n\n`);
}
