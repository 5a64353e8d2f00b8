export * from './grid';
export * from './jointEmbedding';
