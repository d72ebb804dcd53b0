/** Several requests one after the other on an engine, and whether an answer is as it should be. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import type { ExecuteOptions, ExecuteResult } from '../engine/request.ts';

export interface SessionRequest extends ExecuteOptions {
  readonly url: string;
  /** How long to wait after the answer, in milliseconds. */
  readonly delayMs?: number | undefined;
}

/** Sends the requests in their order, each after the answer to the one before it; a failure is an answer too. */
export async function createUserSession(
  engine: Pick<Engine, 'executeRequest'>,
  requests: readonly SessionRequest[],
): Promise<ExecuteResult[]> {
  const responses: ExecuteResult[] = [];
  for (const { url, delayMs = 0, ...options } of requests) {
    responses.push(await engine.executeRequest(url, options));
    if (delayMs > 0) await sleep(delayMs);
  }
  return responses;
}

export interface ResponseExpectation {
  /** The status that the response must have (default 200). */
  readonly expectedStatus?: number | undefined;
  /** A text that the body must hold. */
  readonly expectedContent?: string | undefined;
  readonly maxResponseTimeMs?: number | undefined;
}

/** Whether a response of `engine.executeRequest` is as expected in everything that is named. */
export function validateResponse(
  response: Partial<Pick<ExecuteResult, 'statusCode' | 'body' | 'responseTimeUs'>>,
  { expectedStatus = 200, expectedContent = '', maxResponseTimeMs }: ResponseExpectation = {},
): boolean {
  const { statusCode, body = '', responseTimeUs = 0 } = response;
  if (statusCode !== expectedStatus || !body.includes(expectedContent)) return false;
  return maxResponseTimeMs === undefined || responseTimeUs / 1000 <= maxResponseTimeMs;
}
