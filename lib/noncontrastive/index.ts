export * from './barlowTwins';
export * from './byol';
export * from './siamese';
export * from './simsiam';
export * from './sinkhorn';
export * from './swavLoss';
export * from './vicreg';
