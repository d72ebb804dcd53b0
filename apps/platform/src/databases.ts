// Which databases a service uses: those it was given, else its own in the embedded PostgreSQL.
import { join } from 'node:path';
import { createDatabase, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import type { ServiceConfig } from './config.ts';
import type { Context } from './context.ts';
import { findRunState } from './run-state.ts';

/** The variables of each service that name its databases, by the name of the service. */
export type DatabaseVariables = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Provides the databases of the services as long as `use` runs: on the PostgreSQL that runs, or on one for the moment. */
export async function withDatabases<Result>(
  context: Context,
  services: readonly ServiceConfig[],
  use: (variables: DatabaseVariables) => Promise<Result>,
): Promise<Result> {
  const running = findRunState(context.dataDir)?.postgresUrl ?? undefined;
  if (running !== undefined || !needPostgres(services)) return await use(await provideOn(running, services));
  const postgres = await startEmbeddedPostgres({ dataDir: postgresFolder(context.dataDir) });
  try {
    return await use(await provideOn(postgres.url('postgres'), services));
  } finally {
    await postgres.stop();
  }
}

export function postgresFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

/** Whether one of them has a database that it was not given. */
export function needPostgres(services: readonly ServiceConfig[]): boolean {
  return services.some((service) => usesPostgres(service));
}

export function usesPostgres({ databases }: ServiceConfig): boolean {
  return databases.some(({ url }) => url === undefined);
}

/** Creates on a server the databases that the services were not given; returns the variables of each service. */
export async function provideOn(
  serverUrl: string | undefined,
  services: readonly ServiceConfig[],
): Promise<DatabaseVariables> {
  const created = new Map<string, Promise<string>>();
  const provide = (name: string) => {
    if (serverUrl === undefined) throw new TypeError(`there is no server for the database ${name}`);
    const url = created.get(name) ?? createDatabase(serverUrl, name);
    created.set(name, url);
    return url;
  };
  const provideAll = async ({ databases }: ServiceConfig) =>
    Object.fromEntries(
      await Promise.all(
        databases.map(async ({ variable, name, url }) => [variable, url ?? (await provide(name))]),
      ),
    );
  return Object.fromEntries(
    await Promise.all(services.map(async (service) => [service.definition.name, await provideAll(service)])),
  );
}
