/** Bytes that are an image, by their first few. */
const signatures: readonly (readonly [type: string, bytes: readonly number[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

export function imageType(bytes: Uint8Array): string | undefined {
  return signatures.find(([, start]) => start.every((byte, i) => bytes[i] === byte))?.[0];
}

export function imageBundle(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const type = imageType(bytes) ?? 'application/octet-stream';
  return { [type]: bytes, 'text/plain': `${type}, ${bytes.length} bytes` };
}
