export * from './decoupled';
export * from './infoNce';
export * from './nce';
export * from './ntXent';
export * from './pairMargin';
export * from './simclr';
export * from './triplet';
