// The services that `npm start` runs, one entry each: everything else in this app follows from this table.

export interface ServiceDefinition {
  /** The folder below apps/, and what people type. */
  readonly name: string;
  /** `BOOKS_PORT`, `BOOKS_DATABASE_URL`, …: the supervisor's variables, which the service knows without the prefix. */
  readonly prefix: string;
  readonly defaultPort: number;
  readonly databases: readonly DatabaseDefinition[];
  /** Where it reads its secret; `SECRET_KEY` by default. */
  readonly secretVariable?: string;
  /**
   * The variables that are its own without the prefix as well: only services that list a name ever see it. `JOURNEY_*`
   * stands for all that begin so, and each may end in `_FILE`.
   */
  readonly plainNames: readonly string[];
  /** What to try once it runs: commands to copy, which work one after the other. */
  readonly tryNext: (url: string, urlOf: (service: string) => string | undefined) => readonly string[];
}

export interface DatabaseDefinition {
  /** Where the service reads its address. */
  readonly variable: string;
  /** Its name in the embedded PostgreSQL; services that give the same one share it. */
  readonly name: string;
  /** The variable of another store: where that is set, the service needs no PostgreSQL for this. */
  readonly unneededWith?: string;
  /** Only where this variable has this value does the service need it at all. */
  readonly neededWith?: { readonly variable: string; readonly value: string };
  /** Another service's variable that names the same database: it counts where the service's own is not set. */
  readonly sharedVariable?: string;
}

const ACCOUNTS = { variable: 'ACCOUNTS_DATABASE_URL', name: 'accounts', unneededWith: 'MONGO_URL' };
const PLATFORM = { variable: 'PLATFORM_DATABASE_URL', name: 'platform', unneededWith: 'REDIS_URL' };
const JSON_HEADER = "-H 'Content-Type: application/json'";

export const SERVICES: readonly ServiceDefinition[] = [
  {
    name: 'books-api',
    prefix: 'BOOKS',
    defaultPort: 5000,
    databases: [{ variable: 'DATABASE_URL', name: 'books' }],
    plainNames: ['DATABASE_URL', 'SECRET_KEY'],
    tryNext: (url) => [
      `curl ${url}/books`,
      `curl -X POST ${url}/register ${JSON_HEADER} -d '{"username":"ada","password":"lovelace"}'`,
      'npm run seed',
      'npm run loadtest -- -u 100 -r 20 -t 60s',
    ],
  },
  {
    name: 'session-runner',
    prefix: 'RUNNER',
    defaultPort: 8000,
    databases: [ACCOUNTS, PLATFORM],
    plainNames: [
      'MONGO_URL',
      'DATABASE_NAME',
      'ACCOUNTS_DATABASE_URL',
      'PLATFORM_DATABASE_URL',
      'REDIS_URL',
      'TARGET_ALLOWLIST',
      'MAX_THREADS',
      'THREAD_POOL_SIZE',
      'ACCESS_TOKEN_EXPIRE_MINUTES',
      'JOURNEY_*',
    ],
    tryNext: (url, urlOf) => [
      `curl -X POST ${url}/auth/register ${JSON_HEADER} -d '{"username":"ada","email":"ada@example.com","password":"lovelace"}'`,
      `TOKEN=$(curl -s -X POST ${url}/auth/login ${JSON_HEADER} -d '{"username":"ada","password":"lovelace"}' | cut -d '"' -f 4)`,
      `curl -X POST ${url}/automation/start -H "Authorization: Bearer $TOKEN" ${JSON_HEADER} -d '{"search_keyword":"books","target_domain":"${urlOf('books-api') ?? url}"}'`,
      `curl ${url}/auth/my-sessions -H "Authorization: Bearer $TOKEN"`,
      'npm run accounts -- list',
    ],
  },
  {
    name: 'campaigns-api',
    prefix: 'CAMPAIGNS',
    defaultPort: 8001,
    databases: [
      { variable: 'DATABASE_URL', name: 'campaigns' },
      PLATFORM,
      { ...ACCOUNTS, neededWith: { variable: 'TRAFFIC_AUTH', value: 'required' } },
    ],
    plainNames: [
      'MONGO_URL',
      'DATABASE_NAME',
      'ACCOUNTS_DATABASE_URL',
      'PLATFORM_DATABASE_URL',
      'REDIS_URL',
      'TARGET_ALLOWLIST',
      'TRAFFIC_AUTH',
      'PUBLIC_HOSTS',
      'CORS_ORIGINS',
      'ACCESS_TOKEN_EXPIRE_MINUTES',
    ],
    tryNext: (url) => [
      `ID=$(curl -s -X POST ${url}/api/sessions/ ${JSON_HEADER} -d '{"name":"First campaign","target_url":"https://shop.example","requests_per_minute":600,"duration_minutes":1}' | cut -d '"' -f 4)`,
      `curl -X PUT ${url}/api/traffic/campaigns/$ID/status ${JSON_HEADER} -d '{"status":"running"}'`,
      `curl -X POST ${url}/api/traffic/generate ${JSON_HEADER} -d '{"campaign_id":"'$ID'"}'`,
      `curl ${url}/api/traffic/monitor/$ID`,
      `curl -X POST ${url}/api/traffic/stop/$ID`,
      `curl -o campaign.json ${url}/api/traffic/download/$ID`,
    ],
  },
  {
    name: 'load-worker',
    prefix: 'WORKER',
    defaultPort: 8002,
    databases: [
      { variable: 'DATABASE_URL', name: 'campaigns', sharedVariable: 'CAMPAIGNS_DATABASE_URL' },
      PLATFORM,
    ],
    plainNames: ['PLATFORM_DATABASE_URL', 'REDIS_URL', 'TARGET_ALLOWLIST'],
    tryNext: () => [],
  },
  {
    name: 'realtime-hub',
    prefix: 'HUB',
    defaultPort: 8081,
    secretVariable: 'JWT_SECRET',
    databases: [ACCOUNTS, PLATFORM],
    plainNames: [
      'MONGO_URL',
      'DATABASE_NAME',
      'ACCOUNTS_DATABASE_URL',
      'PLATFORM_DATABASE_URL',
      'REDIS_URL',
      'JWT_SECRET',
      'JWT_ISSUER',
      'JWT_AUDIENCE',
      'MAX_CONNECTIONS',
      'MAX_FRAME_SIZE',
      'HEARTBEAT_*',
      'CLIENT_TIMEOUT_SECS',
      'RATE_LIMIT_*',
      'ALLOW_ANONYMOUS',
      'ALLOWED_ORIGINS',
    ],
    tryNext: (url) => [
      `curl -X POST ${url}/sessions ${JSON_HEADER} -d '{"username":"ada","password":"lovelace"}'`,
      'npm run topics -- campaigns.$ID',
      'npm run watch -- campaigns.$ID',
      "npm run topics -- --user ada --password lovelace 'users.{me}.automation'",
    ],
  },
];
