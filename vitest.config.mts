import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

const lib = fileURLToPath(new URL('./lib/index.ts', import.meta.url));

export default defineConfig({
  // Tests see the library as notebooks do, but read its sources, so no stale build can pass.
  resolve: { alias: [{ find: /^dark-matter$/, replacement: lib }] },
  test: {
    include: ['test/**/*.test.ts'],
    // JupyterLab in a real Chromium has a command of its own, npm run test:browser: it needs the machine for itself.
    exclude: process.env['DARK_MATTER_BROWSER'] ? [] : ['test/browser/**', '**/node_modules/**'],
    // Not isolated: TensorFlow is loaded once a process. Forks, not threads: its addon is not made for threads.
    // Two of them: half of the tests mostly wait for kernels and commands that they start.
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { TF_CPP_MIN_LOG_LEVEL: '3' },
  },
});
