/**
 * Sweeps on real Dask clusters that lose a worker and a scheduler: `npm run test:sweep`, which
 * installs Dask.
 */
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Bench, dask, isAlive, kill, until, workerOf } from './support';

/** Long enough for kernels on a busy machine. */
const patience = 400_000;

describe('two workers, one of them killed while it runs a notebook, and a run that fails', () => {
  const bench = new Bench();
  afterAll(() => bench.remove());
  const args = ['-p', 'seed=0,13,1,2', '--workers', '2'];

  it('lose nothing, and run nothing twice to its end', { timeout: patience }, async () => {
    const sweep = bench.sweep(...args, '--html', join(bench.folder, 'page.html'));
    await until(() => bench.lines('start').filter(({ seed }) => seed !== 13).length >= 2);
    const victim = bench.lines('start').find(({ seed }) => seed !== 13)!;
    process.kill(workerOf(victim.pid), 'SIGKILL');
    // Its kernel goes with it, before the run begins again elsewhere.
    await until(() => !isAlive(victim.pid));
    bench.release();
    const { code, stdout, stderr } = await sweep;

    // Dask runs what it is sent: of this session alone, which has the keys.
    expect(stderr).toContain('2 workers of tls://127.0.0.1:');
    expect(stdout).toContain('3 passed, 1 failed');
    expect(code).toBe(1);
    expect(bench.ended).toEqual([0, 1, 2]);
    expect(bench.lines('start').filter(({ seed }) => seed === victim.seed)).toHaveLength(2);
    expect(bench.kept.map(({ parameters, status }) => [parameters['seed'], status]).sort()).toEqual(
      [
        [0, 'passed'],
        [1, 'passed'],
        [13, 'failed'],
        [2, 'passed'],
      ],
    );
    expect(bench.kept.map(({ figures }) => figures['ours']!['luck']![0]).sort()).toEqual([
      0, 1, 13, 2,
    ]);
    expect(bench.kept.find(({ status }) => status === 'failed')!.error).toMatch(
      /cell 2, line \d+: Error: unlucky/,
    );
    expect(readFileSync(join(bench.folder, 'page.html'), 'utf8')).toContain(
      '3 passed, 1 failed, 0 not run.',
    );
  });

  it('asked again, only what failed is run', { timeout: patience }, async () => {
    const { code, stderr } = await bench.sweep(...args);
    expect(stderr).toContain('4 runs, 3 of them kept from before.');
    expect(code).toBe(1);
    expect(bench.ended).toEqual([0, 1, 2]);
    expect(bench.lines('start').filter(({ seed }) => seed === 13)).toHaveLength(2);
    expect(bench.kept).toHaveLength(4);
  });

  it(
    'parameters that a notebook does not have are an error before anything runs',
    { timeout: patience },
    async () => {
      const { code, stderr } = await bench.sweep('-p', 'sed=0..4');
      expect(stderr).toContain('no such parameter; it declares: seed, journal');
      expect(code).toBe(2);
    },
  );
});

describe('a scheduler that is killed', () => {
  const bench = new Bench();
  const programs: ChildProcess[] = [];
  const start = (...args: string[]): void => void programs.push(dask(bench.folder, ...args));
  afterAll(() => {
    programs.forEach(kill);
    bench.remove();
  });

  it('and started anew takes the sweep on from where it was', { timeout: patience }, async () => {
    const port = await freePort();
    const address = `tcp://127.0.0.1:${port}`;
    const startCluster = (): void => {
      start('scheduler', '--host', '127.0.0.1', '--port', String(port), '--no-dashboard');
      start('worker', address, '--nworkers', '1', '--nthreads', '1', '--no-dashboard');
    };
    startCluster();
    const sweep = bench.sweep('-p', 'seed=0..1', '--scheduler', address, '--patience', '300');
    await until(() => bench.lines('start').length === 1);
    const first = bench.lines('start')[0]!;
    bench.release(first.seed);
    await until(() => bench.lines('start').length === 2);
    const second = bench.lines('start')[1]!;
    kill(programs[0]!);
    // The worker that lost its scheduler gives up its run.
    await until(() => !isAlive(second.pid));
    startCluster();
    bench.release();
    const { code, stderr } = await sweep;

    expect(stderr).toContain(`The scheduler ${address} does not answer any more`);
    expect(code).toBe(0);
    expect(bench.ended).toEqual([0, 1]);
    expect(bench.lines('start').map(({ seed }) => seed)).toEqual([
      first.seed,
      second.seed,
      second.seed,
    ]);
  });

  it('and stays away ends the sweep, which says so', { timeout: patience }, async () => {
    const { code, stderr } = await bench.sweep(
      '-p',
      'seed=7',
      '--scheduler',
      `tcp://127.0.0.1:${await freePort()}`,
      '--patience',
      '1',
    );
    expect(stderr).toContain('The scheduler is gone');
    expect(code).toBe(3);
  });
});

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
