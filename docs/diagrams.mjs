// @ts-check
/**
 * The pictures of docs/diagrams.md, from the text above each.
 *
 *   node docs/diagrams.mjs        after `npm run build`
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { plot } from 'dark-matter';

const page = readFileSync(new URL('diagrams.md', import.meta.url), 'utf8');
for (const [, name, source] of page.matchAll(/^```diagram (\w+)\n(.*?)^```/gms)) {
  const picture = plot.diagram(String(source));
  writeFileSync(new URL(`diagrams/${name}.svg`, import.meta.url), await picture.svg());
}
