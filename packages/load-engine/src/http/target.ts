// One origin to load, with the limits that all its connections share.
import { X509Certificate } from 'node:crypto';
import { isIP, type LookupFunction } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { Addresses, toLookup } from './addresses.ts';
import { type Connection, toTargetOptions } from './connection-options.ts';
import { parseTargetUrl, type TargetUrl } from './url.ts';

export interface TlsOptions {
  /** Certificates to trust instead of the built-in ones, in PEM. */
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  /** Accepts any certificate. */
  readonly insecure?: boolean;
  /** The name to ask for (SNI) and to check; the URL's host if absent. */
  readonly servername?: string;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Certificate and key in PKCS #12. */
  readonly pfx?: Buffer;
  /** Opens an encrypted key or PKCS #12. */
  readonly passphrase?: string;
}

export interface TargetOptions {
  /** Name lookup, TCP and TLS together. */
  readonly connectTimeoutMs?: number;
  /** From `send` to the last byte, connecting included. */
  readonly requestTimeoutMs?: number;
  /** How long a body waits for `100 Continue` before it is sent anyway (RFC 9110 §10.1.1). */
  readonly continueTimeoutMs?: number;
  /** For the heads of all interim responses, the final head and the trailers of one exchange together. */
  readonly maxHeaderBytes?: number;
  /** Bounds what is kept of a body; the rest is read and counted, and the exchange does not fail. */
  readonly maxKeptBodyBytes?: number;
  readonly tls?: TlsOptions;
  /**
   * Asked for the addresses of the URL's name, and only they are connected to; the system's resolver if absent. A host
   * that is an address is looked up by nobody.
   */
  readonly lookup?: LookupFunction;
}

type Limits = Required<Omit<TargetOptions, 'tls' | 'lookup'>>;

const DEFAULTS: Limits = {
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  continueTimeoutMs: 1_000,
  maxHeaderBytes: 65_536,
  maxKeptBodyBytes: 1_048_576,
};

/** How the requests of a run reach their servers. */
export interface Reach {
  readonly connection: Connection;
  readonly requestTimeoutMs: number;
}

/** What all connections to one origin share; made by `createTarget`. */
export interface HttpTarget extends TargetUrl, Limits {
  /** `host:port`, for messages. */
  readonly peer: string;
  readonly tls: TlsOptions;
  /** The name for SNI; empty for an address, which RFC 6066 §3 does not allow there. */
  readonly servername: string;
  readonly addresses: Addresses;
  /** The certificates, read once for all connections; only https has them. */
  readonly secureContext: SecureContext | undefined;
  /** The newest TLS session, offered by the next handshake. */
  session: Buffer | undefined;
}

/** Throws a `TypeError` for a bad URL or certificate, and a `RangeError` for a limit that is not a positive number. */
export function createTarget(url: string, options: TargetOptions = {}): HttpTarget {
  const parsed = parseTargetUrl(url);
  const { tls = {}, lookup, ...limits } = options;
  const merged = { ...DEFAULTS, ...limits };
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) assertPositive(name, merged[name]);
  const isAddress = isIP(parsed.hostname) !== 0;
  return {
    ...parsed,
    ...merged,
    tls,
    peer:
      isIP(parsed.hostname) === 6
        ? `[${parsed.hostname}]:${parsed.port}`
        : `${parsed.hostname}:${parsed.port}`,
    servername: tls.servername ?? (isAddress ? '' : parsed.hostname),
    addresses: new Addresses(parsed.hostname, lookup === undefined ? undefined : toLookup(lookup)),
    secureContext: parsed.secure ? toSecureContext(tls) : undefined,
    session: undefined,
  };
}

/** A target that is reached as a run says; throws what `createTarget` throws. */
export function openTarget(url: string, { connection, requestTimeoutMs }: Reach): HttpTarget {
  const { port } = parseTargetUrl(url);
  return createTarget(url, { requestTimeoutMs, ...toTargetOptions(connection, port) });
}

function assertPositive(name: string, value: number): void {
  if (!(value > 0)) throw new RangeError(`Expected ${name} to be a positive number, got ${value}.`);
}

function toSecureContext({ ca, cert, key, pfx, passphrase }: TlsOptions): SecureContext {
  try {
    // OpenSSL passes over an authority that it cannot read, and then trusts nobody.
    for (const authority of ca === undefined ? [] : [ca].flat()) new X509Certificate(authority);
    return createSecureContext({
      ...(ca !== undefined && { ca: ca as string | Buffer | (string | Buffer)[] }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(pfx !== undefined && { pfx }),
      ...(passphrase !== undefined && { passphrase }),
    });
  } catch (cause) {
    throw new TypeError('Expected tls.ca, tls.cert and tls.key to be in PEM and to fit each other.', {
      cause,
    });
  }
}
