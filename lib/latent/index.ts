export * from './gaussianKl';
export * from './sparseCoding';
export * from './dictionaryLearning';
export * from './lista';
