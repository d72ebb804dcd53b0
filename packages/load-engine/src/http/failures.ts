// Why an exchange failed: a small closed set of codes, and one sentence for each that names the peer
// but nothing that differs from one failure to the next, so that equal failures can be counted together.

/** The code of a failed exchange; the empty text means that a whole response came. */
export type FailureCode =
  | ''
  | 'dns'
  | 'connect-refused'
  | 'connect-timeout'
  | 'connect-failed'
  | 'no-local-port'
  | 'too-many-open-files'
  | 'tls'
  | 'request-timeout'
  | 'reset'
  | 'closed'
  | 'incomplete-headers'
  | 'incomplete-body'
  | 'malformed-response'
  | 'headers-too-large'
  | 'aborted'
  | 'network';

/** What a connection was doing when the operating system or OpenSSL refused. */
export type FailureStage = 'lookup' | 'connect' | 'handshake' | 'exchange';

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

type SystemError = Error & { readonly code?: string; readonly reason?: string };

const TLS_CODES =
  /^(ERR_SSL|ERR_TLS|EPROTO|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE))/;

/** Turns an error of dns, net or tls into our code and a sentence about `peer` (`host:port`). */
export function toFailure(error: SystemError, stage: FailureStage, peer: string): Failure {
  const code = error.code ?? '';
  if (stage === 'lookup')
    return { code: 'dns', message: `The name of ${peer} could not be resolved (${code}).` };
  return (
    shortage(code, peer) ??
    (stage === 'connect' ? connectFailure(code, peer) : laterFailure(error, stage, peer))
  );
}

function shortage(code: string, peer: string): Failure | undefined {
  if (code === 'EADDRNOTAVAIL' || code === 'EADDRINUSE') {
    return {
      code: 'no-local-port',
      message: `No local address and port is free for a connection to ${peer} (${code}): if many were opened in a short time, keep them alive, or widen net.ipv4.ip_local_port_range.`,
    };
  }
  if (code === 'EMFILE' || code === 'ENFILE') {
    return {
      code: 'too-many-open-files',
      message: `No more connections can be opened (${code}): raise the limit on open files (ulimit -n).`,
    };
  }
  return undefined;
}

function connectFailure(code: string, peer: string): Failure {
  if (code === 'ECONNREFUSED') return { code: 'connect-refused', message: `${peer} refused the connection.` };
  if (code === 'ETIMEDOUT')
    return { code: 'connect-timeout', message: `${peer} did not accept a connection in time.` };
  if (code === 'ECONNRESET') return { code: 'reset', message: `${peer} reset the connection.` };
  return {
    code: 'connect-failed',
    message: `No connection to ${peer} is possible (${code || 'unknown error'}).`,
  };
}

function laterFailure(error: SystemError, stage: FailureStage, peer: string): Failure {
  const code = error.code ?? '';
  if (stage === 'handshake' || TLS_CODES.test(code)) {
    return {
      code: 'tls',
      message: `TLS with ${peer} failed: ${error.reason ?? error.message} (${code || 'no code'}).`,
    };
  }
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { code: 'reset', message: `${peer} reset the connection.` };
  return { code: 'network', message: `The connection to ${peer} failed (${code || error.message}).` };
}
