/** The page's own files: its HTML, its style, and its script as one piece. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

/** Beside this file in the sources, and beside `dist` where this is the compiled library. */
const folder = join(libraryFolder(__dirname), 'gallery', 'page');

function libraryFolder(from: string): string {
  if (from.endsWith(join('dist', 'gallery'))) return dirname(dirname(from));
  return dirname(from);
}

export const pageFile = (name: string): string => readFileSync(join(folder, name), 'utf8');

let made: Promise<string> | undefined;

/**
 * The page's script with TensorFlow.js for its encoder, bundled and minified; about half a second,
 * once a process.
 */
export function pageScript(): Promise<string> {
  made ??= bundle().catch((error: unknown) => {
    made = undefined;
    throw error;
  });
  return made;
}

async function bundle(): Promise<string> {
  const build = await rolldown({
    input: join(folder, 'main.ts'),
    platform: 'browser',
    logLevel: 'silent',
    tsconfig: false,
  });
  try {
    const { output } = await build.generate({ format: 'iife', minify: true });
    // A script ends where HTML reads this, wherever it stands.
    return output[0].code.replaceAll('</script', '<\\/script');
  } finally {
    await build.close();
  }
}
