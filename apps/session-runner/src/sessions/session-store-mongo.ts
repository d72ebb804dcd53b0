/**
 * Sessions in MongoDB, without transactions, which need a replica set. What belongs together is written in an order
 * in which every beginning of it is true, under conditions that make repeating it harmless.
 */
import { isDuplicateKey, isMongoUnavailable, type Mongo } from '@trafficflux/mongo';
import { mongo as driver, Types, trusted } from 'mongoose';
import type { JourneyEnd, JourneyStep } from '../journeys/journey.ts';
import { type FoldedBatch, foldBatch } from './fold-batch.ts';
import { failAbandoned, listOwners, renewLease } from './session-leases-mongo.ts';
import {
  type JourneyDocument,
  type SessionDocument,
  type SessionModels,
  type StepDocument,
  toSessionModels,
} from './session-models.ts';
import {
  type ActiveSession,
  isSessionId,
  type NewSession,
  type SessionStore,
  SessionStoreRefusedError,
  SessionStoreUnavailableError,
  type StoredJourney,
  type StoredSession,
} from './session-store.ts';

/** Keeps sessions in the database of `mongo`, which `prepareMongoSessions` has prepared. */
export function createMongoSessionStore(mongo: Mongo): SessionStore {
  const models = toSessionModels(mongo);
  const { sessions, leases } = models;
  const ask = <Result>(work: () => Promise<Result>) => askStore(mongo, work);
  return {
    create: (session) => ask(() => create(models, session)),
    write: (batch) =>
      ask(async () => {
        if (batch.length > 0) await write(models, foldBatch(batch));
      }),
    find: (id) =>
      ask(async () => {
        if (!isSessionId(id)) return null;
        const found = await sessions.findById(new Types.ObjectId(id)).lean<SessionDocument>();
        return found && toSession(found);
      }),
    listJourneys: (id) => ask(async () => (isSessionId(id) ? listJourneys(models, id) : [])),
    listByUser: (user_id, limit) =>
      ask(async () => {
        const newest = sessions.find({ user_id }).sort({ created_at: -1, _id: -1 }).limit(limit);
        return (await newest.lean<SessionDocument[]>()).map(toSession);
      }),
    listActive: (userId) => ask(() => listActive(models, userId)),
    countElsewhere: (runner) =>
      ask(() => sessions.countDocuments({ status: 'started', runner: trusted({ $ne: runner }) })),
    listStarted: (runner) =>
      ask(async () => {
        const found = await sessions.find({ status: 'started', runner }, { _id: 1 }).lean();
        return found.map(({ _id }) => _id.toHexString());
      }),
    renewLease: (runner) => ask(() => renewLease(models, runner)),
    dropLease: (runner) => ask(async () => void (await leases.deleteOne({ _id: runner }))),
    listOwners: () => ask(() => listOwners(models)),
    failAbandoned: (owner, reason) => ask(() => failAbandoned(models, owner, reason)),
    ping: () => ask(() => mongo.ping()),
  };
}

/** Makes the indexes; repeating it changes nothing. @throws {SessionStoreUnavailableError} */
export async function prepareMongoSessions(mongo: Mongo): Promise<void> {
  const { sessions, journeys, steps } = toSessionModels(mongo);
  await askStore(mongo, async () => {
    await sessions.collection.createIndex({ user_id: 1, created_at: -1, _id: -1 });
    await sessions.collection.createIndex({ status: 1, runner: 1 });
    await sessions.collection.createIndex({ user_id: 1, status: 1 });
    await journeys.collection.createIndex({ session_id: 1, journey: 1 });
    await steps.collection.createIndex({ session_id: 1, journey: 1, number: 1 });
  });
}

/** The journeys come first: a session that is there has all of them. */
async function create({ sessions, journeys }: SessionModels, session: NewSession): Promise<void> {
  const session_id = new Types.ObjectId(session.id);
  const documents = Array.from({ length: session.threadCount }, (_, index) => ({
    _id: `${session.id}/${index + 1}`,
    session_id,
    journey: index + 1,
    started_at: null,
    ended_at: null,
    status: null,
    reason: null,
    step_count: null,
  }));
  await journeys.insertMany(documents, { throwOnValidationError: true });
  await sessions.insertOne({
    _id: session_id,
    user_id: session.userId,
    search_keyword: session.searchKeyword,
    target_domain: session.targetDomain,
    status: 'started',
    created_at: session.createdAt,
    updated_at: session.createdAt,
    thread_count: session.threadCount,
    driver: session.driver,
    runner: session.runner,
  });
}

/** Steps, then journeys, then sessions: an end that can be seen has everything before it. */
async function write(models: SessionModels, batch: FoldedBatch): Promise<void> {
  const live = await findLive(models, batch);
  const isLive = ({ session_id }: { session_id: string }) => live.has(session_id);
  await writeSteps(
    models,
    batch.steps.filter(isLive).map((step) => ({
      ...step,
      _id: `${step.session_id}/${step.journey}/${step.number}`,
      session_id: new Types.ObjectId(step.session_id),
    })),
  );
  const ended = batch.sessions.filter(({ id, status }) => status !== null && live.has(id));
  await writeAll(models.journeys, [
    ...batch.journeys.filter(isLive).map(({ session_id, journey, ...change }) => ({
      updateOne: {
        filter: { _id: `${session_id}/${journey}`, status: null },
        update: { $set: withoutNulls(change) },
      },
    })),
    ...ended.map(({ id, reason, at }) => ({
      updateMany: {
        filter: { session_id: new Types.ObjectId(id), status: null },
        update: { $set: { status: 'failed', reason, ended_at: at } },
      },
    })),
  ]);
  await writeAll(
    models.sessions,
    batch.sessions
      .filter(({ id }) => live.has(id))
      .map(({ id, status, at }) => ({
        updateOne: {
          filter: { _id: new Types.ObjectId(id), status: 'started' },
          update: { ...(status !== null && { $set: { status } }), $max: { updated_at: at } },
        },
      })),
  );
}

