import { describe, expect, it } from 'vitest';
import { thisMachine, wheelFor } from '../../kernel-setup/engine/wheels.mjs';

const supported = [
  { platform: 'linux', arch: 'x64', glibc: '2.36' },
  { platform: 'linux', arch: 'arm64', glibc: '2.27' },
  { platform: 'darwin', arch: 'arm64' },
];

describe('wheelFor', () => {
  it('names one pinned wheel for each machine that has one', () => {
    const wheels = supported
      .map((machine) => wheelFor(machine))
      .map((found) => ('wheel' in found ? found.wheel : undefined));
    for (const wheel of wheels) {
      expect(wheel?.sha256).toMatch(/^[0-9a-f]{64}$/);
      expect(wheel?.libraries).toHaveLength(2);
    }
    expect(new Set(wheels.map((wheel) => wheel?.sha256)).size).toBe(supported.length);
  });

  it.each([
    [{ platform: 'win32', arch: 'x64' }, 'TensorFlow publishes no such wheel for win32-x64'],
    [{ platform: 'darwin', arch: 'x64' }, 'TensorFlow publishes no such wheel for darwin-x64'],
    [
      { platform: 'linux', arch: 'x64' },
      "TensorFlow's wheels need glibc, and this Linux has another C library",
    ],
    [
      { platform: 'linux', arch: 'x64', glibc: '2.17' },
      "TensorFlow's wheels need glibc 2.27, and this is 2.17",
    ],
  ])('says why there is none for %o', (machine, reason) => {
    expect(wheelFor(machine)).toEqual({ reason });
  });

  it('knows this machine', () => {
    expect(thisMachine()).toMatchObject({ platform: process.platform, arch: process.arch });
    if (process.platform === 'linux')
      expect(thisMachine().glibc ?? 'musl').toMatch(/^(\d+\.\d+|musl)$/);
  });
});
