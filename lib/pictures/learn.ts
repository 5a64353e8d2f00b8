/** From pictures to an encoder, embeddings, predictions, a page and a report: the whole, in order. */
import { join } from 'node:path';
import { writeWhole } from '../core/files';
import { classify } from './classify';
import { compareOn, type Labelled } from './comparison';
import { contenders } from './contenders';
import { embedAll, encoderOf } from './encoder';
import { writeEmbeddings, writeEncoder, writePredictions } from './exports';
import { fit, stepsIn, type Fitted } from './fit';
import { holdOut, type Parts } from './holdOut';
import type { ReadLabels } from './labelsFile';
import { learner as makeLearner, type Learner, type MethodName } from './learner';
import { expectEnough, type PictureSource } from './pictureSource';
import { pageOf } from './page';
import { report, reportJson, type Findings, type Report } from './report';
import { openRun } from './runFile';
import { diagnose, type Signs } from './signs';

export interface LearnOptions {
  /** The folder of the results. */
  readonly out: string;
  /** What the page is called; default 'pictures'. */
  readonly title?: string;
  /** Default 'simclr'. */
  readonly method?: MethodName;
  /** How long the training takes, about; default 10. */
  readonly minutes?: number;
  /** Updates in all, instead of minutes. */
  readonly steps?: number;
  /** Integer; default 0. */
  readonly seed?: number;
  /** Labels of some pictures, of `readLabels`: makes a classifier. */
  readonly labels?: ReadLabels | undefined;
  /** Ends the training early; what there is is written all the same. */
  readonly signal?: AbortSignal;
  /** Told what happens, a line at a time. */
  readonly say?: (line: string) => void;
  /** What else the report is to say, such as which files are no pictures. */
  readonly remarks?: readonly string[];
}

/** What came out, and where it lies. */
export interface Learned extends Report {
  readonly files: readonly string[];
  readonly interrupted: boolean;
}

/**
 * Learns from pictures without labels, and writes everything to a folder: a page to look at them
 * (`index.html`), checkpoints, the encoder
 * (`encoder/`, `encoder.safetensors`), the embeddings (`embeddings.csv`, `.parquet`,
 * `.safetensors`), with labels `predictions.csv`, and `report.json`.
 *
 * The same call goes on where it was stopped. The folder of another run is refused.
 *
 * @throws CannotLearn with a sentence where there are too few pictures or the folder is not usable.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync } from 'node:fs';
 * import { join } from 'node:path';
 * import { pictures, random } from 'dark-matter';
 *
 * const source = pictures.fromTensor(random.uniform(random.key(0), [40, 8, 8, 3]));
 * const out = join(mkdtempSync('/tmp/dark-matter-'), 'out');
 * const { files, interrupted } = await pictures.learn(source, { out, steps: 4 });
 * assert.ok(files.some((file) => file.endsWith('embeddings.parquet')) && !interrupted);
 * ```
 */
export async function learn(source: PictureSource, options: LearnOptions): Promise<Learned> {
  const { out, method = 'simclr', seed = 0, labels, signal, say = () => undefined } = options;
  expectEnough(source);
  const learner = makeLearner({ method, shape: source.shape });
  const { steps: wanted, minutes = 10 } = options;
  const settings = {
    pictures: source.fingerprint ?? `${source.count} pictures`,
    method,
    side: source.shape[0],
    seed,
    ...(wanted === undefined ? { minutes } : { steps: wanted }),
  };
  const run = await openRun(out, settings);
  const parts = holdOut(source.count, { seed });
  const steps =
    run.steps ??
    wanted ??
    (await measured(minutes, source, learner, { ...options, ...parts }, say));
  await run.keepSteps(steps);

  const fitted = await fit(source, learner, {
    ...parts,
    steps,
    seed,
    signal,
    dir: join(out, 'checkpoints'),
    onSigns: warner(steps, say),
  });
  if (fitted.interrupted)
    say(
      `Stopped after ${fitted.steps} of ${steps} steps. What there is is written now; ` +
        'the same command goes on from here.',
    );
  try {
    return await write(source, learner, fitted, {
      ...options,
      parts,
      steps,
      settings,
      labels,
      say,
    });
  } finally {
    fitted.dispose();
  }
}

