/** The rehearsal of a journey to a target that is not listed: its steps and its pauses, without network or look-up. */
import type { JourneyEnd, JourneyStep } from '../journey.ts';
import { parseTarget } from '../target-url.ts';
import type { Trip } from '../thread/trip.ts';

export async function rehearse(trip: Trip): Promise<JourneyEnd> {
  const target = parseTarget(trip.order.targetDomain);
  if (target === null) return { status: 'failed', reason: 'The target is no URL of http or https.' };
  trip.arrive();
  tell(trip, 'robots', new URL('/robots.txt', target).href, 'robots.txt would be read');
  tell(trip, 'visit', target.href, 'the target would be visited');
  tell(trip, 'search', null, 'the keyword would be looked for in its text');
  for (let page = 2; page <= trip.config.pages; page++) {
    await trip.steps.record({ action: 'pause', url: null }, async () => {
      await trip.pause();
      return { outcome: 'rehearsed', note: toNote('the pause is real') };
    });
    tell(trip, 'follow', null, 'a link of the same site that matches the keyword would be followed');
    tell(trip, 'search', null, 'the keyword would be looked for in its text');
  }
  return { status: 'completed' };
}

function tell(trip: Trip, action: JourneyStep['action'], url: string | null, what: string): void {
  trip.steps.note({ action, url }, { outcome: 'rehearsed', note: toNote(what) });
}

function toNote(what: string): string {
  return `Rehearsed, nothing was sent: ${what}.`;
}