async function findLive({ sessions }: SessionModels, batch: FoldedBatch): Promise<Set<string>> {
  const ids = batch.sessions.map(({ id }) => new Types.ObjectId(id));
  const found = await sessions
    .find({ _id: trusted({ $in: ids }), status: 'started' }, { _id: 1 })
    .lean<{ _id: Types.ObjectId }[]>();
  return new Set(found.map(({ _id }) => _id.toHexString()));
}

async function writeSteps({ steps }: SessionModels, documents: readonly StepDocument[]): Promise<void> {
  if (documents.length === 0) return;
  try {
    await steps.insertMany(documents, { ordered: false, lean: true, throwOnValidationError: true });
  } catch (error) {
    // Steps of a batch whose answer was lost are there already; the others have been inserted all the same.
    if (!isOnlyDuplicates(error)) throw error;
  }
}

function isOnlyDuplicates(error: unknown): boolean {
  if (!(error instanceof driver.MongoBulkWriteError)) return isDuplicateKey(error);
  const failures = [error.writeErrors].flat();
  return failures.length > 0 && failures.every(({ code }) => code === 11000);
}

async function writeAll<Document>(
  model: { bulkWrite(operations: Document[], options: { ordered: boolean }): Promise<unknown> },
  operations: Document[],
): Promise<void> {
  if (operations.length > 0) await model.bulkWrite(operations, { ordered: true });
}

function withoutNulls(change: object): object {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null));
}

async function listActive({ sessions, journeys }: SessionModels, user_id: string): Promise<ActiveSession[]> {
  const found = await sessions
    .find({ user_id, status: 'started' })
    .sort({ created_at: 1, _id: 1 })
    .lean<SessionDocument[]>();
  const ids = found.map(({ _id }) => _id);
  const progress = await journeys
    .find({ session_id: trusted({ $in: ids }) }, { session_id: 1, started_at: 1, status: 1 })
    .lean<JourneyDocument[]>();
  const bySession = Map.groupBy(progress, ({ session_id }) => session_id.toHexString());
  return found.map((document) => {
    const made = bySession.get(document._id.toHexString()) ?? [];
    return {
      ...toSession(document),
      runningThreads: made.filter(({ started_at, status }) => started_at !== null && status === null).length,
      completedThreads: made.filter(({ status }) => status !== null).length,
    };
  });
}

async function listJourneys({ journeys, steps }: SessionModels, id: string): Promise<StoredJourney[]> {
  const session_id = new Types.ObjectId(id);
  const [journeyDocuments, stepDocuments] = await Promise.all([
    journeys.find({ session_id }).sort({ journey: 1 }).lean<JourneyDocument[]>(),
    steps.find({ session_id }).sort({ journey: 1, number: 1 }).lean<StepDocument[]>(),
  ]);
  const byJourney = Map.groupBy(stepDocuments, ({ journey }) => journey);
  return journeyDocuments.map((document) => {
    const made = byJourney.get(document.journey) ?? [];
    return {
      journey: document.journey,
      startedAt: document.started_at,
      endedAt: document.ended_at,
      end: toEnd(document),
      steps: made.slice(0, document.step_count ?? made.length).map(toStep),
    };
  });
}

/** Codes of values that the server does not take: BadValue, TypeMismatch, a failed validation, a document too large. */
const REFUSED_CODES = new Set([2, 14, 121, 10334, 17280]);

async function askStore<Result>(mongo: Mongo, work: () => Promise<Result>): Promise<Result> {
  try {
    return await mongo.endSilence(work);
  } catch (error) {
    throw toStoreError(error);
  }
}

function toStoreError(error: unknown): unknown {
  if (isMongoUnavailable(error)) {
    return new SessionStoreUnavailableError('The session store is out of reach.', { cause: error });
  }
  const isRefused = error instanceof driver.MongoServerError && REFUSED_CODES.has(Number(error.code));
  if (!isRefused) return error;
  return new SessionStoreRefusedError('The session store refused what it was given.', { cause: error });
}

function toSession(document: SessionDocument): StoredSession {
  return {
    id: document._id.toHexString(),
    userId: document.user_id,
    searchKeyword: document.search_keyword,
    targetDomain: document.target_domain,
    threadCount: document.thread_count ?? 1,
    driver: document.driver ?? 'dry-run',
    runner: document.runner ?? '',
    createdAt: document.created_at,
    status: document.status,
    updatedAt: document.updated_at,
  };
}

function toEnd({ status, reason }: JourneyDocument): JourneyEnd | null {
  if (status === null) return null;
  return status === 'failed' ? { status, reason: reason ?? '' } : { status };
}

function toStep(document: StepDocument): JourneyStep {
  return {
    number: document.number,
    action: document.action,
    url: document.url,
    outcome: document.outcome,
    status: document.status,
    startedAtMs: document.started_at_ms,
    durationMs: document.duration_ms,
    bytes: document.bytes,
    matches: document.matches,
    note: document.note,
  };
}
