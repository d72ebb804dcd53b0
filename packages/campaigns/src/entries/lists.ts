/** Of several lists, the first that has something. */
export function firstFilled<Value>(...lists: readonly (readonly Value[])[]): readonly Value[] {
  return lists.find((list) => list.length > 0) ?? [];
}
