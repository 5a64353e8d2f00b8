/** All cases, in the order of the table. */
import barlow from './barlow.mjs';
import betaVae from './betaVae.mjs';
import byol from './byol.mjs';
import ista from './ista.mjs';
import langevin from './langevin.mjs';
import maskedWords from './maskedWords.mjs';
import ntXent from './ntxent.mjs';
import simclrResnet from './simclrResnet.mjs';
import swav from './swav.mjs';
import wganGp from './wganGp.mjs';

/** @type {readonly import('./case.mjs').Case[]} */
export const cases = [
  ...ntXent,
  barlow,
  simclrResnet,
  swav,
  byol,
  maskedWords,
  betaVae,
  wganGp,
  langevin,
  ista,
];
