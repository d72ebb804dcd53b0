// Which database a service uses: the one it was given, else its own in the embedded PostgreSQL.
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@trafficflux/embedded-postgres';
import type { ServiceConfig } from './config.ts';
import type { Context } from './context.ts';
import { findRunState } from './run-state.ts';

/** The URLs of the services' databases by the name of the service, as long as `use` runs. */
export async function withDatabases<Result>(
  context: Context,
  services: readonly ServiceConfig[],
  use: (urls: Readonly<Record<string, string>>) => Promise<Result>,
): Promise<Result> {
  const given = listGivenUrls(services);
  const running = findRunState(context.dataDir)?.databaseUrls ?? {};
  const missing = services.filter(({ definition: { name } }) => !(name in given) && !(name in running));
  if (missing.length === 0) return await use({ ...running, ...given });
  const postgres = await startEmbeddedPostgres({ dataDir: postgresFolder(context.dataDir) });
  try {
    return await use({ ...given, ...(await createDatabases(postgres, services)) });
  } finally {
    await postgres.stop();
  }
}

export function postgresFolder(dataDir: string): string {
  return join(dataDir, 'postgres');
}

export function listGivenUrls(services: readonly ServiceConfig[]): Record<string, string> {
  return Object.fromEntries(
    services.flatMap(({ definition, databaseUrl }) => (databaseUrl ? [[definition.name, databaseUrl]] : [])),
  );
}

/** Creates the databases of the services that were given none; returns their URLs by service. */
export async function createDatabases(
  postgres: EmbeddedPostgres,
  services: readonly ServiceConfig[],
): Promise<Record<string, string>> {
  const urls: Record<string, string> = {};
  for (const { definition, databaseUrl } of services) {
    if (databaseUrl !== undefined) continue;
    await postgres.createDatabase(definition.database);
    urls[definition.name] = postgres.url(definition.database);
  }
  return urls;
}
