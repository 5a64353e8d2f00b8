/** Somebody's own pictures: from a folder to an encoder, embeddings, predictions and a report. */
export { CannotLearn } from './cannotLearn';
export {
  classify,
  describeClassifier,
  type Classified,
  type FewLabels,
  type Quality,
} from './classify';
export {
  compareOn,
  describeQuestion,
  mcNemar,
  scoreFigures,
  scoreRows,
  type CompareOptions,
  type Labelled,
  type Question,
  type Score,
} from './comparison';
export { contenders, type Contender, type Contenders } from './contenders';
export { crossValidate, temperatureOf, type CrossValidated } from './crossValidate';
export { embedAll, encoderOf, type Embeddings, type Encoder } from './encoder';
export { writeEmbeddings, writeEncoder, writePredictions, type NamedEmbeddings } from './exports';
export { fit, stepsIn, type FitOptions, type Fitted } from './fit';
export { holdOut, type Parts } from './holdOut';
export { readLabels, type ReadLabels } from './labelsFile';
export { learn, type Learned, type LearnOptions } from './learn';
export {
  learner,
  methodNames,
  type Learner,
  type LearnerMethod,
  type LearnerOptions,
  type LearnerParams,
  type MethodName,
} from './learner';
export { pageOf, type PageOptions } from './page';
export { fromTensor, type PictureSource } from './pictureSource';
export { expectWritable } from './runFile';
export { findsLabel, findsTwin } from './retrieval';
export { diagnose, signsOf, type Diagnosis, type Signs } from './signs';
export { writePictures } from './writePictures';
