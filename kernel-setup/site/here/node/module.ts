/** `node:module`: packages are in the bundle, or not to be had. */
function none(specifier: string): never {
  throw new Error(`${specifier}: this package is not to be had in a browser; npm start has it`);
}

export const createRequire = () => Object.assign(none, { resolve: none });
