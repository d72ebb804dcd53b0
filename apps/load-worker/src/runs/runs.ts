/** The runs of this worker, one a campaign. */
import type { CampaignRun } from './campaign-run.ts';

export class Runs {
  readonly #byCampaign = new Map<string, CampaignRun>();

  get size(): number {
    return this.#byCampaign.size;
  }

  /** Takes the place of an older claim of the same campaign. */
  add(run: CampaignRun): void {
    this.#byCampaign.get(run.campaignId)?.close();
    this.#byCampaign.set(run.campaignId, run);
  }

  find(campaignId: string): CampaignRun | undefined {
    return this.#byCampaign.get(campaignId);
  }

  /** Gives a run up: nothing of it starts any more, and nothing is written. False if that was done before. */
  drop(run: CampaignRun): boolean {
    if (run.state === 'over') return false;
    run.close();
    if (this.#byCampaign.get(run.campaignId) === run) this.#byCampaign.delete(run.campaignId);
    return true;
  }

  [Symbol.iterator](): IterableIterator<CampaignRun> {
    return this.#byCampaign.values();
  }
}
