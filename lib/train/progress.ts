/**
 * How a training shows that it runs: a live chart in a notebook, a bar in a terminal, plain lines
 * in a log.
 */
import { lines } from '../plot/lines';
import { duration, progressBar, type Standing } from '../plot/progressBar';
import type { History } from './history';

/**
 * - 'auto': nothing while a training takes less than two seconds; then a chart in a notebook, a bar
 *   elsewhere.
 * - 'chart', 'bar': that from the start (a chart needs a notebook; elsewhere it is a bar). -
 *   'none': nothing.
 */
export type ProgressDisplay = 'auto' | 'chart' | 'bar' | 'none';

export interface ProgressState {
  readonly title: string;
  /** Steps done, of how many. */
  readonly done: number;
  readonly steps: number;
  readonly stepsPerSecond: number;
  readonly history: History;
}

export interface Progress {
  /** Shows the state, if it is time to. Cheap when it is not. */
  update(state: () => ProgressState): void;
  /** Shows the last state. */
  close(state: ProgressState): Promise<void>;
}

export function progress(display: ProgressDisplay, start: number): Progress {
  const bar = progressBar(display === 'chart' || display === 'bar' ? 'now' : display, start);
  const standing = (state: ProgressState): Standing => ({
    done: state.done,
    total: state.steps,
    text: describeProgress(state),
    picture:
      display === 'bar' || state.history.step.length < 2 ? undefined : () => lossChart(state),
  });
  return {
    update: (state) => bar.update(() => standing(state())),
    close: (state) => bar.close(standing(state)),
  };
}

/** `SimCLR: 340 of 600 steps, loss 3.214, 41 steps/s`. */
export function describeDone(state: ProgressState): string {
  return `${state.title}: ${reached(state)}`;
}

/** The same, and `, 6 s left`. */
export function describeProgress(state: ProgressState): string {
  return `${describeDone(state)}${remaining(state)}`;
}

function reached({ done, steps, stepsPerSecond, history }: ProgressState): string {
  const loss = history.loss.at(-1);
  return `${done} of ${steps} steps${loss === undefined ? '' : `, loss ${loss.toPrecision(4)}`}, ${Number(stepsPerSecond.toPrecision(3))} steps/s`;
}

function remaining({ done, steps, stepsPerSecond }: ProgressState): string {
  return done < steps && stepsPerSecond > 0
    ? `, ${duration((steps - done) / stepsPerSecond)} left`
    : '';
}

function lossChart(state: ProgressState): ReturnType<typeof lines> {
  const { step, loss } = state.history;
  const subtitle = `${reached(state)}${remaining(state)}`;
  return lines(
    { loss: { x: step, y: loss } },
    {
      title: state.title,
      subtitle,
      xLabel: 'step',
      yLabel: 'loss',
      xDomain: [0, state.steps],
      points: false,
    },
  );
}
