/** Whose X-Forwarded-For is believed: nobody's by default. */
import { isIP } from 'node:net';
import { ConfigError } from './config-error.ts';

/** false: nobody; true: everybody; a list: these addresses and networks; a function: this many hops. */
export type TrustProxy = boolean | string[] | ((address: string, hop: number) => boolean);

const NAMED_NETWORKS = new Set(['loopback', 'linklocal', 'uniquelocal']);

/** Parses `false`, `true`, a number of hops, or a list such as `loopback, 10.0.0.0/8`. */
export function parseTrustProxy(text: string): TrustProxy {
  const value = text.trim().toLowerCase();
  if (value === 'false' || value === '0') return false;
  if (value === 'true') return true;
  if (/^[1-9]\d?$/.test(value)) return (_address, hop) => hop < Number(value);
  const networks = value.split(',').map((network) => network.trim());
  if (networks.every(isNetwork)) return networks;
  throw new ConfigError(
    `TRUST_PROXY must be false, true, a number of hops or a list of addresses and networks, but it is "${text}".`,
  );
}

function isNetwork(network: string): boolean {
  if (NAMED_NETWORKS.has(network)) return true;
  const [address = '', bits, ...rest] = network.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
