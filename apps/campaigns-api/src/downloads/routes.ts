// Entries themselves: generated/{id}, generated, download/{id}. All of them are streamed.
import type { CampaignLog, ChunkReader } from '@trafficflux/campaigns';
import type { PrismaClient } from '@trafficflux/campaigns/prisma';
import type { App } from '@trafficflux/service-kit';
import { toCampaignId } from '../campaigns/campaign.ts';
import { parsePage } from '../fields/page.ts';
import { noTraffic } from '../traffic/refusals.ts';
import { readAllEntries } from './all-entries.ts';
import { EntriesGoneError, readEntries } from './entries.ts';
import * as operations from './operations.ts';
import { sendEntries } from './send-entries.ts';

export interface DownloadRoutesOptions {
  readonly prisma: PrismaClient;
  readonly chunks: ChunkReader;
  readonly log: CampaignLog;
  readonly stalledAfterMs?: number;
}

export function addDownloadRoutes(app: App, options: DownloadRoutesOptions): void {
  const { prisma, chunks, log, stalledAfterMs } = options;

  app.get('/api/traffic/generated', { schema: operations.generatedByAll }, (request, reply) => {
    const page = parsePage(request.query, operations.MAX_PAGE);
    return sendEntries(request, reply, {
      before: '{"success":true,"data":',
      after: '}',
      read: (signal) => readAllEntries({ prisma, chunks }, page, signal),
      stalledAfterMs,
    });
  });

  const generated = { schema: operations.generated };
  app.get('/api/traffic/generated/:campaign_id', generated, async (request, reply) => {
    const { limit, offset } = parsePage(request.query, operations.MAX_PAGE);
    return answerAsStored(prisma, request.params.campaign_id, ({ id, total, successful }) => {
      const metadata = {
        total_requests: total,
        successful_requests: successful,
        last_updated: new Date().toISOString(),
      };
      const range = { from: offset + 1, to: Math.min(total, offset + (limit ?? total)) };
      return sendEntries(request, reply, {
        before: '{"success":true,"data":',
        after: `,"metadata":${JSON.stringify(metadata)}}`,
        read: (signal) => readEntries(chunks, id, range, signal),
        stalledAfterMs,
      });
    });
  });

  const download = { schema: operations.download };
  app.get('/api/traffic/download/:campaign_id', download, (request, reply) =>
    answerAsStored(prisma, request.params.campaign_id, ({ id, total, successful }) => {
      reply.removeHeader('content-disposition');
      if (total === 0) throw noTraffic();
      const time = new Date().toISOString();
      const filename = `traffic_${id}_${toStamp(time)}.json`;
      const data = {
        campaign_id: id,
        download_time: time,
        total_requests: total,
        successful_requests: successful,
      };
      reply.header('content-disposition', `attachment; filename="${filename}"`);
      return sendEntries(request, reply, {
        before: `{"success":true,"data":${JSON.stringify(data).slice(0, -1)},"traffic_data":`,
        after: `},"filename":${JSON.stringify(filename)}}`,
        read: (signal) => readEntries(chunks, id, { from: 1, to: total }, signal),
        onSent: () =>
          log.write({ campaignId: id, event: 'downloaded', message: `${total} entries downloaded` }),
        onFailed: () =>
          log.write({ campaignId: id, level: 'error', event: 'error', message: 'A download broke off' }),
        stalledAfterMs,
      });
    }),
  );
}

interface Stored {
  readonly id: string;
  /** As of one moment, like the next. */
  readonly total: number;
  readonly successful: number;
}

/** Entries that are purged after they were counted, and before anything of them was sent, are counted again. */
async function answerAsStored<Answer>(
  prisma: PrismaClient,
  campaignId: string,
  answer: (stored: Stored) => Promise<Answer>,
): Promise<Answer> {
  try {
    return await answer(await getStored(prisma, campaignId));
  } catch (error) {
    if (!(error instanceof EntriesGoneError)) throw error;
    return answer(await getStored(prisma, campaignId));
  }
}

/** @throws {AppError} `not-found` for what is no campaign */
async function getStored(prisma: PrismaClient, text: string): Promise<Stored> {
  const id = toCampaignId(text);
  const select = { lastSequence: true, successfulRequests: true };
  const row = id === null ? null : await prisma.campaign.findUnique({ where: { id }, select });
  if (id === null || row === null) throw noTraffic();
  return { id, total: Number(row.lastSequence), successful: Number(row.successfulRequests) };
}

/** 20261128_134931, in UTC. */
function toStamp(time: string): string {
  return time.slice(0, 19).replace(/[-:]/g, '').replace('T', '_');
}
