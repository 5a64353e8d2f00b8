/**
 * Protocol Buffers' wire format, writing only: what a TensorFlow graph takes, and no more.
 *
 * A message is the concatenation of its fields; each is a tag (field number and wire type) and a
 * value.
 */

/** A field in its final bytes. */
export type Field = Uint8Array;

/** Joins fields into a message. */
export function message(...fields: readonly (Field | readonly Field[])[]): Uint8Array {
  return Buffer.concat(fields.flat() as Uint8Array[]);
}

/** An integer, enumeration or boolean. Negative numbers take ten bytes, as int64 does. */
export function integer(field: number, value: number | boolean): Field {
  return Buffer.concat([varint(field << 3), varint(Number(value))]);
}

/** A 32-bit float. */
export function float(field: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return Buffer.concat([varint((field << 3) | 5), bytes]);
}

/** A string, bytes, or a message inside a message. */
export function bytes(field: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([varint((field << 3) | 2), varint(content.byteLength), content]);
}

/** Many integers in one field. */
export function packedIntegers(field: number, values: readonly (number | boolean)[]): Field {
  return bytes(field, Buffer.concat(values.map((value) => varint(Number(value)))));
}

/** Many floats in one field. */
export function packedFloats(field: number, values: readonly number[]): Field {
  const content = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => content.writeFloatLE(value, 4 * i));
  return bytes(field, content);
}

/** An entry of a map from strings to messages. */
export function entry(field: number, key: string, value: Uint8Array): Field {
  return bytes(field, message(bytes(1, key), bytes(2, value)));
}

/** An entry of a map from strings to strings. */
export function entryOfText(field: number, key: string, value: string): Field {
  return bytes(field, message(bytes(1, key), bytes(2, value)));
}

function varint(value: number): Uint8Array {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}
