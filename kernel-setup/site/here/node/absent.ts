/** What only Node has: asking for it is an error, with a name. */
export const absent = (name: string) => (): never => {
  throw new Error(`${name}: there is no such thing in a browser; npm start has it`);
};
