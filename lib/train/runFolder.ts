import { dirname, join, relative } from 'node:path';
import { saveCheckpoint } from './checkpoint';
import type { History } from './history';
import { HistoryFile } from './historyFile';
import { nameOf, type Identity } from './identity';
import { metadataOf, writeIdentity, type Resumed } from './resume';

/** Milliseconds between two writings of the history, where no checkpoint is saved meanwhile. */
const HISTORY_INTERVAL = 10_000;

/** Where a run's checkpoints and its history go: a folder of its own, for runs do not mix. */
export class RunFolder {
  private lastHistory = performance.now();
  private begun = false;

  private constructor(
    readonly path: string,
    private readonly keep: number,
    private readonly identity: Identity,
    private readonly history: HistoryFile,
  ) {}

  /** @param resumed the checkpoint that the run goes on from, if any, after its first steps. */
  static async open(
    { dir, keep = 2 }: { readonly dir: string; readonly keep?: number },
    identity: Identity,
    resumed:
      | { readonly from: Resumed<unknown>; readonly first: number; readonly same: boolean }
      | undefined,
  ): Promise<RunFolder> {
    const before = resumed && dirname(resumed.from.file);
    const stays = resumed?.same && before !== undefined && relative(dir, dirname(before)) === '';
    const path = stays ? before : join(dir, nameOf(identity));
    const earlier = resumed && { folder: before!, first: resumed.first };
    return new RunFolder(path, keep, identity, await HistoryFile.open(path, earlier));
  }

  async save(carry: unknown, step: number, history: History): Promise<void> {
    await this.begin();
    const metadata = metadataOf(this.identity);
    await saveCheckpoint(this.path, step, carry, { keep: this.keep, metadata });
    await this.writeHistory(history);
  }

  historyIsDue(): boolean {
    return performance.now() - this.lastHistory >= HISTORY_INTERVAL;
  }

  async writeHistory(history: History): Promise<void> {
    await this.begin();
    await this.history.write(history);
    this.lastHistory = performance.now();
  }

  private async begin(): Promise<void> {
    if (!this.begun) await writeIdentity(this.path, this.identity);
    this.begun = true;
  }
}
