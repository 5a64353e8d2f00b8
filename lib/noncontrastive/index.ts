export * from './siamese';
export * from './vicreg';
