/** A command line, read. */
import { parseArgs } from 'node:util';
import { Usage } from './fault.mjs';

/**
 * Node's parseArgs, whose complaints are those of a command that was called wrongly.
 *
 * @template {import('node:util').ParseArgsConfig} const T
 * @param {T} config
 * @throws {Usage}
 */
export function readArguments(config) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Usage(error instanceof Error ? error.message : String(error));
  }
}
