// A message on a topic, to all who are subscribed and for whom it is.
import { Frame } from '../delivery/frame.ts';
import type { Marked, TopicIndex } from './topic-index.ts';
import { findOwner, isFor, type Person } from './topic-rights.ts';

/** Knows no sockets: what takes frames. */
export interface Subscriber extends Marked, Person {
  /** False when it cannot take the frame any more. */
  deliver(frame: Frame): boolean;
}

/**
 * Delivers `text` to the subscribers of `topic`, each once, and returns how many took it. A private topic is delivered
 * to its owner and to admins, whatever pattern others have. `except` is left out.
 */
export function publish<S extends Subscriber>(
  index: TopicIndex<S>,
  topic: string,
  text: string,
  except: S | null = null,
): number {
  const owner = findOwner(topic);
  const frame = new Frame(text);
  let recipients = 0;
  index.forEach(topic, (subscriber) => {
    if (subscriber === except || !isFor(owner, subscriber)) return;
    if (subscriber.deliver(frame)) recipients++;
  });
  return recipients;
}
