/**
 * The module `tslab` for cells: the public API of tslab 1.0.22, so that notebooks written for it run
 * here unchanged. What it displays goes the way of all displays of this kernel.
 */
import { randomUUID } from 'node:crypto';

export interface Display {
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  svg(s: string): void;
  png(b: Uint8Array): void;
  jpeg(b: Uint8Array): void;
  gif(b: Uint8Array): void;
  pdf(b: Uint8Array): void;
  text(s: string): void;
  raw(contentType: string, b: string | Uint8Array): void;
}

interface Host {
  display(
    data: Readonly<Record<string, unknown>>,
    options?: { readonly id?: string; readonly update?: boolean },
  ): void;
}

/** The versions of the API, and of what this kernel runs with. */
export const versions: { tslab: string; typescript: string; node: string } = {
  tslab: '1.0.22',
  typescript: (require('typescript/package.json') as { version: string }).version,
  node: process.version,
};

/** Shows things below the cell. */
export const display: Display = displayOf((data) => host().display(data));

/** A display that has one place below the cell, in which each thing replaces the one before. */
export function newDisplay(): Display {
  const id = randomUUID();
  let update = false;
  return displayOf((data) => {
    host().display(data, { id, update });
    update = true;
  });
}

function displayOf(show: (data: Readonly<Record<string, unknown>>) => void): Display {
  const as =
    (type: string) =>
    (content: string | Uint8Array): void =>
      show({ [type]: content });
  return {
    javascript: as('text/javascript'),
    html: as('text/html'),
    markdown: as('text/markdown'),
    latex: as('text/latex'),
    svg: as('image/svg+xml'),
    png: as('image/png'),
    jpeg: as('image/jpeg'),
    gif: as('image/gif'),
    pdf: as('application/pdf'),
    text: as('text/plain'),
    raw: (type, content) => as(type)(content),
  };
}

function host(): Host {
  return (globalThis as unknown as Record<symbol, Host>)[Symbol.for('dark-matter.host')]!;
}
