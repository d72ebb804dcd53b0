export type { RealtimeActions, RealtimeState } from './react/realtime-session.ts';
export { type UseRealtime, type UseRealtimeOptions, useRealtime } from './react/use-realtime.ts';
