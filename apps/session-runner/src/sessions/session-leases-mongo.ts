/** Leases in MongoDB, and what becomes of the sessions of runners that are gone. */
import { isDuplicateKey } from '@trafficflux/mongo';
import { trusted } from 'mongoose';
import type { JourneyDocument, SessionModels } from './session-models.ts';
import type { AbandonedSession, SessionOwner } from './session-store.ts';

export async function renewLease({ leases }: SessionModels, runner: string): Promise<boolean> {
  const before = await leases
    .findOneAndUpdate(
      { _id: runner },
      { $inc: { beat: 1 }, $set: { given_up: false, renewed_at: new Date() } },
      { upsert: true, returnDocument: 'before' },
    )
    .lean();
  return before?.given_up !== true;
}

export async function listOwners({ sessions, leases }: SessionModels): Promise<SessionOwner[]> {
  const runners = (await sessions.distinct('runner', { status: 'started' })).filter(
    (runner) => typeof runner === 'string',
  );
  const found = await leases.find({ _id: trusted({ $in: runners }) }).lean();
  const beats = new Map(found.map(({ _id, beat }) => [_id, beat]));
  return runners.map((runner) => ({ runner, beat: beats.get(runner) ?? 0 }));
}

/**
 * The lease is marked first: its runner learns of it, whatever happens to us. Journeys end before their sessions, so
 * that whoever comes after us, should we be killed in between, finds the sessions still to be done.
 */
export async function failAbandoned(
  models: SessionModels,
  { runner, beat }: SessionOwner,
  reason: string,
): Promise<readonly AbandonedSession[]> {
  if (!(await giveUp(models, { runner, beat }))) return [];
  const { sessions, journeys, steps } = models;
  const abandoned = await sessions
    .find({ status: 'started', runner }, { _id: 1, user_id: 1, thread_count: 1 })
    .lean();
  const ids = abandoned.map(({ _id }) => _id);
  if (ids.length === 0) return [];
  const ended = { status: 'failed', reason, ended_at: new Date() } as const;
  const open = { session_id: trusted({ $in: ids }), status: null };
  const begun = await journeys
    .find({ ...open, started_at: trusted({ $ne: null }) })
    .lean<JourneyDocument[]>();
  for (const { _id, session_id, journey } of begun) {
    const step_count = await steps.countDocuments({ session_id, journey });
    await journeys.updateOne({ _id, status: null }, { $set: { ...ended, step_count } });
  }
  await journeys.updateMany(open, { $set: ended });
  await sessions.updateMany(
    { _id: trusted({ $in: ids }), status: 'started' },
    { $set: { status: 'failed', updated_at: ended.ended_at } },
  );
  return abandoned.map(({ _id, user_id, thread_count = 0 }) => ({
    id: _id.toHexString(),
    userId: user_id,
    threadCount: thread_count,
  }));
}

async function giveUp({ leases }: SessionModels, { runner, beat }: SessionOwner): Promise<boolean> {
  try {
    const marked = await leases.updateOne(
      { _id: runner, beat },
      { $set: { given_up: true }, $setOnInsert: { renewed_at: new Date() } },
      // A runner without a lease gets one, which tells it when it comes back.
      { upsert: beat === 0 },
    );
    return marked.matchedCount + marked.upsertedCount > 0;
  } catch (error) {
    // It made its lease in this very moment: it lives.
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
