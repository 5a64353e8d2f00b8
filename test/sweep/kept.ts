import type { Kept } from '../../kernel-setup/sweep/store.mjs';

/** A run that has passed. */
export const kept = (more: Partial<Kept> = {}): Kept => ({
  key: 'a',
  notebook: 'tiny',
  parameters: { rate: 0.1, seed: 0 },
  status: 'passed',
  seconds: 2,
  figures: { ours: { loss: [1] } },
  error: null,
  worker: 'host:1',
  time: '2026-01-01T00:00:00Z',
  library: 'library',
  ...more,
});
