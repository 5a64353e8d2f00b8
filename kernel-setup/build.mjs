/**
 * `npm run build`: compiles the library and the kernel.
 */
import { join } from 'node:path';
import { command } from './setup/cli.mjs';
import { Usage } from './setup/fault.mjs';
import { withLock } from './setup/lock.mjs';
import { locate } from './setup/paths.mjs';
import { say } from './setup/progress.mjs';
import { setUp } from './setup.mjs';
import { build, isBuilt, projects } from './steps/build.mjs';
import { packages } from './steps/packages.mjs';

const usage = `npm run build: compiles lib/ to lib/dist and kernel-setup/kernel/ to kernel-setup/dist. Exit 1 where types do not check.
`;

await command(import.meta.url, usage, async (args, signal) => {
  if (args.length > 0) throw new Usage(`build takes no arguments: ${args.join(' ')} given.`);
  const paths = locate();
  await setUp([packages], { signal });
  let failed = false;
  await withLock(
    join(paths.state, 'setup.lock'),
    async () => {
      for (const { name, folder } of projects) {
        if (isBuilt(paths, folder)) continue;
        const errors = await build(paths, folder, signal);
        process.stdout.write(errors ? `${errors}\n${name}: type errors\n` : `${name}: compiled\n`);
        failed ||= Boolean(errors);
      }
    },
    { signal, say },
  );
  return failed ? 1 : 0;
});
