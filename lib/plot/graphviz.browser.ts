/** Graphviz in a browser, fetched by the first diagram. Stands for `graphviz.ts` there. */
import type { Viz } from '@viz-js/viz';

let viz: Promise<Viz> | undefined;

export async function graphviz(): Promise<Viz> {
  viz ??= import('@viz-js/viz').then(({ instance }) => instance());
  return viz;
}
