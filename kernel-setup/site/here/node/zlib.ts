/** `node:zlib`, as far as pictures ask: PNGs of our own are not compressed (RFC 1950 and 1951, stored blocks). */
import { Bytes } from './bytes';

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let bit = 0; bit < 8; bit++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

export function crc32(bytes: Uint8Array): number {
  let sum = ~0;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  return ((b << 16) | a) >>> 0;
}

const LONGEST = 65535;

export function deflateSync(bytes: Uint8Array): Bytes {
  const blocks: Uint8Array[] = [Uint8Array.of(0x78, 0x01)];
  for (let at = 0; at === 0 || at < bytes.length; at += LONGEST) {
    const block = bytes.subarray(at, at + LONGEST);
    const last = at + LONGEST >= bytes.length ? 1 : 0;
    const [low, high] = [block.length & 255, block.length >> 8];
    blocks.push(Uint8Array.of(last, low, high, ~low & 255, ~high & 255), block);
  }
  const end = Bytes.alloc(4);
  end.writeUInt32BE(adler32(bytes));
  return Bytes.concat([...blocks, end]);
}
