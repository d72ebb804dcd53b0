/** What is written down about a campaign: one line in the log of the process, and the same for whoever reads the campaign's. */
import type pg from 'pg';

export interface LogLine {
  readonly campaignId: string;
  /** `info` if it is left out. */
  readonly level?: 'info' | 'error';
  readonly event:
    | 'created'
    | 'updated'
    | 'deleted'
    | 'status'
    | 'started'
    | 'taken-over'
    | 'stopped'
    | 'completed'
    | 'cleaned-up'
    | 'downloaded'
    | 'error';
  readonly message: string;
}

export interface CampaignLog {
  /** Never fails: a line that the database cannot take stands in the log of the process all the same. */
  write(line: LogLine): void;
  /** Resolves when no line is on its way any more. */
  settle(): Promise<void>;
}

/** The log of the process. */
export type LineLogger = Readonly<
  Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>
>;

/** A campaign that is unknown, or deleted meanwhile, takes no line. */
const INSERT = `INSERT INTO campaign_logs (campaign_id, level, event, message)
  SELECT id, $2, $3, $4 FROM campaigns WHERE id = $1`;

export function createCampaignLog(pool: pg.Pool, logger: LineLogger): CampaignLog {
  const onTheirWay = new Set<Promise<unknown>>();
  return {
    write({ campaignId, level = 'info', event, message }) {
      logger[level]({ campaign_id: campaignId, event }, message);
      const writing: Promise<unknown> = pool
        .query(INSERT, [campaignId, level, event, message])
        .catch((error: unknown) =>
          logger.warn({ err: error, campaign_id: campaignId }, 'a line could not be added to the campaign'),
        )
        .finally(() => onTheirWay.delete(writing));
      onTheirWay.add(writing);
    },
    async settle() {
      await Promise.all(onTheirWay);
    },
  };
}
