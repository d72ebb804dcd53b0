export type { Handler, HandlerArguments } from './clients/realtime-client.ts';
export { RealtimeClient } from './clients/realtime-client.ts';
export type { ClientEvents, Closed, Reconnecting } from './connection/events.ts';
export { RealtimeError, type RealtimeErrorCode } from './errors/realtime-error.ts';
export type { BroadcastOptions, ClientMessage, MessageOptions } from './messages/client-message.ts';
export type { ServerMessage, ServerMessages } from './messages/server-message.ts';
export type { RealtimeOptions, Token, TokenPlace } from './options/options.ts';
