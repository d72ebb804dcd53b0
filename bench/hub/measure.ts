// What is measured of one server in one round, all of it on the same connections.
import { setTimeout as wait } from 'node:timers/promises';
import { type Clients, startClients } from './clients/client-process.ts';
import type { ServerName } from './clients/dialects.ts';
import type { Topics } from './clients/orders.ts';
import { readMemory } from './process-use.ts';
import { type Place, startServer } from './servers/servers.ts';

export interface Plan {
  /** Of one topic each, in ascending order. */
  readonly audiences: readonly number[];
  /** Beside them, a thousand topics of this many subscribers; null leaves it out. */
  readonly smallAudience: number | null;
  /** Deliveries that are on their way under load. */
  readonly inFlight: number;
  readonly seconds: number;
  readonly clientThreads: number;
}

export interface CaseResult {
  readonly deliveriesPerSecond: number;
  readonly perCpuSecond: number;
  /** How much of its core the server had under load: what others took of it is missing. */
  readonly coreShare: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** How much of its core the server needed by the clock. */
  readonly pacedCoreShare: number;
  /** How much of a core the clients needed meanwhile: near to all that they have, the times are theirs. */
  readonly clientShare: number;
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
/** V8 looks after some 8 s of rest whether there is something to collect. */
const [SETTLE_MIN_MS, SETTLE_MAX_MS, SETTLE_BYTES] = [10_000, 20_000, 2 ** 20];

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
  const add = async (name: string, topics: Topics, recipients: number) => {
    await clients.subscribe({ count: topics.count * recipients, topics });
    const result = await measureCase(clients, topics, recipients, plan);
    cases.set(name, result);
    tell(`${name}: ${describeCase(result)}`);
  };
  for (const subscribers of plan.audiences) {
    await add(nameAudience(subscribers), { prefix: `bench.of${subscribers}`, count: 1 }, subscribers);
  }
  const { smallAudience } = plan;
  if (smallAudience !== null) {
    await add(nameTopics(smallAudience), { prefix: 'bench.many', count: TOPICS }, smallAudience);
  }
  return cases;
}

function describeCase({ deliveriesPerSecond, perCpuSecond, p50Ms, p99Ms }: CaseResult): string {
  return `${Math.round(deliveriesPerSecond / 1000)} k/s, ${Math.round(perCpuSecond / 1000)} k per CPU second, at half of it p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms`;
}

async function measureCase(
  clients: Clients,
  topics: Topics,
  recipients: number,
  { seconds, inFlight }: Plan,
): Promise<CaseResult> {
  const audience = { topics, recipients, warmUpMs: WARM_UP_MS, measureMs: seconds * 1000 };
  const load = await clients.load({ ...audience, inFlight: Math.ceil(inFlight / recipients) });
  const deliveriesPerSecond = load.deliveries / load.seconds;
  // A server that hardly got its core is asked for one message a second.
  const ratePerSecond = Math.max(1, deliveriesPerSecond / recipients / 2);
  const paced = await clients.pace({ ...audience, ratePerSecond });
  return {
    deliveriesPerSecond,
    perCpuSecond: load.deliveries / load.cpuSeconds,
    coreShare: load.cpuSeconds / load.seconds,
    p50Ms: paced.p50Ms,
    p99Ms: paced.p99Ms,
    pacedCoreShare: paced.cpuSeconds / paced.seconds,
    clientShare: paced.clientCpuSeconds / paced.seconds,
  };
}
