import { defineConfig } from 'vitest/config';
import { fileURLToPath } from 'node:url';

const lib = fileURLToPath(new URL('./lib/index.ts', import.meta.url));

export default defineConfig({
  // Tests see the library as notebooks do, but read its sources, so no stale build can pass.
  resolve: { alias: [{ find: /^dark-matter$/, replacement: lib }] },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/helpers/setup.ts'],
    // These have commands of their own: npm run test:browser needs the machine for itself, test:export Python's TensorFlow, test:sweep Dask.
    exclude: process.env['DARK_MATTER_SUITE']
      ? []
      : ['test/browser/**', 'test/export/**', 'test/sweep-cluster/**'],
    // Not isolated: TensorFlow is loaded once a process. Forks, not threads: its addon is not made
    // for threads. Two of them: half of the tests mostly wait for kernels and commands that they
    // start.
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Forgotten tensors stay, so that a test that counts tensors sees its own leaks, and never the
    // garbage of another. test/core/forgotten.test.ts frees them in a process of its own.
    env: { TF_CPP_MIN_LOG_LEVEL: '3', DARK_MATTER_FORGOTTEN: 'keep' },
  },
});
