// @ts-check
/** The arguments of `npm run bench`. */
import { Usage } from '../../kernel-setup/setup/fault.mjs';
import { readArguments } from '../../kernel-setup/setup/options.mjs';

export const usage = `npm run bench [-- CASE ... OPTIONS]: times a training step of each case, compiled and eager.
npm run bench -- kernel [--rounds N] [--json]: times and questions the notebook kernel beside stock tslab, ipykernel, and
Deno's where \`deno\` is on the PATH or the variable DENO names it (\`npm install --prefix FOLDER deno\` brings it).
npm run bench -- sweep [--rounds N] [--json]: what a sweep costs beside the plain runner, and how two workers scale.

  CASE           a case's name, or the beginning of some: ntxent-64, ntxent; all when left out
  --peers        also PyTorch, torch.compile, jax.jit and jax-js, in environments of their own below .dark-matter
                 (the first time they are downloaded: several GB)
  --quick        fewer and shorter rounds
  --rounds N     rounds, in each of which every peer has its turn (10; with --quick 3; kernel 3; sweep 2)
  --json         prints the results as JSON, not as a table
  --chart FILE   also draws them, as a PNG
`;

/**
 * @typedef {object} Options
 * @property {string[]} cases names
 * @property {boolean} kernel
 * @property {boolean} sweep
 * @property {boolean} peers
 * @property {boolean} json
 * @property {number} rounds
 * @property {number} turnMs how long a turn should last
 * @property {string} [chart]
 */

/**
 * @param {string[]} args
 * @param {readonly string[]} known the names of all cases
 * @returns {Options}
 * @throws {Usage}
 */
export function parseOptions(args, known) {
  const { values, positionals } = parse(args);
  const [kernel, sweep] = ['kernel', 'sweep'].map((name) => positionals.includes(name));
  if (
    (kernel || sweep) &&
    (positionals.length > 1 || values.peers || values.quick || values.chart)
  ) {
    throw new Usage(
      `${kernel ? 'kernel' : 'sweep'}: ${args.join(' ')} given; alone, with --rounds and --json at most, expected.`,
    );
  }
  if (values.rounds !== undefined && !/^[1-9]\d*$/.test(values.rounds)) {
    throw new Usage(`--rounds: ${values.rounds} given, a whole number from 1 expected.`);
  }
  const { peers = false, quick = false, json = false, chart } = values;
  return {
    cases: kernel || sweep ? [] : choose(positionals, known),
    kernel: kernel === true,
    sweep: sweep === true,
    peers,
    json,
    rounds: values.rounds ? Number(values.rounds) : sweep ? 2 : kernel || quick ? 3 : 10,
    turnMs: quick ? 30 : 120,
    ...(chart ? { chart } : {}),
  };
}

/** @param {string[]} args */
const parse = (args) =>
  readArguments({
    args,
    allowPositionals: true,
    options: {
      peers: { type: 'boolean' },
      quick: { type: 'boolean' },
      json: { type: 'boolean' },
      rounds: { type: 'string' },
      chart: { type: 'string' },
    },
  });

/**
 * The names that are asked for, or begin with what is, in their own order.
 * @param {string[]} wanted
 * @param {readonly string[]} known
 */
function choose(wanted, known) {
  if (wanted.length === 0) return [...known];
  const meant = wanted.map((word) =>
    known.includes(word) ? [word] : known.filter((name) => name.startsWith(word)),
  );
  const none = meant.findIndex((names) => names.length === 0);
  if (none >= 0)
    throw new Usage(`${wanted[none]} given; kernel, sweep or one of ${known.join(', ')} expected.`);
  return known.filter((name) => meant.flat().includes(name));
}
