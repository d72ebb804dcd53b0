/** The collections of `session-store-mongo.ts`: `sessions` as documented with further fields, and what it points to. */
import type { Mongo } from '@trafficflux/mongo';
import { type Model, Schema, type Types } from 'mongoose';
import type { Driver, JourneyEnd } from '../journeys/journey.ts';
import type { StepRow } from './fold-batch.ts';
import type { StoredStatus } from './session-store.ts';

export interface SessionDocument {
  readonly _id: Types.ObjectId;
  readonly user_id: string;
  readonly search_keyword: string;
  readonly target_domain: string;
  readonly status: StoredStatus;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** Absent, as the two below, in documents of others. */
  readonly thread_count?: number;
  readonly driver?: Driver;
  readonly runner?: string;
}

export interface JourneyDocument {
  /** The session's id, `/`, the number of the journey: written twice it is still one. */
  readonly _id: string;
  readonly session_id: Types.ObjectId;
  readonly journey: number;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  /** Null while it waits or runs. */
  readonly status: JourneyEnd['status'] | null;
  readonly reason: string | null;
  /** Of a journey that was given up: what came later does not count. Else null. */
  readonly step_count: number | null;
}

/** A document for each step: a session's own does not grow with what it does. */
export type StepDocument = Omit<StepRow, 'session_id'> & {
  /** The id of its journey, `/`, its number. */
  readonly _id: string;
  readonly session_id: Types.ObjectId;
};

export interface LeaseDocument {
  /** The runner. */
  readonly _id: string;
  readonly beat: number;
  readonly given_up: boolean;
  readonly renewed_at: Date;
}

const options = { versionKey: false, strictQuery: 'throw' } as const;

const sessions = new Schema<SessionDocument>(
  {
    user_id: String,
    search_keyword: String,
    target_domain: String,
    status: String,
    created_at: Date,
    updated_at: Date,
    thread_count: Number,
    driver: String,
    runner: String,
  },
  { ...options, collection: 'sessions' },
);

const journeys = new Schema<JourneyDocument>(
  {
    _id: String,
    session_id: Schema.Types.ObjectId,
    journey: Number,
    started_at: Date,
    ended_at: Date,
    status: String,
    reason: String,
    step_count: Number,
  },
  { ...options, collection: 'journeys' },
);

const steps = new Schema<StepDocument>(
  {
    _id: String,
    session_id: Schema.Types.ObjectId,
    journey: Number,
    number: Number,
    action: String,
    url: String,
    outcome: String,
    status: Number,
    started_at_ms: Number,
    duration_ms: Number,
    bytes: Number,
    matches: Number,
    note: String,
  },
  { ...options, collection: 'journey_steps' },
);

const leases = new Schema<LeaseDocument>(
  { _id: String, beat: Number, given_up: Boolean, renewed_at: Date },
  { ...options, collection: 'runner_leases' },
);

export interface SessionModels {
  readonly sessions: Model<SessionDocument>;
  readonly journeys: Model<JourneyDocument>;
  readonly steps: Model<StepDocument>;
  readonly leases: Model<LeaseDocument>;
}

export function toSessionModels({ connection }: Mongo): SessionModels {
  const { models } = connection;
  return {
    sessions: models.Session ?? connection.model<SessionDocument>('Session', sessions),
    journeys: models.Journey ?? connection.model<JourneyDocument>('Journey', journeys),
    steps: models.JourneyStep ?? connection.model<StepDocument>('JourneyStep', steps),
    leases: models.RunnerLease ?? connection.model<LeaseDocument>('RunnerLease', leases),
  };
}
