// @ts-check
/**
 * How a peer is spoken to: one request in JSON on each line of its standard input, one answer on
 * its standard output.
 *
 *     { "do": "prepare", "case": NAME, "file": PATH }  ->  { "losses": [3 numbers], "compileMs", ... }
 *     { "do": "round", "steps": N }                    ->  { "ms": of one step }
 *     { "do": "finish" }                               ->  {}
 *
 * A request that fails is answered by { "error": MESSAGE }; the end of the input ends the peer.
 */
import { createInterface } from 'node:readline';

/**
 * A case, made ready by a peer.
 *
 * @typedef {object} Prepared
 * @property {number[]} losses of the first three steps
 * @property {number} compileMs from the function to the end of its first call; 0 where nothing is
 * compiled
 * @property {Record<string, unknown>} [detail] what else there is to say
 * @property {() => void} step one step, its loss read
 * @property {() => void} finish
 */

/** @param {(name: string, file: string) => Promise<Prepared>} prepare */
export async function serve(prepare) {
  /** @type {Prepared | undefined} */
  let prepared;
  /** @type {Record<string, (request: any) => unknown>} */
  const answers = {
    prepare: async ({ case: name, file }) => {
      prepared = await prepare(name, file);
      const { losses, compileMs, detail } = prepared;
      return { losses, compileMs, ...detail };
    },
    round: ({ steps }) => {
      const begin = performance.now();
      for (let i = 0; i < steps; i++) prepared?.step();
      return { ms: (performance.now() - begin) / steps };
    },
    finish: () => {
      prepared?.finish();
      prepared = undefined;
      return {};
    },
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const answer = await Promise.resolve(request)
      .then(answers[request.do])
      .catch((error) => ({ error: error instanceof Error ? error.message : String(error) }));
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
