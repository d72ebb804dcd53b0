export type { ChunkReader, EntryRange, StoredChunk } from './chunks/chunk-reader.ts';
export type { Chunk, ChunkOutcome, ChunkValue, ChunkWriter } from './chunks/chunk-writer.ts';
export { type PackedEntries, packEntries, unpackEntries } from './chunks/packed-entries.ts';
export { createChunkReader } from './chunks/read-chunks.ts';
export { createChunkWriter } from './chunks/write-chunks.ts';
export { createEntryGenerator } from './entries/create-entry-generator.ts';
export type { EntryGenerator, EntryPlace, Outcome } from './entries/entry-generator.ts';
export { Sheet } from './entries/sheet.ts';
export {
  CAMPAIGN_QUEUE,
  type CampaignEvent,
  type CampaignEventType,
  toCampaignTopic,
  toJobId,
  type WakeUp,
  WORKER_TOPIC,
  type WorkerSignal,
} from './events.ts';
export { type CampaignLog, createCampaignLog, type LogLine } from './log/campaign-log.ts';
export { campaignMigrations } from './migrations.ts';
export { createOwnership } from './ownership/create-ownership.ts';
export type {
  OwnedRun,
  Ownership,
  OwnershipOptions,
  RunKey,
  SentRecord,
  WorkerPresence,
} from './ownership/ownership.ts';
export { countSlots, firstSlotAt, slotTimeMs } from './pacing.ts';
export {
  DEFAULT_PROFILE,
  type JsonObject,
  type JsonValue,
  type PlannedProfile,
  type RunPlan,
} from './plan.ts';
export type {
  CampaignStates,
  StartedRun,
  StartOutcome,
  StateChange,
  StateOutcome,
} from './state/campaign-states.ts';
export { createCampaignStates } from './state/create-campaign-states.ts';
export {
  type CampaignState,
  type CampaignStatus,
  isStatus,
  type RunEffect,
  STATUSES,
  type Transition,
  transition,
} from './status.ts';
