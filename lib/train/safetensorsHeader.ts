/** The JSON header of a safetensors file, read with suspicion: files come from anywhere. */

/** Texts that travel with the tensors. */
export type Metadata = Readonly<Record<string, string>>;

/** A tensor as the header describes it; offsets count bytes from the header's end. */
export interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [start: number, end: number];
}

/** The format allows headers of at most so many bytes. */
export const LONGEST_HEADER = 100_000_000;

/**
 * @param bytes UTF-8.
 * @param foreign makes the error of what is wrong.
 * @throws where it is not a record of entries, beside metadata that is a record of texts; and where
 * one record has a name twice, of which `JSON.parse` would keep the last.
 */
export function parseHeader(
  bytes: Uint8Array,
  foreign: (why: string) => Error,
): { readonly metadata: Metadata; readonly entries: readonly (readonly [string, Entry])[] } {
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    throw foreign('its header is not JSON');
  }
  if (!isRecord(header)) throw foreign('its header is no record');
  const twice = repeatedName(text);
  if (twice !== undefined) throw foreign(`its header has ${twice} twice`);
  const { __metadata__: metadata, ...described } = header;
  if (metadata !== undefined && metadata !== null) {
    if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === 'string'))
      throw foreign('its __metadata__ is no record of texts');
  }
  const entries = Object.entries(described).map(([name, entry]) => {
    if (!isEntry(entry))
      throw foreign(
        `its header's ${name} lacks a dtype, or a shape or two offsets of whole numbers from 0`,
      );
    return [name, entry] as const;
  });
  return { metadata: (metadata ?? {}) as Metadata, entries };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Beyond 2^53 JavaScript's numbers have gaps. */
const isCount = (value: unknown): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);

const areCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every(isCount);

function isEntry(value: unknown): value is Entry {
  if (!isRecord(value)) return false;
  const { dtype, shape, data_offsets: offsets } = value;
  return (
    typeof dtype === 'string' && areCounts(shape) && areCounts(offsets) && offsets.length === 2
  );
}

/** The first name that a record of a valid JSON text has twice. */
function repeatedName(json: string): string | undefined {
  const open: Set<string>[] = []; // the names so far of the records around
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const name = JSON.parse(text!) as string;
      if (open.at(-1)!.has(name)) return name;
      open.at(-1)!.add(name);
    }
  }
  return undefined;
}
