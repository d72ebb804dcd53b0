// Which databases a service uses: those it was given, else its own in the embedded PostgreSQL.
import { createDatabases, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import type { ServiceConfig } from './config.ts';
import type { Context } from './context.ts';
import { postgresFolder } from './folders.ts';
import { forgetMigrated } from './migration-stamp.ts';
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
  if (running !== undefined || !needPostgres(services)) {
    return await use(await provideOn(context.dataDir, running, services));
  }
  const postgres = await startEmbeddedPostgres({ dataDir: postgresFolder(context.dataDir) });
  try {
    return await use(await provideOn(context.dataDir, postgres.url('postgres'), services));
  } finally {
    await postgres.stop();
  }
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
  dataDir: string,
  serverUrl: string | undefined,
  services: readonly ServiceConfig[],
): Promise<DatabaseVariables> {
  const wanted = services.flatMap(({ databases }) => databases.filter(({ url }) => url === undefined));
  const names = [...new Set(wanted.map(({ name }) => name))];
  const provided = serverUrl === undefined ? [] : await createDatabases(serverUrl, names);
  if (provided.some(({ isNew }) => isNew)) forgetMigrated(dataDir);
  const getUrl = (wanted: string) => {
    const found = provided.find(({ name }) => name === wanted);
    if (found === undefined) throw new TypeError(`there is no server for the database ${wanted}`);
    return found.url;
  };
  return Object.fromEntries(
    services.map(({ definition, databases }) => [
      definition.name,
      Object.fromEntries(databases.map(({ variable, name, url }) => [variable, url ?? getUrl(name)])),
    ]),
  );
}
