import { dirname, sep } from 'node:path';

/** The folder of the core: its own frames are never the user's. */
const core = dirname(__dirname) + sep;

/**
 * The line of the user's code that is running, such as `lib/contrastive/simclr.ts:41:12`; for
 * errors.
 */
export function callSite(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 100;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  const frame = frames.find(
    (line) =>
      /:\d+:\d+\)?$/.test(line) &&
      !/node_modules|node:|<anonymous>/.test(line) &&
      !line.includes(core),
  );
  const place = frame?.match(/\(?([^()\s]+:\d+:\d+)\)?$/)?.[1];
  return place?.replace(/^file:\/\//, '').replace(process.cwd() + sep, '') ?? 'an unknown line';
}
