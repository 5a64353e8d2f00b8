/**
 * What a page carries: everything that it shows, as one JSON text. Numbers in bulk are base64 of
 * their bytes, little-endian.
 */
import type { Framing } from '../../data/pictures/framing';
import type { Operations } from './replay';

export interface Payload {
  readonly title: string;
  readonly files: readonly string[];
  readonly tiles: Tiles;
  /** Uint16 [n, 2]: places on the map, 0 to 65,535 along the longer side. */
  readonly places: string;
  /** Float32 [n]: how far the nearest picture is that is drawn before this one, in units of the map. */
  readonly spacing: string;
  readonly embeddings: PackedRows;
  readonly labels?: { readonly classes: readonly string[]; readonly index: string };
  readonly predictions?: {
    readonly classes: readonly string[];
    readonly index: string;
    readonly confidence: string;
  };
  /** Pairs of near-duplicates, the most alike first. */
  readonly duplicates: PackedPairs;
  readonly encoder?: PackedEncoder;
}

/** Thumbnails, side by side in rows on square sheets. */
export interface Tiles {
  /** Pixels of a thumbnail's side. */
  readonly side: number;
  readonly columns: number;
  /** Thumbnails on a full sheet. */
  readonly perSheet: number;
  /** Data URLs. */
  readonly sheets: readonly string[];
  /** Uint8 [n, 3]: the mean colour of each. */
  readonly colors: string;
}

/** Rows of length 1, as 16-bit integers: row i is `scales[i]` times its integers. */
export interface PackedRows {
  readonly dim: number;
  /** Int16 [n, dim]. */
  readonly values: string;
  /** Float32 [n]. */
  readonly scales: string;
}

export interface PackedPairs {
  /** Int32 [pairs, 2]. */
  readonly pairs: string;
  /** Float32 [pairs], from 1 downwards. */
  readonly likeness: string;
  /** Pairs below this are not listed. */
  readonly least: number;
}

export interface PackedEncoder extends Framing {
  readonly side: number;
  readonly channels: 1 | 3;
  readonly operations: Operations;
  /** Float32: the values of all constants, one after the other. */
  readonly values: string;
}
