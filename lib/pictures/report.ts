/** What a run is worth, for people and for programs. */
import { describeClassifier, type Classified } from './classify';
import { describeQuestion, type Question } from './comparison';
import type { Fitted } from './fit';
import { diagnose, type Diagnosis } from './signs';

/** What was found out about a run. */
export interface Findings {
  readonly method: string;
  readonly fitted: Pick<Fitted, 'steps' | 'interrupted' | 'seconds' | 'signs'>;
  /** Steps that it was to have. */
  readonly steps: number;
  /** Pictures learned from, and pictures kept for judging. */
  readonly trained: number;
  readonly held: number;
  readonly questions: readonly Question[];
  /** Of --labels, with how many labels there were. */
  readonly classifier?: { readonly said: Classified; readonly labelled: number };
  /** What else is to be said: pictures and rows that were left out. */
  readonly remarks: readonly string[];
}

/** The findings as sentences, in the order in which people want to know. */
export interface Report {
  readonly sentences: readonly string[];
  readonly collapse: Diagnosis;
}

/**
 * Puts what was found into sentences: how it was trained, whether it collapsed, how it compares with
 * what needs no training, what the classifier is worth, what was left out.
 */
export function report(findings: Findings): Report {
  const { method, fitted, steps, trained, held, questions, classifier, remarks } = findings;
  const collapse = diagnose(fitted.signs);
  const minutes = fitted.seconds / 60;
  return {
    collapse,
    sentences: [
      `${method} learned from ${trained} pictures in ${fitted.steps} steps` +
        (fitted.interrupted ? ` of ${steps}, and was stopped then` : '') +
        ` (${minutes < 1 ? `${fitted.seconds.toFixed(0)} s` : `${minutes.toFixed(1)} min`} in this run); ${held} were kept for judging.`,
      ...collapse.sentences,
      ...questions.map(describeQuestion),
      ...(classifier ? describeClassifier(classifier.said, classifier.labelled) : []),
      ...remarks,
    ],
  };
}

/** The same for programs: figures by name, without the lists of hits. */
export function reportJson(findings: Findings, settings: object): string {
  const { method, fitted, steps, trained, held, questions, classifier } = findings;
  const { sentences, collapse } = report(findings);
  const quality = classifier?.said.quality;
  return `${JSON.stringify(
    {
      settings,
      method,
      steps: { done: fitted.steps, of: steps, interrupted: fitted.interrupted },
      seconds: fitted.seconds,
      pictures: { trained, held },
      collapse: { verdict: collapse.verdict, signs: fitted.signs },
      comparison: questions.map(({ scores, ...question }) => ({
        ...question,
        scores: scores.map(({ hits: _hits, ...score }) => score),
      })),
      ...(classifier && {
        classifier: {
          classes: classifier.said.classes,
          labelled: classifier.labelled,
          ...(quality && {
            accuracy: quality.accuracy,
            interval: quality.interval,
            mostFrequent: quality.mostFrequent,
            temperature: quality.temperature,
            confidence: quality.confidence,
            folds: quality.folds,
          }),
        },
      }),
      sentences,
    },
    undefined,
    2,
  )}\n`;
}
