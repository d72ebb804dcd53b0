// `?limit=` and `?offset=`: which part of a list.
import { Type } from 'typebox';
import { invalid, isObject } from './body.ts';

export interface Page {
  /** Null: all of it. */
  readonly limit: number | null;
  readonly offset: number;
}

const MAX_OFFSET = 1_000_000_000_000;

/** Repeated ones are refused as any other that is no number is. */
export function parsePage(query: unknown, maxLimit: number): Page {
  const { limit, offset } = isObject(query) ? query : {};
  return {
    limit: limit === undefined ? null : parseCount('limit', limit, 1, maxLimit),
    offset: offset === undefined ? 0 : parseCount('offset', offset, 0, MAX_OFFSET),
  };
}

/** For the OpenAPI document. */
export function pageQuery(maxLimit: number) {
  return Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: maxLimit })),
    offset: Type.Optional(Type.Integer({ minimum: 0 })),
  });
}

function parseCount(name: string, text: unknown, least: number, most: number): number {
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, `must be an integer from ${least} to ${most}`);
}
