// The entries of all campaigns, one campaign after the other in the order of their creation.
import type { ChunkReader } from '@trafficflux/campaigns';
import type { PrismaClient } from '@trafficflux/campaigns/prisma';
import type { Page } from '../fields/page.ts';
import { EntriesGoneError, readEntries, type StoredRange } from './entries.ts';

export interface AllEntriesOptions {
  readonly prisma: PrismaClient;
  readonly chunks: ChunkReader;
}

const BATCH = 100;

/** Yields entries as `readEntries` does. `offset` passes whole campaigns over without reading them. */
export async function* readAllEntries(
  options: AllEntriesOptions,
  { limit, offset }: Page,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void> {
  let skip = offset;
  let left = limit ?? Number.POSITIVE_INFINITY;
  for await (const { id, lastSequence } of listCampaigns(options.prisma)) {
    const total = Number(lastSequence);
    if (signal.aborted) return;
    if (skip >= total) {
      skip -= total;
      continue;
    }
    const range = { from: skip + 1, to: Math.min(total, skip + left) };
    yield* readUnlessGone(options.chunks, id, range, signal);
    left -= range.to - skip;
    skip = 0;
    if (left === 0) return;
  }
}

/** A campaign that is deleted before its turn comes is none; one that is deleted while it is read must not end well. */
async function* readUnlessGone(chunks: ChunkReader, id: string, range: StoredRange, signal: AbortSignal) {
  let hasBegun = false;
  try {
    for await (const piece of readEntries(chunks, id, range, signal)) {
      hasBegun = true;
      yield piece;
    }
  } catch (error) {
    if (hasBegun || !(error instanceof EntriesGoneError)) throw error;
  }
}

async function* listCampaigns(prisma: PrismaClient) {
  let after = -1n;
  for (;;) {
    const rows = await prisma.campaign.findMany({
      where: { number: { gt: after }, lastSequence: { gt: 0 } },
      orderBy: { number: 'asc' },
      take: BATCH,
      select: { id: true, number: true, lastSequence: true },
    });
    yield* rows;
    after = rows.at(-1)?.number ?? after;
    if (rows.length < BATCH) return;
  }
}
