/**
 * What lies beside the script that runs in a browser: data and results of the library there.
 *
 * @param name of the file, as seen from the script's own folder.
 * @returns its contents, unpacked where the name ends in `.gz`; undefined where there is no such file.
 */
export async function fetched(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const { href } = (globalThis as unknown as { location: { href: string } }).location;
  const response = await fetch(new URL(name, href));
  if (response.status === 404) return undefined;
  if (!response.ok || !response.body)
    throw new Error(`${name}: the server answered ${response.status} ${response.statusText}`);
  const body = name.endsWith('.gz')
    ? response.body.pipeThrough(new DecompressionStream('gzip'))
    : response.body;
  return new Uint8Array(await new Response(body).arrayBuffer());
}

/** The same as text. */
export async function fetchedText(name: string): Promise<string | undefined> {
  const bytes = await fetched(name);
  return bytes && new TextDecoder().decode(bytes);
}
