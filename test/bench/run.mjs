// @ts-check
/**
 * `npm run bench`: how long a training step takes, compiled and eager, and with --peers in PyTorch
 * and JAX.
 *
 * Each peer is a process of its own; they take turns in one run, so that the machine's mood falls
 * on all alike: read the ratios.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { command } from '../../kernel-setup/setup/cli.mjs';
import { writeWhole } from '../../kernel-setup/setup/files.mjs';
import { locate } from '../../kernel-setup/setup/paths.mjs';
import { forNotebooks, forSweep, setUp } from '../../kernel-setup/setup.mjs';
import { library } from '../../kernel-setup/steps/build.mjs';
import { engine } from '../../kernel-setup/steps/engine.mjs';
import { packages } from '../../kernel-setup/steps/packages.mjs';
import { javascript, python } from './environments.mjs';
import { measure } from './measure.mjs';
import { parseOptions, usage } from './options.mjs';
import { Peer } from './peer.mjs';
import { table } from './report.mjs';

const paths = locate();
const file = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const say = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

await command(import.meta.url, usage, async (args, signal) => {
  await setUp(
    args.includes('kernel')
      ? forNotebooks
      : args.includes('sweep')
        ? forSweep
        : [packages, engine, library],
    { signal, paths },
  );
  // Only now is there a library that these import.
  const { cases } = await import('./cases/index.mjs');
  const options = parseOptions(
    args,
    cases.map(({ name }) => name),
  );
  if (options.kernel) {
    const { kernelBench } = await import('./kernelBench.mjs');
    process.stdout.write(`${await kernelBench(options)}\n`);
    return;
  }
  if (options.sweep) {
    const { sweepBench } = await import('./sweepBench.mjs');
    process.stdout.write(`${await sweepBench(options, signal)}\n`);
    return;
  }
  const chosen = cases.filter(({ name }) => options.cases.includes(name));
  const results = await runAll(chosen, options, signal);
  writeWhole(join(paths.state, 'bench.json'), JSON.stringify(results, undefined, 1));
  if (options.chart) {
    const { draw } = await import('./chart.mjs');
    const subtitle = `medians of ${options.rounds} rounds in turns, lines from the 10th to the 90th percentile; ${results.machine.cores} cores, ${results.machine.cpu}`;
    const picture = resolve(paths.root, options.chart);
    writeFileSync(`${picture}.part`, await draw(results.cases, subtitle).png());
    renameSync(`${picture}.part`, picture);
  }
  process.stdout.write(
    options.json ? `${JSON.stringify(results, undefined, 1)}\n` : `${table(results.cases)}\n`,
  );
});

/**
 * @param {readonly import('./cases/case.mjs').Case[]} cases
 * @param {import('./options.mjs').Options} options
 * @param {AbortSignal} signal
 */
async function runAll(cases, options, signal) {
  const { random, save, tree } = await import('dark-matter');
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadavg(),
  };
  const date = new Date().toISOString();
  mkdirSync(paths.state, { recursive: true });
  const folder = mkdtempSync(join(paths.state, 'bench-'));
  const { peers, missing } = await start(options, folder, signal);
  const end = () => peers.forEach((peer) => peer.end());
  signal.addEventListener('abort', end, { once: true });
  /** @type {import('./report.mjs').Row[]} */
  const rows = [];
  try {
    for (const { name, title, draw } of cases) {
      signal.throwIfAborted();
      const begin = performance.now();
      const drawn = tree.tidy(() => draw(random.key(0)));
      const data = join(folder, `${name}.safetensors`);
      await save(drawn, data);
      tree.dispose(drawn);
      const figures = await measure(peers, {
        name,
        file: data,
        rounds: options.rounds,
        turnMs: options.turnMs,
      });
      const absent = Object.fromEntries(
        Object.entries(missing).map(([peer, why]) => [peer, { missing: why }]),
      );
      rows.push({ name, title, peers: { ...figures, ...absent } });
      rmSync(data);
      say(`${name}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
    }
  } finally {
    end();
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    date,
    machine,
    options: { rounds: options.rounds, turnMs: options.turnMs },
    cases: rows,
  };
}

/**
 * The peers' processes, ours first; and for each that cannot be had, why.
 *
 * @param {import('./options.mjs').Options} options
 * @param {string} folder a temporary one
 * @param {AbortSignal} signal
 */
async function start(options, folder, signal) {
  const darkMatter = file('peers/darkMatter.mjs');
  const peers = [
    new Peer('dark-matter', process.execPath, [darkMatter, 'auto']),
    new Peer('tfjs-node eager', process.execPath, [darkMatter, 'eager']),
  ];
  /** @type {Record<string, string>} */
  const missing = {};
  if (!options.peers) return { peers, missing };
  /** @param {string[]} names @param {() => Promise<Peer[]>} make */
  const add = async (names, make) => {
    try {
      peers.push(...(await make()));
    } catch (error) {
      signal.throwIfAborted();
      const why = `cannot be installed: ${/** @type {Error} */ (error).message.split('\n')[0]}`;
      for (const name of names) missing[name] = why;
    }
  };
  say('The peers (the first time they are downloaded, which takes minutes) ...');
  await add(['jax.jit', 'PyTorch eager', 'torch.compile'], async () => {
    const program = await python(paths, signal);
    const env = {
      ...process.env,
      TORCHINDUCTOR_CACHE_DIR: join(folder, 'inductor'),
      JAX_PLATFORMS: 'cpu',
    };
    const peer = (
      /** @type {string} */ name,
      /** @type {string} */ script,
      /** @type {string[]} */ ...args
    ) => new Peer(name, program, [file(`peers/${script}`), ...args], env);
    return [
      peer('jax.jit', 'jax_peer.py'),
      peer('PyTorch eager', 'torch_peer.py', 'eager'),
      peer('torch.compile', 'torch_peer.py', 'compile'),
    ];
  });
  await add(['jax-js'], async () => [
    new Peer('jax-js', process.execPath, [
      file('peers/jaxJs.mjs'),
      await javascript(paths, signal),
    ]),
  ]);
  return { peers, missing };
}
