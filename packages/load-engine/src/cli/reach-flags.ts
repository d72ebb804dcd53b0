/** Flags about how servers are reached, and what is shown of the way: TLS, addresses, sockets, `--env`, `--http-debug`. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseResolveEntry } from '../http/resolve-entry.ts';
import { readListed, readOption, readWhole } from './values.ts';

export interface ReachFlags {
  readonly insecure?: boolean;
  readonly ca?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly resolve?: readonly string[];
  readonly maxConnections?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly httpDebug?: true | 'full';
}

const DEFAULT_MAX_CONNECTIONS = 1000;

export function addReachFlags(command: Command): Command {
  return command
    .option(
      '--max-connections <count>',
      'the most sockets open at once; users beyond wait for one',
      readWhole,
      DEFAULT_MAX_CONNECTIONS,
    )
    .option('-k, --insecure', 'accept any TLS certificate of a server')
    .option(
      '--ca <file>',
      'trust the certificates of this file (PEM), and no others; may be repeated',
      readListed,
    )
    .option('--cert <file>', 'certificate to show to servers that ask for one (PEM)')
    .option('--key <file>', 'its private key (PEM); may stand in the file of --cert')
    .option(
      '--resolve <host:port:address>',
      'reach a name at this address, like curl; * is any host or port; may be repeated',
      readResolve,
    )
    .option('-e, --env <key=value>', 'what a scenario finds in user.env; may be repeated', readOption)
    .option(
      '--http-debug [full]',
      'print requests and responses to stderr without secrets; =full prints bodies too',
      readDebug,
    );
}

/** What the flags say of a run, in the engine's words. */
export function toReach({ insecure, ca, cert, key, resolve, maxConnections, env, httpDebug }: ReachFlags) {
  const hasConnection = [insecure, ca, cert, key, resolve].some((flag) => flag !== undefined);
  return {
    maxConnections,
    env,
    httpDebug,
    connection: hasConnection ? { insecure, ca, cert, key, resolve } : undefined,
  };
}

function readResolve(text: string, earlier: readonly string[] = []): string[] {
  try {
    parseResolveEntry(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
  return [...earlier, text];
}

function readDebug(text: string): 'full' {
  if (text === 'full') return text;
  throw new InvalidArgumentError('Expected --http-debug or --http-debug=full.');
}
