/** Looks at campaigns in the database, also while it comes and goes. */
import { setTimeout as wait } from 'node:timers/promises';
import type pg from 'pg';

export interface Look {
  readonly status: string;
  readonly isGenerating: boolean;
  readonly epoch: number;
  readonly owner: string | null;
  readonly lastSequence: number;
  /** Of the last chunk; 0 without one. */
  readonly writtenEpoch: number;
}

export interface Eyes {
  /** Null while the database is away. */
  look(campaignId: string): Promise<Look | null>;
  /** Looks again and again, until what is seen satisfies; null when the time is over. */
  until(campaignId: string, isSeen: (look: Look) => boolean, deadline: number): Promise<Look | null>;
}

export const LOOK_AGAIN_MS = 8;

const LOOK = `
  SELECT status, is_generating AS "isGenerating", epoch::int, owner, last_sequence::int AS "lastSequence",
    coalesce((SELECT chunks.epoch::int FROM chunks WHERE campaign_id = campaigns.id
      ORDER BY chunks.last_sequence DESC LIMIT 1), 0) AS "writtenEpoch"
  FROM campaigns WHERE id = $1`;

export function createEyes(pool: pg.Pool): Eyes {
  async function look(campaignId: string): Promise<Look | null> {
    try {
      return (await pool.query<Look>(LOOK, [campaignId])).rows[0] ?? null;
    } catch {
      return null;
    }
  }
  return {
    look,
    async until(campaignId, isSeen, deadline) {
      while (performance.now() < deadline) {
        const seen = await look(campaignId);
        if (seen !== null && isSeen(seen)) return seen;
        await wait(LOOK_AGAIN_MS);
      }
      return null;
    },
  };
}

/** Whether a worker should be storing entries of it. */
export function isRunning({ status, isGenerating }: Look): boolean {
  return isGenerating && status === 'running';
}
