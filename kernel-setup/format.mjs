/** `npm run format`: writes everything as prettier writes it, the code in the notebooks' cells too. */
import { join } from 'node:path';
import { execa } from 'execa';
import { formatNotebooks } from './checks/style.mjs';
import { locate } from './setup/paths.mjs';

const { root } = locate();
const program = join(root, 'node_modules', 'prettier', 'bin', 'prettier.cjs');
await execa(process.execPath, [program, '--write', '--log-level=warn', '.'], {
  cwd: root,
  stdio: 'inherit',
});
await formatNotebooks(join(root, 'notebooks'));
