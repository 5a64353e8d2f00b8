// @ts-check
/** What is done to a picture before a network sees it: the same for every method, labels or none. */
import { augment } from 'dark-matter';

/** @typedef {import('dark-matter').Tensor4D} Tensor4D */
/** @typedef {import('dark-matter').Key} Key */

/** SimCLR's for CIFAR-10; a crop keeps a fifth at least, which a training of minutes can learn from. */
const view = augment.simclrView({ scale: [0.2, 1] });

/** Two views of each picture. */
export const twoViews = augment.twoViews(view);

/**
 * One view, and the label.
 *
 * @param {{ images: Tensor4D, labels: import('dark-matter').Tensor1D }} examples
 * @param {Key} key
 */
export const oneView = ({ images, labels }, key) => ({ x: view(images, key), labels });
