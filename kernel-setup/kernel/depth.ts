/**
 * How deep JSON may be nested: what reads it on the way (V8's structured clone, Python's parser)
 * recurses, and comes to an end of its stack.
 */

/** Python's parser gives up at 1,000 levels, less those of its callers. */
export const deepest = 500;

const [quote, backslash] = ['"', '\\'];

/** Whether a JSON text is nested too deeply to be parsed and passed on. */
export function isTooDeep(json: string): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === quote) at = endOfString(json, at);
    else if (character === '[' || character === '{') {
      if (++depth > deepest) return true;
    } else if (character === ']' || character === '}') depth--;
  }
  return false;
}

/** Where the string that begins at `start` ends; the text's end where it does not. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf(quote, start + 1); end >= 0; end = json.indexOf(quote, end + 1)) {
    let slashes = 0;
    while (json[end - 1 - slashes] === backslash) slashes++;
    if (slashes % 2 === 0) return end;
  }
  return json.length;
}

/**
 * @param what names the value in the error
 * @throws RangeError where the value is nested too deeply, or contains itself
 */
export function assertShallow(value: unknown, what: string): void {
  if (isDeeper(value, deepest))
    throw new RangeError(
      `${what}: a value nested deeper than ${deepest} levels, or one that contains itself, cannot be sent as JSON`,
    );
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  return levels === 0 || Object.values(value).some((each) => isDeeper(each, levels - 1));
}
