/**
 * Marks a shared library (ELF, 64 bits) so that its initialisers run before those of the libraries
 * it needs: what `ld -z initfirst` does, and zig's linker does not know.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const dynamicSegment = 2;
const flagsEntry = 0x6ffffffbn;
const initFirst = 0x20n;

/**
 * @param {string} path of a library that was linked with `-z now`, which gives it the entry that
 * holds such marks
 */
export function markInitFirst(path) {
  const elf = readFileSync(path);
  const place = flagsPlace(elf);
  elf.writeBigUInt64LE(elf.readBigUInt64LE(place) | initFirst, place);
  writeFileSync(path, elf);
}

/**
 * Where the value of DT_FLAGS_1 lies in the file.
 *
 * @param {Buffer} elf
 */
export function flagsPlace(elf) {
  if (elf.toString('latin1', 1, 4) !== 'ELF') throw new Error('not an ELF file');
  const headers = Number(elf.readBigUInt64LE(32));
  const headerSize = elf.readUInt16LE(54);
  for (let i = 0; i < elf.readUInt16LE(56); i++) {
    const header = headers + i * headerSize;
    if (elf.readUInt32LE(header) !== dynamicSegment) continue;
    const start = Number(elf.readBigUInt64LE(header + 8));
    const end = start + Number(elf.readBigUInt64LE(header + 32));
    for (let entry = start; entry < end; entry += 16) {
      if (elf.readBigUInt64LE(entry) === flagsEntry) return entry + 8;
    }
  }
  throw new Error('the library has no DT_FLAGS_1: it was linked without -z now');
}
