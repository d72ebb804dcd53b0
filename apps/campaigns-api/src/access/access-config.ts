// Who may use the API, and from which pages and under which names.
import { ConfigError, parseOrigins } from '@trafficflux/service-kit';
import { type Static, type TObject, Type } from 'typebox';
import { isLoopback, toHostname } from './hosts.ts';

export const accessVariables = {
  TRAFFIC_AUTH: Type.Optional(Type.Union([Type.Literal('required'), Type.Literal('off')])),
  /** Names, without ports, by which the service is reached beside those of loopback. */
  PUBLIC_HOSTS: Type.String({ default: '' }),
  /** Origins of pages that may use the API from a browser. */
  CORS_ORIGINS: Type.String({ default: 'http://localhost:5173,http://127.0.0.1:5173' }),
};

export interface AccessConfig {
  /** `open`: nothing was said, so for this machine only. `off`: everybody who reaches it. `required`: with a token. */
  readonly mode: 'open' | 'off' | 'required';
  readonly publicHosts: readonly string[];
  readonly corsOrigins: readonly string[];
}

/** @throws {ConfigError} also when an address other than loopback is open to everybody and nobody said so */
export function toAccessConfig(
  values: Static<TObject<typeof accessVariables>> & { readonly HOST: string },
): AccessConfig {
  const mode = values.TRAFFIC_AUTH ?? 'open';
  if (mode === 'open' && !isLoopback(toHostname(values.HOST) ?? ''))
    throw new ConfigError(
      `TRAFFIC_AUTH must be "required" or "off" when HOST is "${values.HOST}": without it the service listens on loopback only.`,
    );
  return {
    mode,
    publicHosts: toList(values.PUBLIC_HOSTS).map(parsePublicHost),
    corsOrigins: parseOrigins('CORS_ORIGINS', values.CORS_ORIGINS),
  };
}

function toList(text: string): string[] {
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

function parsePublicHost(entry: string): string {
  const hostname = toHostname(entry);
  if (hostname === null || /:\d+$/.test(entry.replace(/^\[.*\]/, '')))
    throw new ConfigError(`PUBLIC_HOSTS must list host names without ports, but "${entry}" is on it.`);
  return hostname;
}
