/** Does it for each, at most `limit` at once; the first failure fails all. Results in the order of the list. */
export async function eachAtMost<T, R>(
  limit: number,
  list: readonly T[],
  act: (one: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = list.entries();
  const goOn = async () => {
    for (const [index, one] of entries) results[index] = await act(one, index);
  };
  await Promise.all(Array.from({ length: limit }, goOn));
  return results;
}
