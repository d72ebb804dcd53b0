// Topics in messages that the hub takes: it closes connections that send longer ones (1009).

/** Of a frame of 64 KiB, the smallest that a hub is set to by default; topics are ASCII. */
const LONGEST_BATCH = 32 * 1024;

/** In their order; an empty list is one empty batch. */
export function toBatches(topics: readonly string[]): readonly (readonly string[])[] {
  const batches: string[][] = [[]];
  let length = 0;
  for (const topic of topics) {
    if (length > 0 && length + topic.length + 3 > LONGEST_BATCH) {
      batches.push([]);
      length = 0;
    }
    batches.at(-1)?.push(topic);
    length += topic.length + 3;
  }
  return batches;
}
