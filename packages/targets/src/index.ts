export { type AllowList, parseAllowList } from './allow-list.ts';
export { BlockedTargetError } from './blocked-target-error.ts';
export { createTargetLookup, type Lookup } from './target-lookup.ts';
