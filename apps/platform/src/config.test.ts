import { expect, it } from 'vitest';
import { type Environment, loadServiceConfigs } from './config.ts';
import type { ServiceDefinition } from './services.ts';

const define = (
  name: string,
  prefix: string,
  defaultPort: number,
  databases: ServiceDefinition['databases'],
  plainNames: readonly string[],
): ServiceDefinition => ({
  name,
  prefix,
  defaultPort,
  databases,
  plainNames,
  tryNext: () => [],
});
const books = define(
  'books-api',
  'BOOKS',
  5000,
  [{ variable: 'DATABASE_URL', name: 'books' }],
  ['DATABASE_URL', 'SECRET_KEY'],
);
const hub = define(
  'realtime-hub',
  'HUB',
  8081,
  [
    { variable: 'ACCOUNTS_DATABASE_URL', name: 'accounts', unneededWith: 'MONGO_URL' },
    { variable: 'PLATFORM_DATABASE_URL', name: 'platform', unneededWith: 'REDIS_URL' },
  ],
  ['MONGO_URL', 'REDIS_URL', 'ACCOUNTS_DATABASE_URL', 'HOP_*'],
);

const load = (environment: Environment, chosen = [books]) =>
  loadServiceConfigs(chosen, [books, hub], environment);

it('listens on localhost and the documented port unless told otherwise', () => {
  expect(load({})).toMatchObject([
    { host: 'localhost', port: 5000, databases: [{ url: undefined }], hasSecret: false },
  ]);
});

it('takes PORT for the one service that is started alone, and for none of several', () => {
  expect(load({ PORT: '5050' })).toMatchObject([{ port: 5050 }]);
  expect(load({ PORT: '5050' }, [books, hub])).toMatchObject([{ port: 5000 }, { port: 8081 }]);
});

it('prefers the prefixed variable to the plain one', () => {
  const [config] = load({ PORT: '1', BOOKS_PORT: '2', HOST: '127.0.0.1', BOOKS_HOST: '0.0.0.0' });
  expect(config).toMatchObject({ port: 2, host: '0.0.0.0' });
});

it('takes an empty variable as not set', () => {
  expect(load({ BOOKS_PORT: '', DATABASE_URL: ' ' })).toMatchObject([
    { port: 5000, databases: [{ url: undefined }] },
  ]);
});

it('hands the documented DATABASE_URL and SECRET_KEY only to the service that documents them', () => {
  const environment = { DATABASE_URL: 'postgresql://localhost/mine', SECRET_KEY: 'mine', LOG_LEVEL: 'warn' };
  const [first, second] = load(environment, [books, hub]);
  expect(first).toMatchObject({ databases: [{ url: 'postgresql://localhost/mine' }], hasSecret: true });
  expect(second).toMatchObject({
    databases: [{ url: undefined }, { url: undefined }],
    hasSecret: false,
    environment: { LOG_LEVEL: 'warn' },
  });
  expect(second?.environment).not.toHaveProperty('SECRET_KEY');
});

it('takes SECRET_KEY for the one service that is started alone', () => {
  expect(load({ SECRET_KEY_FILE: '/run/secrets/key' }, [hub])).toMatchObject([
    { hasSecret: true, environment: { SECRET_KEY_FILE: '/run/secrets/key' } },
  ]);
});

it('shows a shared name only to the services that list it, also as a file, also by its beginning', () => {
  const environment = { REDIS_URL_FILE: '/run/secrets/redis', HOP_LENGTH: '3', BOOKS_HOP_LENGTH: '4' };
  const [first, second] = load(environment, [books, hub]);
  expect(first?.environment).toEqual({ HOP_LENGTH: '4' });
  expect(second?.environment).toEqual({ REDIS_URL_FILE: '/run/secrets/redis', HOP_LENGTH: '3' });
});

it('needs no database for what another store keeps', () => {
  const namesWith = (environment: Environment) =>
    load(environment, [hub])[0]?.databases.map(({ name }) => name);
  expect(namesWith({})).toEqual(['accounts', 'platform']);
  expect(namesWith({ MONGO_URL: 'mongodb://mongo.example' })).toEqual(['platform']);
  expect(namesWith({ HUB_REDIS_URL_FILE: '/run/secrets/redis' })).toEqual(['accounts']);
});

it('needs a database that is for one setting only with that setting', () => {
  const campaigns = define(
    'campaigns-api',
    'CAMPAIGNS',
    8001,
    [
      {
        variable: 'ACCOUNTS_DATABASE_URL',
        name: 'accounts',
        neededWith: { variable: 'AUTH', value: 'required' },
      },
    ],
    ['AUTH'],
  );
  const namesWith = (environment: Environment) =>
    loadServiceConfigs([campaigns], [campaigns], environment)[0]?.databases.map(({ name }) => name);
  expect(namesWith({})).toEqual([]);
  expect(namesWith({ AUTH: 'off' })).toEqual([]);
  expect(namesWith({ AUTH: 'required' })).toEqual(['accounts']);
  expect(namesWith({ CAMPAIGNS_AUTH: 'required' })).toEqual(['accounts']);
});

it('takes a database from the service that shares it, unless it has its own', () => {
  const worker = define(
    'load-worker',
    'WORKER',
    8002,
    [{ variable: 'DATABASE_URL', name: 'campaigns', sharedVariable: 'CAMPAIGNS_DATABASE_URL' }],
    [],
  );
  const campaigns = define('campaigns-api', 'CAMPAIGNS', 8001, [], []);
  const urlWith = (environment: Environment) =>
    loadServiceConfigs([worker], [campaigns, worker], environment)[0]?.databases[0]?.url;
  const [shared, own] = ['postgresql://db.example/shared', 'postgresql://db.example/own'];
  expect(urlWith({})).toBeUndefined();
  expect(urlWith({ CAMPAIGNS_DATABASE_URL: shared })).toBe(shared);
  expect(urlWith({ CAMPAIGNS_DATABASE_URL: shared, WORKER_DATABASE_URL: own })).toBe(own);
});

it.each(['65536', '-1', '80.5', 'http', '1e3'])('refuses the port %s in one sentence', (port) => {
  expect(() => load({ BOOKS_PORT: port })).toThrow(
    `BOOKS_PORT must be a port from 0 to 65535, and is "${port}".`,
  );
});

it('refuses a database URL that is none, and names the variable without showing the value', () => {
  const load0 = () => load({ BOOKS_DATABASE_URL: 'mysql://user:hidden@localhost/books' });
  expect(load0).toThrow(/^BOOKS_DATABASE_URL \(or DATABASE_URL\) is wrong: /);
  expect(load0).not.toThrow(/hidden/);
});
