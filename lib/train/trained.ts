/** What a training gives back. */
import type { Report } from '../core/compile';
import type { Displayable } from '../plot/display';
import type { History } from './history';

/**
 * A finished training, or what there is of one. In a notebook it shows itself as a line of text.
 */
export interface Trained<P, S> extends Displayable {
  readonly params: P;
  readonly state: S;
  /** Steps done. */
  readonly steps: number;
  /** Of this run; a resumed one begins at its checkpoint. */
  readonly history: History;
  /** The loop's wall time, and the steps of this run over it, the compiling included. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** True when the training was stopped before its last step. */
  readonly interrupted: boolean;
  /** How the step was compiled. */
  readonly report: Report;
  /** Frees the parameters and the state. */
  dispose(): void;
}
