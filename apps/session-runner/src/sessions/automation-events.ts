/** What the runner tells of sessions while they run, on the topic `users.<user id>.automation`. See docs/automation-events.md. */
import type { Driver, JourneyEnd, JourneyStep } from '../journeys/journey.ts';
import type { StoredStatus } from './session-store.ts';

/** Beside what its type says, each event names its session and its moment in Unix milliseconds. */
export type AutomationEvent = AutomationEventBody & { readonly session_id: string; readonly at: number };

export type AutomationEventBody =
  | {
      readonly type: 'session.started';
      readonly search_keyword: string;
      readonly target_domain: string;
      readonly thread_count: number;
      readonly driver: Driver;
    }
  | {
      readonly type: 'journey.started';
      /** 1 to the session's thread count. */
      readonly journey: number;
    }
  | {
      readonly type: 'journey.step';
      readonly journey: number;
      readonly step: StepBody;
    }
  | {
      readonly type: 'journey.ended';
      readonly journey: number;
      readonly status: JourneyEnd['status'];
      /** Null unless it failed. */
      readonly reason: string | null;
    }
  | {
      readonly type: 'session.ended';
      readonly status: Exclude<StoredStatus, 'started'>;
      readonly threads_completed: number;
      readonly total_threads: number;
    };

// A type, since the bus takes no interface as Json.
export type StepBody = {
  /** From 1, in the order in which they were made. */
  readonly number: number;
  readonly action: JourneyStep['action'];
  readonly url: string | null;
  readonly outcome: JourneyStep['outcome'];
  readonly status: number | null;
  readonly duration_ms: number;
  readonly bytes: number | null;
  readonly matches: number | null;
  readonly note: string | null;
};

/** The topic of a user's events; the user id is `user_` and the account's id (H8). */
export function toAutomationTopic(userId: string): string {
  return `users.${userId}.automation`;
}

/**
 * The topic on which runners ask each other to stop sessions of a user: `{ session_ids: [id, …] }`. It lies under the
 * user's own, so that whoever may publish there can stop no more than what is theirs.
 */
export function toStopTopic(userId: string): string {
  return `${toAutomationTopic(userId)}.stop`;
}

export const STOP_TOPICS = 'users.*.automation.stop';

export function toStepBody(step: JourneyStep): StepBody {
  return {
    number: step.number,
    action: step.action,
    url: step.url === null ? null : cutText(step.url),
    outcome: step.outcome,
    status: step.status,
    duration_ms: step.durationMs,
    bytes: step.bytes,
    matches: step.matches,
    note: step.note === null ? null : cutText(step.note),
  };
}

const LONGEST_TEXT = 1000;

/** Events stay small: the record has the whole text. */
export function cutText(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1).toWellFormed()}…`;
}
