/** Bytes as text and back, in a browser and in Node. */

/** The bytes of a base64 text, in memory of their own. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

export const floats = (text: string): Float32Array => new Float32Array(bytesOf(text).buffer);
export const shorts = (text: string): Int16Array => new Int16Array(bytesOf(text).buffer);
export const unsignedShorts = (text: string): Uint16Array => new Uint16Array(bytesOf(text).buffer);
export const integers = (text: string): Int32Array => new Int32Array(bytesOf(text).buffer);
