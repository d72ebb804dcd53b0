// The hub in a React component.
import { useEffect, useInsertionEffect, useState } from 'react';
import type { RealtimeOptions, Token } from '../options/options.ts';
import { IDLE, type RealtimeActions, RealtimeSession, type RealtimeState } from './realtime-session.ts';

/** `token` may be another function with each render; the options count when a client is made. */
export interface UseRealtimeOptions extends RealtimeOptions {
  readonly url: string;
  /** Null is for hubs that let anonymous clients in. */
  readonly token: Token | null;
  /** Default true: it connects when the component comes. */
  readonly autoConnect?: boolean;
}

export interface UseRealtime extends RealtimeState, RealtimeActions {}

/**
 * Connects while the component is there, and again with a new `url` or `token`; topics and handlers stay. The functions
 * that it gives are always the same ones.
 */
export function useRealtime({ url, token, autoConnect = true, ...options }: UseRealtimeOptions): UseRealtime {
  const [state, setState] = useState<RealtimeState>(IDLE);
  const [session] = useState(() => new RealtimeSession(setState));
  // Before any effect, also those of children, that may already subscribe.
  useInsertionEffect(() => {
    session.source = { url, token, options };
  });
  const tokenText = typeof token === 'function' ? 'of a function' : token;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another address or token needs another client
  useEffect(() => {
    session.open();
    if (autoConnect) void session.connect();
    return () => session.close();
  }, [session, url, tokenText, autoConnect]);
  return { ...state, ...session.actions };
}
