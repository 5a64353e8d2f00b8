export * from './distance';
export * from './grid';
export * from './jointEmbedding';
export * from './langevin';
export * from './negativeCosine';
export * from './pushDown';
