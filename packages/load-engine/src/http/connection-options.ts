// How to reach servers: whom to trust, who we are, and which addresses stand for which names. Read once, before a run.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LookupFunction } from 'node:net';
import { createSecureContext } from 'node:tls';
import { parseResolveEntry, type ResolveEntry, toLookupOf } from './resolve-entry.ts';
import type { TlsOptions } from './target.ts';

export interface ConnectionOptions {
  /** Accepts any certificate of a server. */
  readonly insecure?: boolean | undefined;
  /** Certificates to trust instead of the built-in ones: PEM text, or the name of a file that holds it. */
  readonly ca?: string | readonly string[] | undefined;
  /** Our own certificate, with its chain, for servers that ask: PEM text, or the name of a file. */
  readonly cert?: string | undefined;
  /** Its private key: PEM text, or the name of a file; may stand in `cert` too. */
  readonly key?: string | undefined;
  /** Certificate and key in one PKCS #12 file: its name, or its bytes. */
  readonly pfx?: string | Uint8Array | undefined;
  /** Opens an encrypted `key` or `pfx`. */
  readonly passphrase?: string | undefined;
  /** The name to ask for (SNI) and to check; the URL's host if absent. */
  readonly servername?: string | undefined;
  /** `host:port:address[,address…]` like curl's `--resolve`: `*` stands for any host or port, IPv6 may be in brackets. */
  readonly resolve?: string | readonly string[] | undefined;
}

/** The same, read and checked: plain data that can cross to a thread. */
export interface Connection {
  readonly insecure: boolean;
  readonly ca: readonly string[] | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly pfx: Uint8Array | undefined;
  readonly passphrase: string | undefined;
  readonly servername: string | undefined;
  readonly resolve: readonly ResolveEntry[];
}

/** A piece of PEM with what to call it in an error. */
interface Piece {
  readonly name: string;
  readonly text: string;
}

/** Throws a TypeError that names the option, or the file, for what cannot be read or does not fit. */
export async function loadConnection(options: ConnectionOptions = {}): Promise<Connection> {
  const { insecure = false, passphrase, servername } = options;
  const ca = await Promise.all(
    listOf(options.ca).map((item) => readPem(item, 'connection.ca', assertCertificates)),
  );
  const cert = await readOptional(options.cert, 'connection.cert', assertCertificates);
  // Like curl: one file may hold both.
  const keyOf = options.key ?? (cert?.text.includes('PRIVATE KEY-----') ? options.cert : undefined);
  const key = await readOptional(keyOf, 'connection.key', (piece) => assertKey(piece, passphrase));
  const pfx = options.pfx === undefined ? undefined : await readPfx(options.pfx, passphrase);
  assertPair(cert, key, passphrase);
  return {
    insecure,
    ca: ca.length === 0 ? undefined : ca.map(({ text }) => text),
    cert: cert?.text,
    key: key?.text,
    pfx,
    passphrase,
    servername,
    resolve: listOf(options.resolve).map(parseResolveEntry),
  };
}

/** What a target of this connection takes: `tls`, and a look-up where one of the entries may apply to its port. */
export function toTargetOptions(
  connection: Connection,
  port: number,
): { readonly tls: TlsOptions; readonly lookup?: LookupFunction } {
  const lookup = toLookupOf(connection.resolve, port);
  return { tls: toTlsOptions(connection), ...(lookup && { lookup }) };
}

/** The part that TLS needs, without what is absent. */
function toTlsOptions({ resolve: _resolve, pfx, ...tls }: Connection): TlsOptions {
  const given = Object.entries({ ...tls, pfx: pfx && Buffer.from(pfx) });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

async function readOptional(
  value: string | undefined,
  option: string,
  assertPiece: (piece: Piece) => void,
): Promise<Piece | undefined> {
  return value === undefined ? undefined : readPem(value, option, assertPiece);
}

async function readPem(value: string, option: string, assertPiece: (piece: Piece) => void): Promise<Piece> {
  if (typeof value !== 'string')
    throw new TypeError(`Expected ${option} to be PEM text or the name of a file, got ${typeof value}.`);
  const isText = value.includes('-----BEGIN ');
  const piece = isText
    ? { name: option, text: value }
    : { name: value, text: (await readBytes(value)).toString('utf8') };
  assertPiece(piece);
  return piece;
}

async function readPfx(value: string | Uint8Array, passphrase: string | undefined): Promise<Uint8Array> {
  const name = typeof value === 'string' ? value : 'connection.pfx';
  const pfx = typeof value === 'string' ? await readBytes(value) : Buffer.from(value);
  try {
    createSecureContext({ pfx, ...(passphrase !== undefined && { passphrase }) });
  } catch (cause) {
    throw new TypeError(`Expected ${name} to be PKCS #12 that the passphrase opens.`, { cause });
  }
  return pfx;
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TypeError(`The file ${file} cannot be read (${code}).`, { cause });
  }
}

const PEM_CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** Each of them: OpenSSL passes over one that it cannot read, and then trusts nobody. */
function assertCertificates({ name, text }: Piece): void {
  const found = text.match(PEM_CERTIFICATE) ?? [];
  try {
    for (const certificate of found) new X509Certificate(certificate);
  } catch (cause) {
    throw new TypeError(`Expected ${name} to hold certificates in PEM, but one of them is broken.`, {
      cause,
    });
  }
  if (found.length === 0) throw new TypeError(`Expected ${name} to hold a certificate in PEM.`);
}

function assertKey({ name, text }: Piece, passphrase: string | undefined): void {
  try {
    createPrivateKey({ key: text, ...(passphrase !== undefined && { passphrase }) });
  } catch (cause) {
    const isLocked = passphrase === undefined && /ENCRYPTED/.test(text);
    const hint = isLocked ? ': it is encrypted, and there is no passphrase' : '';
    throw new TypeError(`Expected ${name} to hold a private key in PEM${hint}.`, { cause });
  }
}

function assertPair(cert: Piece | undefined, key: Piece | undefined, passphrase: string | undefined): void {
  if (cert === undefined && key === undefined) return;
  if (cert === undefined) throw new TypeError('Expected connection.cert beside connection.key, got none.');
  if (key === undefined) throw new TypeError('Expected connection.key beside connection.cert, got none.');
  try {
    const pass = passphrase !== undefined && { passphrase };
    createSecureContext({ cert: cert.text, key: key.text, ...pass });
  } catch (cause) {
    throw new TypeError(`The key of ${key.name} does not belong to the certificate of ${cert.name}.`, {
      cause,
    });
  }
}
