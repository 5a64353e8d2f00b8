/** The encoder, in the page. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { floats } from './base64';
import type { PackedEncoder } from './payload';
import { replay } from './replay';
import { toGray, toSquare } from './resize';

/** A picture as the encoder sees it, and what the encoder gives for it. */
export interface Seen {
  /** [side, side, channels], bytes. */
  readonly pixels: Uint8Array;
  readonly embedding: Float32Array;
}

/** Pixels a side that are decoded: larger pictures are made smaller by the browser first. */
const LARGEST = 4096;

/** The browser cannot decode it. */
export class NoPicture extends Error {}

/** @throws NoPicture when the file is none that the browser can read. */
export async function see(file: Blob, encoder: PackedEncoder): Promise<Seen> {
  const pixels = await pixelsOf(file, encoder);
  await tf.setBackend('cpu');
  const input = Float32Array.from(pixels, (byte) => byte / 255);
  return { pixels, embedding: replay(tf, encoder.operations, floats(encoder.values), input) };
}

async function pixelsOf(
  file: Blob,
  { side, channels, fit, ground }: PackedEncoder,
): Promise<Uint8Array> {
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(() => {
    throw new NoPicture();
  });
  const shrink = Math.min(1, LARGEST / Math.max(image.width, image.height));
  const [width, height] = [image.width, image.height].map((length) =>
    Math.max(1, Math.round(length * shrink)),
  ) as [number, number];
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true })!;
  context.fillStyle = `rgb(${ground.join(',')})`;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, 0, 0, width, height);
  image.close();
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = data[4 * i + c]!;
  const isJpeg = file.type === 'image/jpeg';
  const raster = { width, height, channels: 3, data: rgb };
  const square = toSquare(raster, side, { fit, ground, isJpeg });
  return channels === 3 ? square : toGray(square);
}
