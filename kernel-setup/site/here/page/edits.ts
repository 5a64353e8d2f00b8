/** What the reader changed, kept in their browser from visit to visit. */

export type Edits = Readonly<Record<string, string>>;

const nameOf = (notebook: string): string => `dark-matter here ${notebook}`;

export function readEdits(notebook: string): Edits {
  try {
    return JSON.parse(localStorage.getItem(nameOf(notebook)) ?? '{}') as Edits;
  } catch {
    return {}; // storage may be forbidden, or not ours
  }
}

/** @returns whether they are kept. */
export function keepEdits(notebook: string, edits: Edits): boolean {
  try {
    if (Object.keys(edits).length === 0) localStorage.removeItem(nameOf(notebook));
    else localStorage.setItem(nameOf(notebook), JSON.stringify(edits));
    return true;
  } catch {
    return false;
  }
}
