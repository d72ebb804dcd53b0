/** What each thread of the pool runs: one journey after the other, each telling its steps as they happen. */
import { receiveMessageOnPort, workerData } from 'node:worker_threads';
import { parseAllowList } from '@trafficflux/targets';
import { rehearse } from './drivers/dry-run.ts';
import { visitTarget } from './drivers/http.ts';
import type { JourneyEnd } from './journey.ts';
import type { ThreadData, ThreadMessage, ThreadTask } from './thread/thread-messages.ts';
import { beginTrip } from './thread/trip.ts';
import { RequestGate } from './web/request-gate.ts';

const { config, allowList } = workerData as ThreadData;
const targets = parseAllowList(allowList);
/** Of the thread, not of the journey: the next one keeps the distance too. */
const gate = new RequestGate(config.requestsPerSecond);

export async function playJourney({ order, port }: ThreadTask): Promise<JourneyEnd> {
  // Told to stop while the thread was starting: then nothing goes out any more.
  if (receiveMessageOnPort(port) !== undefined) return { status: 'stopped' };
  const tell = (message: ThreadMessage) => port.postMessage(message);
  const trip = beginTrip(order, config, (step) => tell({ type: 'step', step }));
  port.on('message', () => trip.stop());
  tell({ type: 'started' });
  try {
    return await trip.endOf(
      order.driver === 'http' ? visitTarget(trip, { allowList: targets, gate }) : rehearse(trip),
    );
  } finally {
    port.close();
  }
}
