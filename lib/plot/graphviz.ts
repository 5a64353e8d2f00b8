/** Graphviz, which lays diagrams out: loaded by the first one. */
import { createRequire } from 'node:module';
import type { Viz } from '@viz-js/viz';

let viz: Promise<Viz> | undefined;

/** A diagram is laid out in about 10 ms; loading Graphviz costs 60 once. */
export async function graphviz(): Promise<Viz> {
  const load = createRequire(__filename);
  viz ??= (load('@viz-js/viz') as { instance(): Promise<Viz> }).instance();
  return viz;
}
