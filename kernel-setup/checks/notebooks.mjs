/** Check: notebooks run from top to bottom, and what they claim holds. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from '../setup/files.mjs';
import { show } from './outcome.mjs';

/**
 * @param {string[]} numbers
 * @returns {import('./outcome.mjs').Check}
 */
export function executed(numbers) {
  return {
    name: `notebooks: ${numbers.join(', ')}`,
    async run(context) {
      const file = join(context.paths.state, 'test', 'notebooks.json');
      rmSync(file, { force: true });
      const code = await show(
        process.execPath,
        [join('kernel-setup', 'notebooks.mjs'), ...numbers, '--report', file],
        context,
      );
      const { passed = 0, failed = 0 } = readJson(file) ?? {};
      return { passed, failed: failed === 0 && code !== 0 ? 1 : failed };
    },
  };
}
