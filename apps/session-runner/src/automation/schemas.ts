// Sessions on the wire, for the OpenAPI document; the rules stand in `fields.ts`.
import { Type } from 'typebox';

const oneOf = <T extends string>(...values: readonly T[]) =>
  Type.Unsafe<T>({ type: 'string', enum: [...values] });
const nullable = <T>(type: 'string' | 'number' | 'integer', rules: object = {}) =>
  Type.Unsafe<T | null>({ type, ...rules, nullable: true });

const Driver = oneOf('http', 'dry-run');
const Time = Type.String({ format: 'date-time' });
const order = {
  search_keyword: Type.String({ minLength: 1, maxLength: 500 }),
  target_domain: Type.String({
    minLength: 1,
    maxLength: 2048,
    description:
      'A host or a URL of http or https. Hosts on the allow-list are visited, all others are rehearsed without network.',
  }),
};
const given = { search_keyword: Type.String(), target_domain: Type.String() };
const threads = { total_threads: Type.Integer() };

export const StartRequest = Type.Object(order, { $id: 'StartRequest' });

export const StartMultiRequest = Type.Object(
  { ...order, thread_count: Type.Optional(Type.Integer({ minimum: 1, default: 1 })) },
  { $id: 'StartMultiRequest' },
);

export const StartedSession = Type.Object(
  {
    status: Type.Literal('started'),
    ...given,
    session_id: Type.String(),
    thread_count: Type.Integer(),
    user: Type.String(),
    driver: Driver,
  },
  { $id: 'StartedSession' },
);

export const ActiveSession = Type.Object(
  {
    ...given,
    thread_count: Type.Integer(),
    status: oneOf('running', 'stopping'),
    running_threads: Type.Integer(),
    driver: Driver,
  },
  { $id: 'ActiveSession' },
);

export const ActiveSessions = Type.Object(
  {
    user: Type.String(),
    active_sessions: Type.Unsafe<Record<string, object>>({
      type: 'object',
      description: 'By the id of the session.',
      additionalProperties: Type.Ref('ActiveSession'),
    }),
    total_sessions: Type.Integer(),
  },
  { $id: 'ActiveSessions' },
);

export const Journey = Type.Object(
  {
    journey: Type.Integer({ minimum: 1 }),
    status: oneOf('waiting', 'running', 'completed', 'failed', 'stopped'),
    reason: nullable('string'),
    started_at: nullable('string', { format: 'date-time' }),
    ended_at: nullable('string', { format: 'date-time' }),
  },
  { $id: 'Journey' },
);

export const Step = Type.Object(
  {
    journey: Type.Integer({ minimum: 1 }),
    number: Type.Integer({ minimum: 1 }),
    action: oneOf('robots', 'visit', 'search', 'follow', 'pause'),
    url: nullable('string'),
    outcome: oneOf('ok', 'failed', 'blocked', 'skipped', 'rehearsed'),
    status: nullable('integer'),
    started_at: Time,
    duration_ms: Type.Number(),
    bytes: nullable('integer'),
    matches: nullable('integer'),
    note: nullable('string'),
  },
  { $id: 'Step' },
);

export const SessionStatus = Type.Object(
  {
    session_id: Type.String(),
    ...given,
    ...threads,
    running_threads: Type.Integer(),
    completed_threads: Type.Integer(),
    status: oneOf('running', 'stopping', 'stopped', 'completed', 'failed'),
    driver: Driver,
    journeys: Type.Array(Type.Ref('Journey')),
    steps: Type.Array(Type.Ref('Step')),
  },
  { $id: 'SessionStatus' },
);

export const StoppedSession = Type.Object(
  {
    status: Type.Literal('stopped'),
    session_id: Type.String(),
    threads_completed: Type.Integer(),
    ...threads,
    user: Type.String(),
  },
  { $id: 'StoppedSession' },
);

export const StoppedSessions = Type.Object(
  {
    status: oneOf('stopped', 'error'),
    message: Type.String(),
    sessions: Type.Optional(Type.Array(Type.Ref('StoppedSession'))),
    user: Type.Optional(Type.String()),
  },
  { $id: 'StoppedSessions' },
);

export const AutomationConfig = Type.Object(
  {
    max_threads: Type.Integer(),
    thread_pool_size: Type.Integer(),
    active_sessions: Type.Integer(),
    available_threads: Type.Integer(),
  },
  { $id: 'AutomationConfig' },
);

export const PastSession = Type.Object(
  {
    _id: Type.String(),
    user_id: Type.String(),
    ...given,
    status: oneOf('started', 'stopped', 'completed', 'failed'),
    created_at: Time,
    updated_at: Time,
    driver: Driver,
  },
  { $id: 'PastSession' },
);

export const PastSessions = Type.Object(
  { sessions: Type.Array(Type.Ref('PastSession')) },
  { $id: 'PastSessions' },
);
