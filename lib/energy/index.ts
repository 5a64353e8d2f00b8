export * from './distance';
export * from './freeEnergy';
export * from './grid';
export * from './hmc';
export * from './jointEmbedding';
export * from './langevin';
export * from './negativeCosine';
export * from './pushDown';
