/**
 * `npm run learn`: from a folder of pictures to an encoder, embeddings, predictions, a page and a
 * report.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, relative } from 'node:path';
import { HELP, parseArguments } from './learn/arguments.mjs';
import { followParent } from './runner/ending.mjs';
import { command } from './setup/cli.mjs';
import { Interrupted, Usage } from './setup/fault.mjs';
import { locate } from './setup/paths.mjs';
import { forLearning, setUp } from './setup.mjs';

const paths = locate();
/** Where the user is: npm changes to the clone's root, and says where it came from. */
const cwd = (process.env.npm_lifecycle_event === 'learn' && process.env.INIT_CWD) || process.cwd();
const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);

/** @param {string[]} argv @param {AbortSignal} interruption */
async function main(argv, interruption) {
  const options = parseArguments(argv, cwd);
  const text = options.labels === undefined ? undefined : tableIn(options.labels);
  const signal = AbortSignal.any([interruption, followParent()]);
  await setUp(forLearning, { signal, paths });
  // Only now are the packages there that it needs.
  const { data, pictures } = createRequire(import.meta.url)('dark-matter');
  if (options.method !== undefined && !pictures.methodNames.includes(options.method))
    throw new Usage(
      `--method: "${options.method}" given, ${pictures.methodNames.join(', ')} expected`,
    );
  await inSentences(() => pictures.expectWritable(options.out), signal);
  const source = await inSentences(
    () => data.imageFolder(options.folder, { side: options.side, channels: 3, signal }),
    signal,
  );
  say(source.summary());
  try {
    const learned = await inSentences(() => learn(pictures, source, options, text, signal), signal);
    process.stdout.write(`\n${learned.sentences.join('\n')}\n\n`);
    const page = learned.files.find((/** @type {string} */ file) => file.endsWith('.html'));
    process.stdout.write(`Written to ${options.out}:\n`);
    for (const file of learned.files) process.stdout.write(`  ${relative(options.out, file)}\n`);
    if (page) process.stdout.write(`Open ${page} in a browser.\n`);
    return learned.interrupted ? 130 : 0;
  } finally {
    source.close();
  }
}

/**
 * @param {any} pictures
 * @param {any} source
 * @param {import('./learn/arguments.mjs').Arguments} options
 * @param {string | undefined} text of the table of labels
 * @param {AbortSignal} signal
 */
async function learn(pictures, source, { labels, folder, ...options }, text, signal) {
  const few =
    text === undefined
      ? undefined
      : pictures.readLabels(text, source.files, basename(/** @type {string} */ (labels)));
  for (const remark of few?.remarks ?? []) say(remark);
  return pictures.learn(source, {
    ...options,
    title: basename(folder),
    labels: few,
    signal,
    say,
    remarks: source.broken.length > 0 ? [source.summary()] : [],
  });
}

/** @param {string} file */
function tableIn(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Usage(
      `--labels: ${file} cannot be read (${code}), a table of file and label expected`,
    );
  }
}

/**
 * What is wrong with pictures, labels or folders comes as a sentence, and is printed as one; a fault
 * of the program keeps its stack.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
async function inSentences(work, signal) {
  try {
    return await work();
  } catch (error) {
    const { name, message } = /** @type {Error} */ (error);
    // Only the stop itself: what goes wrong while the results are written is told.
    if (signal.aborted && (error === signal.reason || name === 'AbortError'))
      throw new Interrupted();
    if (name === 'CannotLearn') throw new Usage(message.replace(/^out: /, '--out: '));
    // What imageFolder finds wrong: with the path it was given, or with its cache.
    if (/^(path|cache): /.test(message)) throw new Usage(message.replace(/^path: /, 'FOLDER: '));
    throw error;
  }
}

await command(import.meta.url, HELP, main, 'npm run learn -- --help');
