// The services that the proof uses. A new service adds one entry here, and a smoke test beside this file.
import { smokeBooksApi } from './books-api.ts';
import { smokeCampaignsApi } from './campaigns-api.ts';
import { smokeRealtimeHub } from './realtime-hub.ts';
import { smokeSessionRunner } from './session-runner.ts';

export interface ServiceProof {
  /** Its name in docker-compose.yml. */
  readonly name: string;
  readonly port: number;
  readonly promise: string;
  /** The service in docker-compose.yml that keeps its data. */
  readonly store: string;
  /** Uses the service as a client would. */
  readonly smoke: (url: string, urlOf: (service: string) => Promise<string>) => Promise<Smoked>;
}

export interface Smoked {
  /** What the smoke test used, and no log may show. */
  readonly secrets: readonly string[];
  /** A request that is answered from the store. */
  readonly stored: { readonly path: string; readonly headers?: Readonly<Record<string, string>> };
}

export const services: readonly ServiceProof[] = [
  {
    name: 'books-api',
    port: 5000,
    promise: 'registers, logs in, keeps books, documents itself',
    store: 'postgres',
    smoke: smokeBooksApi,
  },
  {
    name: 'session-runner',
    port: 8000,
    promise: 'registers, logs in, visits the books API for real, rehearses elsewhere, documents itself',
    store: 'mongodb',
    smoke: smokeSessionRunner,
  },
  {
    name: 'campaigns-api',
    port: 8001,
    promise: 'creates, starts, pauses, stops and downloads campaigns, simulated and live, documents itself',
    store: 'postgres',
    smoke: smokeCampaignsApi,
  },
  {
    name: 'realtime-hub',
    port: 8081,
    promise: 'logs in, shows a campaign and a session live, passes messages on, documents itself',
    store: 'redis',
    smoke: smokeRealtimeHub,
  },
];
