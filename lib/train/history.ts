import { tf, type Tensor } from '../core/engine';
import type { BadExample } from './nonFinite';

/**
 * Every step's loss and metrics, in columns: `history.loss[i]` is the loss at step
 * `history.step[i]`, before its update.
 */
export interface History {
  readonly step: readonly number[];
  readonly loss: readonly number[];
  readonly metrics: Readonly<Record<string, readonly number[]>>;
}

/**
 * Collects the records of steps as tensors and reads many at once, so that a step does not wait for
 * its figures.
 */
export class HistoryWriter implements History {
  readonly step: number[] = [];
  readonly loss: number[] = [];
  readonly metrics: Record<string, number[]> = {};
  names: readonly string[] = [];
  /** The tensors of the batch that the record tells of: see `firstBad`. */
  watched: readonly string[] = [];
  /** The first example that was found not to be finite. */
  badExample: BadExample | undefined;
  private pending: { step: number; record: Tensor }[] = [];

  /** Takes over a record, [1 + metrics + watched]. */
  push(step: number, record: Tensor): void {
    this.pending.push({ step, record });
  }

  /** The loss of the step pushed last. */
  latestLoss(): number {
    const last = this.pending.at(-1);
    return last ? last.record.dataSync()[0]! : (this.loss.at(-1) ?? NaN);
  }

  /** Reads what is pending. @returns the first step whose loss is not finite, if there is one. */
  read(): number | undefined {
    if (this.pending.length === 0) return undefined;
    const records = this.pending.map(({ record }) => record);
    const all = tf.tidy(() => tf.stack(records));
    const values = all.dataSync();
    tf.dispose([all, ...records]);
    const metrics = 1 + this.names.length;
    const width = metrics + this.watched.length;
    let bad: number | undefined;
    this.pending.forEach(({ step }, i) => {
      const loss = values[i * width]!;
      if (!Number.isFinite(loss)) bad ??= step;
      this.step.push(step);
      this.loss.push(loss);
      this.names.forEach((name, k) => (this.metrics[name] ??= []).push(values[i * width + 1 + k]!));
      this.watched.forEach((path, k) => {
        const example = values[i * width + metrics + k]!;
        if (example >= 0) this.badExample ??= { path, example, step };
      });
    });
    this.pending = [];
    return bad;
  }

  /** Frees what was not read. */
  dispose(): void {
    tf.dispose(this.pending.map(({ record }) => record));
    this.pending = [];
  }

  /** The columns alone. */
  columns(): History {
    return { step: this.step, loss: this.loss, metrics: this.metrics };
  }
}
