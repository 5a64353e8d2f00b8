/** Experiments: contestants, seeds, judges, records, comparisons and claims. */
export { alternating, type AlternatingOptions } from './alternating';
export { baselines, type BaselinesOptions, type SupervisedBaselineOptions } from './baselines';
export { claim, claimsOf, type ClaimOptions, type ClaimsOf, type Evidence } from './claim';
export { columns } from './columns';
export {
  compare,
  comparePairs,
  type CompareOptions,
  type ComparePairsOptions,
  type Comparison,
  type Comparisons,
} from './compare';
export {
  contestant,
  fixedFeatures,
  perSeed,
  type Contestant,
  type ContestantOptions,
  type Figures,
  type FilmFrame,
  type FilmOfContestant,
  type ParamsOfContestant,
  type Ready,
  type Turn,
} from './contestant';
export { emojiTasks, judgeEmoji, type EmojiTasks, type JudgeEmojiOptions } from './emoji';
export { fewLabelTraining, fineTuned, type FewLabelTrainingOptions } from './fewLabelTraining';
export { frame, toCSV, type Frame, type FrameColumn, type FrameGroups } from './frame';
export { judge, scoreOf, type JudgeOptions, type Judgement, type Score } from './judge';
export { longStudy } from './longStudy';
export { measured } from './measured';
export * as race from './race';
export {
  newestRecord,
  studyRecord,
  type NewestRecordOptions,
  type RowsOptions,
  type StudyRecord,
} from './record';
export {
  represent,
  representSets,
  type Embedding,
  type ImageSets,
  type LabelledImages,
  type Representation,
  type RepresentOptions,
} from './represent';
export {
  seedsOf,
  study,
  type Contestants,
  type Study,
  type StudyData,
  type StudyOptions,
} from './study';
export { timed } from './timed';