async function measured(
  minutes: number,
  source: PictureSource,
  learner: Learner,
  { train, test, seed, signal }: LearnOptions & Parts,
  say: (line: string) => void,
): Promise<number> {
  const steps = await stepsIn(minutes, source, learner, {
    train,
    test,
    ...(seed !== undefined && { seed }),
    signal,
  });
  say(`${steps} steps of ${learner.method.name} fit into ${minutes} minutes on this machine.`);
  return steps;
}

/** Says of a collapse, once, while there is still time to stop, and not before the first fifth. */
function warner(steps: number, say: (line: string) => void): (signs: Signs) => void {
  let warned = false;
  return (signs) => {
    if (warned || signs.step < steps / 5 || signs.step >= steps) return;
    const { verdict, sentences } = diagnose([signs]);
    warned = verdict === 'collapsed';
    if (warned) say(sentences.join(' '));
  };
}

interface Told extends LearnOptions {
  readonly parts: Parts;
  readonly steps: number;
  readonly settings: object;
  readonly say: (line: string) => void;
}

/** Everything that is made of a trained learner. */
async function write(
  source: PictureSource,
  learner: Learner,
  fitted: Fitted,
  { out, title = 'pictures', parts, steps, settings, labels, seed = 0, ...told }: Told,
): Promise<Learned> {
  const { remarks = [], say } = told;
  const encoder = encoderOf(source, learner, fitted.params, parts);
  try {
    say('Embedding the pictures.');
    const embeddings = embedAll(source, encoder.embed);
    const known = labelsOf(source, labels);
    const files = await writeEmbeddings(out, {
      ...embeddings,
      files: source.files,
      ...(known && { labels: Array.from(known.index, (at) => known.classes[at]) }),
    });
    files.push(
      ...(await writeEncoder(out, encoder, source.shape, {
        method: learner.method.name,
        steps: String(fitted.steps),
      })),
    );
    const said = labels && classify(embeddings, labels, { seed });
    if (labels && said)
      files.push(await writePredictions(out, source.files, said, givenBy(labels)));

    say('Comparing with pixels, principal components and the untrained encoder.');
    const rivals = contenders(source, learner, encoder, { train: parts.train, seed });
    const questions = compareOn(source, learner, rivals, { test: parts.test, labels: known, seed });
    rivals.dispose();
    const findings: Findings = {
      method: learner.method.name,
      fitted,
      steps,
      trained: parts.train.length,
      held: parts.test.length,
      questions,
      ...(labels && said && { classifier: { said, labelled: labels.rows.length } }),
      remarks: [...(labels?.remarks ?? []), ...remarks],
    };
    const judged = report(findings);
    const [json, page] = [join(out, 'report.json'), join(out, 'index.html')];
    await writeWhole(json, [reportJson(findings, settings)]);
    say('Drawing the page.');
    const html = await pageOf(source, {
      title,
      embeddings,
      encoder,
      labels: known,
      predictions: said,
      questions,
      report: judged,
      signs: fitted.signs.at(-1),
      seed,
    });
    await writeWhole(page, [html]);
    return { ...judged, files: [page, ...files, json], interrupted: fitted.interrupted };
  } finally {
    encoder.dispose();
  }
}

/** The labels by which is judged: those of labels.csv, or else the folders' names. */
function labelsOf(source: PictureSource, labels: ReadLabels | undefined): Labelled | undefined {
  if (labels) {
    const index = new Int32Array(source.count).fill(-1);
    labels.rows.forEach((row, i) => (index[row] = labels.labels[i]!));
    return { index, classes: labels.classes };
  }
  const { labels: index, classes } = source;
  return index && classes && { index, classes };
}

const givenBy = ({ rows, labels, classes }: ReadLabels): ReadonlyMap<number, string> =>
  new Map(Array.from(rows, (row, i) => [row, classes[labels[i]!]!]));
