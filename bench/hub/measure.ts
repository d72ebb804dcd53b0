// What is measured of one server in one round, all of it on the same connections.
import { setTimeout as wait } from 'node:timers/promises';
import { type Clients, startClients } from './clients/client-process.ts';
import type { ServerName } from './clients/dialects.ts';
import type { Loaded, Paced, Topics } from './clients/orders.ts';
import { readMemory } from './process-use.ts';
import { type Place, startServer } from './servers/servers.ts';

export interface Plan {
  /** Of one topic each, in ascending order. */
  readonly audiences: readonly number[];
  /** Beside them, a thousand topics of this many subscribers; null leaves it out. */
  readonly smallAudience: number | null;
  readonly inFlight: number;
  readonly seconds: number;
  readonly clientThreads: number;
}

export interface CaseResult {
  readonly deliveriesPerSecond: number;
  readonly perCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface ServerResult {
  readonly connectsPerSecond: number;
  readonly connectsPerCpuSecond: number;
  readonly bytesPerConnection: number;
  /** By the name of the case. */
  readonly cases: ReadonlyMap<string, CaseResult>;
}

const TOPICS = 1000;
const [WARM_UP_CONNECTIONS, CONNECTING_AT_ONCE] = [200, 64];
const WARM_UP_MS = 1000;
/** Messages of so many topics: some for each. */
const IN_FLIGHT_OF_TOPICS = 4 * TOPICS;
const [SETTLE_MIN_MS, SETTLE_MAX_MS, SETTLE_BYTES] = [3000, 15_000, 2 ** 20];

function nameAudience(subscribers: number): string {
  return `1 topic × ${subscribers.toLocaleString('en')}`;
}

function nameTopics(subscribers: number): string {
  return `${TOPICS.toLocaleString('en')} topics × ${subscribers}`;
}

export async function measureServer(
  server: ServerName,
  plan: Plan,
  place: Place,
  tell: (text: string) => void,
): Promise<ServerResult> {
  const { port, pid, token, stop } = await startServer(server, place);
  try {
    const clients = await startClients({ server, port, token, serverPid: pid }, plan.clientThreads);
    try {
      const connecting = await measureConnections(clients, pid, plan);
      tell(
        `${Math.round(connecting.connectsPerSecond)} connects/s, ${(connecting.bytesPerConnection / 1024).toFixed(1)} KB each`,
      );
      return { ...connecting, cases: await measureCases(clients, plan, tell) };
    } finally {
      await clients.close();
    }
  } finally {
    await stop();
  }
}

async function measureConnections(clients: Clients, pid: number, plan: Plan) {
  const count = countConnections(plan) - WARM_UP_CONNECTIONS;
  await clients.connect(WARM_UP_CONNECTIONS, CONNECTING_AT_ONCE);
  await wait(1000);
  const before = readMemory(pid);
  const { seconds, cpuSeconds } = await clients.connect(count, CONNECTING_AT_ONCE);
  return {
    connectsPerSecond: count / seconds,
    connectsPerCpuSecond: count / cpuSeconds,
    bytesPerConnection: ((await readSettledMemory(pid)) - before) / count,
  };
}

function countConnections({ audiences, smallAudience }: Plan): number {
  return Math.max(WARM_UP_CONNECTIONS + 1, ...audiences, TOPICS * (smallAudience ?? 0));
}

/** Once it has collected what the handshakes left behind, or does not do so by itself. */
async function readSettledMemory(pid: number): Promise<number> {
  const end = performance.now() + SETTLE_MAX_MS;
  await wait(SETTLE_MIN_MS);
  for (;;) {
    const before = readMemory(pid);
    await wait(1000);
    const now = readMemory(pid);
    if (Math.abs(now - before) < SETTLE_BYTES || performance.now() > end) return now;
  }
}

async function measureCases(clients: Clients, plan: Plan, tell: (text: string) => void) {
  const cases = new Map<string, CaseResult>();
  for (const subscribers of plan.audiences) {
    const topics = { prefix: `bench.of${subscribers}`, count: 1 };
    await clients.subscribe({ count: subscribers, topics });
    const result = await measureCase(
      clients,
      { topics, recipients: subscribers, inFlight: plan.inFlight },
      plan,
    );
    cases.set(nameAudience(subscribers), result);
    tell(`${nameAudience(subscribers)}: ${describeCase(result)}`);
  }
  if (plan.smallAudience === null) return cases;
  const topics = { prefix: 'bench.many', count: TOPICS };
  const recipients = plan.smallAudience;
  await clients.subscribe({ count: TOPICS * recipients, topics });
  const result = await measureCase(clients, { topics, recipients, inFlight: IN_FLIGHT_OF_TOPICS }, plan);
  cases.set(nameTopics(recipients), result);
  tell(`${nameTopics(recipients)}: ${describeCase(result)}`);
  return cases;
}

function describeCase({ deliveriesPerSecond, perCpuSecond, p50Ms, p99Ms }: CaseResult): string {
  return `${Math.round(deliveriesPerSecond / 1000)} k/s, ${Math.round(perCpuSecond / 1000)} k per CPU second, at half of it p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}

async function measureCase(
  clients: Clients,
  audience: { topics: Topics; recipients: number; inFlight: number },
  { seconds }: Plan,
): Promise<CaseResult> {
  const times = { warmUpMs: WARM_UP_MS, measureMs: seconds * 1000 };
  const load: Loaded = await clients.load({ ...audience, ...times });
  const deliveriesPerSecond = load.deliveries / load.seconds;
  const ratePerSecond = deliveriesPerSecond / audience.recipients / 2;
  const { p50Ms, p99Ms }: Paced = await clients.pace({ ...audience, ...times, ratePerSecond });
  return { deliveriesPerSecond, perCpuSecond: load.deliveries / load.cpuSeconds, p50Ms, p99Ms };
}
