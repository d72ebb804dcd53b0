/** `loadspiker -c FILE`: a list of requests as JSON, for those who write no code (contracts 5.10). */
import { readFileSync } from 'node:fs';
import { type LoadRequest, toRequestLoad } from '../engine/load-test.ts';
import { LoadEngineError, toMessage } from '../errors.ts';
import type { ScenarioLoad, UrlLoad } from '../run/load-options.ts';

const TYPES = ['basic', 'rest_api', 'website'] as const;
type ConfigType = (typeof TYPES)[number];
type Json = Readonly<Record<string, unknown>>;

/** What is sent, without its shape. */
export type RequestSource =
  | Omit<UrlLoad, 'users' | 'durationMs'>
  | Omit<ScenarioLoad, 'users' | 'durationMs'>;

/** What requests of a type send where they do not say otherwise. */
const HEADERS: Readonly<Record<ConfigType, Readonly<Record<string, string>>>> = {
  basic: {},
  rest_api: { 'Content-Type': 'application/json' },
  website: { 'User-Agent': 'LoadTest/1.0' },
};

/** Throws a LoadEngineError `scenario-not-loaded` that says what is wrong with the file, and where. */
export function readConfig(path: string): RequestSource {
  try {
    const config = asObject(JSON.parse(readFileSync(path, 'utf8')), 'the file');
    // The shape of the load is not the file's matter.
    const { users: _users, durationMs: _durationMs, ...source } = toRequestLoad(toRequests(config), {});
    return source;
  } catch (cause) {
    const message = `The configuration ${path} cannot be used: ${toMessage(cause)}`;
    throw new LoadEngineError('scenario-not-loaded', message.replace(/\.?$/, '.'), { cause });
  }
}

function toRequests(config: Json): LoadRequest[] {
  const type = config.type ?? 'basic';
  if (!isType(type))
    throw new Error(`"type" must be one of ${TYPES.join(', ')}, got ${JSON.stringify(type)}`);
  const baseUrl = asText(config.base_url ?? '', '"base_url"');
  if (baseUrl === '' && type !== 'basic') throw new Error(`"type": "${type}" needs a "base_url"`);
  const variables = toVariables(config.variables);
  if (!Array.isArray(config.requests) || config.requests.length === 0) {
    throw new Error('"requests" must be a list with at least one request');
  }
  return config.requests.map((entry: unknown, index) => {
    const where = `requests[${index}]`;
    return toRequest(asObject(entry, where), { where, type, baseUrl, variables });
  });
}

interface Surroundings {
  readonly where: string;
  readonly type: ConfigType;
  readonly baseUrl: string;
  readonly variables: ReadonlyMap<string, string>;
}

function toRequest(entry: Json, { where, type, baseUrl, variables }: Surroundings): LoadRequest {
  const fill = (text: string) => text.replace(/\$\{([^}]*)\}/g, (all, name) => variables.get(name) ?? all);
  const body = entry.body === undefined ? undefined : fill(toBody(entry.body));
  const headers = Object.entries(asObject(entry.headers ?? {}, `${where}.headers`)).map(
    ([name, value]) => [name, fill(asText(value, `${where}.headers.${name}`))] as const,
  );
  return {
    url: toUrl(fill(asText(entry.url, `${where}.url`)), fill(baseUrl), where),
    method: asText(entry.method ?? 'GET', `${where}.method`).toUpperCase(),
    headers: {
      ...(body === undefined && type === 'rest_api' ? {} : HEADERS[type]),
      ...Object.fromEntries(headers),
    },
    body,
    timeoutMs: toTimeLimit(entry.timeout_ms, where),
  };
}

/** A body is sent as it stands, and any other value as JSON. */
function toBody(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function toUrl(text: string, baseUrl: string, where: string): string {
  const base = baseUrl === '' || /^https?:\/\//i.test(baseUrl) ? baseUrl : `http://${baseUrl}`;
  const isAbsolute = /^https?:\/\//i.test(text);
  const joined = isAbsolute || base === '' ? text : `${base.replace(/\/+$/, '')}/${text.replace(/^\/+/, '')}`;
  if (URL.canParse(joined) && /^https?:/i.test(joined)) return joined;
  throw new Error(
    `${where}.url is no URL: ${JSON.stringify(text)}${base === '' ? ', and there is no "base_url"' : ''}`,
  );
}

function toTimeLimit(value: unknown, where: string): number | undefined {
  if (value === undefined || (typeof value === 'number' && value > 0)) return value;
  throw new Error(
    `${where}.timeout_ms must be a number of milliseconds above 0, got ${JSON.stringify(value)}`,
  );
}

function toVariables(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(asObject(value ?? {}, '"variables"'));
  return new Map(entries.map(([name, each]) => [name, each === null ? '' : String(each)]));
}

function isType(value: unknown): value is ConfigType {
  return TYPES.some((type) => type === value);
}

function asObject(value: unknown, where: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Error(`${where} must be an object`);
}

function asText(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new Error(`${where} must be a text`);
}
