export * from './jointEmbedding';
