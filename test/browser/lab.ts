/**
 * JupyterLab as `npm start -- --no-browser --port N` serves it, with a folder for notebooks that
 * the tests may change.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const notebooks = join(root, 'notebooks');

export interface Lab {
  /**
   * Puts a notebook with these code cells beside the real ones, and gives the address that opens
   * it.
   */
  add(name: string, cells: readonly string[]): string;
  /**
   * The same with a copy of a notebook of the collection: opening and saving one never changes the
   * original.
   */
  copy(name: string): Promise<string>;
  /** Ends it as Ctrl-C does; gives start's exit code. */
  end(): Promise<number | null>;
}

export async function startLab(): Promise<Lab> {
  const start = join(root, 'kernel-setup', 'start.mjs');
  const server = spawn(
    process.execPath,
    [start, '--no-browser', '--port', String(await freePort())],
    { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  // Whichever way the tests end.
  const kill = (): void => void server.kill('SIGTERM');
  process.once('exit', kill);
  const ended = new Promise<number | null>((resolve) => server.on('exit', resolve));
  let said = '';
  const address = new Promise<URL>((resolve, reject) => {
    const hear = (text: Buffer): void => {
      said += text.toString();
      const url = /^JupyterLab: (http\S+)$/m.exec(said)?.[1];
      if (url) resolve(new URL(url));
    };
    server.stdout.on('data', hear);
    server.stderr.on('data', hear);
    void ended.then((code) =>
      reject(new Error(`npm start ended with ${code}, and had said:\n${said}`)),
    );
  });
  const url = await address;
  const folder = mkdtempSync(join(notebooks, 'browser-test-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);

  const addressOf = (name: string): string => {
    const place = new URL(`/lab/tree/${basename(folder)}/${name}`, url);
    // `reset` forgets which notebooks an earlier visit had open.
    place.search = `${url.search}&reset`;
    return place.href;
  };
  return {
    add(name, cells) {
      writeFileSync(join(folder, name), JSON.stringify(notebook(cells)));
      return addressOf(name);
    },
    async copy(name) {
      // By Jupyter's own contents service, which the file browser's "Duplicate" uses.
      const reply = await fetch(new URL(`/api/contents/${basename(folder)}${url.search}`, url), {
        method: 'POST',
        body: JSON.stringify({ copy_from: name }),
      });
      const made = (await reply.json()) as { name: string };
      if (!reply.ok) throw new Error(`${name} was not copied: ${JSON.stringify(made)}`);
      return addressOf(made.name);
    },
    async end() {
      server.kill('SIGINT');
      const code = await ended;
      remove();
      process.off('exit', kill).off('exit', remove);
      return code;
    },
  };
}

function notebook(cells: readonly string[]): object {
  return {
    cells: cells.map((source, i) => ({
      id: `cell-${i}`,
      cell_type: 'code',
      metadata: {},
      execution_count: null,
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: {
        name: 'dark-matter',
        display_name: 'TypeScript (Dark Matter)',
        language: 'typescript',
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
