/** Of several lists, the first that has something in it; an empty text is nothing. */
export function firstFilled<Value>(...lists: readonly (readonly Value[])[]): readonly Value[] {
  for (const list of lists) {
    const filled = list.filter((value) => value !== '');
    if (filled.length > 0) return filled;
  }
  return [];
}
