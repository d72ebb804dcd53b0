/**
 * An undici agent that connects to listed hosts only, and to the very addresses that were checked. An entry of its own,
 * since undici is slow to load, and whoever only judges targets does without.
 */
import { isIP } from 'node:net';
import { Agent, buildConnector } from 'undici';
import type { AllowList } from './allow-list.ts';
import { BlockedTargetError } from './blocked-target-error.ts';
import { toHost } from './judge-target.ts';
import { createTargetLookup, type Lookup } from './target-lookup.ts';

export interface TargetDispatcherOptions
  extends Omit<Agent.Options, 'connect' | 'connectTimeout' | 'factory'> {
  readonly allowList: AllowList;
  /** The system's resolver by default. */
  readonly lookup?: Lookup;
  readonly connectTimeoutMs?: number;
}

/**
 * Every connection is checked, whatever URL led to it: the host must be listed, a name is looked up once in the life of
 * the agent and its addresses are checked. Host and SNI stay those of the URL. A refusal is a `BlockedTargetError`.
 */
export function createTargetDispatcher(options: TargetDispatcherOptions): Agent {
  const { allowList, lookup, connectTimeoutMs, ...agentOptions } = options;
  return new Agent({
    ...agentOptions,
    connect: createTargetConnect({ allowList, lookup, connectTimeoutMs }),
  });
}

function createTargetConnect(options: {
  readonly allowList: AllowList;
  readonly lookup: Lookup | undefined;
  readonly connectTimeoutMs: number | undefined;
}): buildConnector.connector {
  const connect = buildConnector({
    allowH2: false,
    ...(options.connectTimeoutMs === undefined ? {} : { timeout: options.connectTimeoutMs }),
    lookup: createTargetLookup(options.allowList, options.lookup),
  });
  return (target, callback) => {
    // A literal address reaches no look-up, so it is judged here; names are judged there.
    const host = toHost(target.hostname);
    if (isIP(host) === 0 || options.allowList.hosts.has(host)) connect(target, callback);
    else callback(new BlockedTargetError(`${host} is not on TARGET_ALLOWLIST.`), null);
  };
}
