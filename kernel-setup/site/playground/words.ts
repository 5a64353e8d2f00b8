/** What the page says of each choice. */
import type { Mechanism, Twins } from './messages';

export const mechanisms: Record<Mechanism, string> = {
  nothing:
    'The energy is pushed down on the points, and nothing pushes it up. It becomes equally low everywhere: it has collapsed.',
  nce: 'The network learns to tell the points from uniform noise. The energy goes down on the points and up on the noise.',
  cd: 'Samples walk downhill on the energy. It is pushed up where they arrive, and down on the points.',
  score: 'Each point is shaken, and the slope must lead back to it. No noise points are needed.',
  vae: 'A point is rebuilt from a noisy latent that can hold little. The energy is the cost of coding the point (a bound on -log p).',
  kmeans:
    'The energy is the squared distance to the nearest of a few codes. Only a few places can be low. It is fitted at once, without training.',
};

export const methods: Record<Twins, { readonly by: string; readonly why: string }> = {
  agreement: {
    by: 'there is nothing to hold it up',
    why: 'Twins are pulled together and nothing else is asked. The same place for everybody is a perfect answer: collapse.',
  },
  simclr: {
    by: 'strangers are pushed apart',
    why: 'Twins are pulled together, and all other pairs of the batch (the negatives) are pushed apart.',
  },
  vicreg: {
    by: 'variance and covariance terms',
    why: 'Each coordinate must keep a standard deviation of 1, and no two coordinates may say the same.',
  },
  barlow: {
    by: 'standardised, uncorrelated coordinates',
    why: 'The correlation of the twins’ coordinates is pushed towards the identity matrix.',
  },
  byol: {
    by: 'a predictor',
    why: 'One network predicts what a slow average of itself says of the twin. Without the predictor it collapses.',
  },
};
