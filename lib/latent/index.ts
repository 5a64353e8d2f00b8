export * from './gaussianKl';
