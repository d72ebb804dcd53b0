// What the smoke tests ask, each answer held to its status.
import assert from 'node:assert/strict';

export async function getText(url: string, token?: string): Promise<string> {
  const response = await fetch(url, { headers: authorize(token) });
  assert.equal(response.status, 200, `GET ${url} answered ${response.status}`);
  return response.text();
}

export async function post(
  url: string,
  body: object,
  status: number,
  token?: string,
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorize(token) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.equal(response.status, status, `POST ${url} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>;
}

export function authorize(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}
