export * from './nce';
export * from './ntXent';
export * from './simclr';
