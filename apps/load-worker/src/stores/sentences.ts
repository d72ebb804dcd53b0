// Words that the sentences of the log share.

/** "1 request", "2 requests". */
export function countRequests(count: number): string {
  return `${count} ${count === 1 ? 'request' : 'requests'}`;
}
