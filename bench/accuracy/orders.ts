/** What the process of the server is told, and what it says. */
import type { Behaviour } from './latency.ts';
import type { ServerLog } from './truth.ts';

export type Order = { readonly reset: Behaviour } | 'log';
export type Reply = { readonly port: number } | ServerLog | 'ready';
