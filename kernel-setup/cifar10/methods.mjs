// @ts-check
/** The contestants that are trained: one encoder, one set of views, and what each paper says else. */
import { contrastive, nn, noncontrastive, supervised } from 'dark-matter';

/** Of the projectors' output: where the losses are computed. */
const dim = 128;

/**
 * He et al.'s network for CIFAR-10 (2016, section 4.2) with one block a stage: ResNet-8. Its output
 * has 4 `width` features.
 *
 * @param {number} width
 */
export const encoderOf = (width) => nn.resnet({ width, channels: 3 });

/**
 * Methods by their names. What learns from labels takes { x, labels }, all others two views.
 *
 * @param {{ width: number, steps: Record<string, number> }} given `steps` of each method: a moving
 * average that remembers a tenth of them suits a short training and a long one.
 */
export function methodsOf({ width, steps }) {
  const encoder = encoderOf(width);
  const features = 4 * width;
  const networks = { encoder, projector: nn.projector([features, 256, dim]) };
  const predictor = nn.predictor(dim, 256);
  const momentum = (/** @type {string} */ name) =>
    Number((1 - 10 / Math.max(steps[name] ?? 0, 100)).toFixed(4));
  return {
    SimCLR: contrastive.simclr(networks),
    VICReg: noncontrastive.vicreg(networks),
    'Barlow Twins': noncontrastive.barlowTwins(networks),
    BYOL: noncontrastive.byol({ ...networks, predictor, momentum: momentum('BYOL') }),
    MoCo: contrastive.moco({ ...networks, dim, momentum: momentum('MoCo') }),
    SwAV: noncontrastive.swav({ ...networks, dim, prototypes: 100 }),
    DINO: noncontrastive.dino({ ...networks, dim, prototypes: 256, momentum: momentum('DINO') }),
    supervised: supervised({ encoder, features, classes: 10 }),
  };
}

/** @typedef {keyof ReturnType<typeof methodsOf>} MethodName */
