import { describe, expect, it } from 'vitest';
import { createCertificate } from '../http/certificate.ts';
import { replies, startServer } from '../http/scripted-server.ts';
import { createEngine } from './engine.ts';
import { startHttp2Server } from './http2-server.ts';

const certificate = createCertificate(['localhost', '127.0.0.1']);
const connection = { ca: certificate.cert };

describe('executeRequest over HTTP/2', () => {
  it('is taken where the server speaks it and it was asked for, and only there', async () => {
    const server = await startHttp2Server(certificate);
    const engine = createEngine({ connection });
    const one = await engine.executeRequest(`${server.url}/a`);
    const two = await engine.executeRequest(`${server.url}/b`, { http2: true });
    expect([one.body, two.body]).toEqual(['GET /a over 1.1', 'GET /b over 2.0']);
    await using old = await startServer(replies('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'), {
      tls: certificate,
    });
    expect(await engine.executeRequest(old.url, { http2: true })).toMatchObject({
      body: 'ok',
      success: true,
    });
  });

  it('returns the same documented result, without pseudo-headers', async () => {
    const server = await startHttp2Server(certificate, (_, response, body) => {
      response.writeHead(201, { 'x-one': 'a', 'set-cookie': ['a=1', 'b=2'] });
      response.end(`made of ${body}`);
    });
    const engine = createEngine({ connection, http2: true });
    const result = await engine.executeRequest(server.url, {
      method: 'POST',
      headers: { 'Content-Type': 'text/plain', 'X-Mine': 'Zoë', Connection: 'keep-alive' },
      body: 'é€',
    });
    expect(result).toMatchObject({ statusCode: 201, body: 'made of é€', success: true });
    const lines = result.headers.split('\n');
    expect(lines).toEqual(expect.arrayContaining(['x-one: a', 'set-cookie: a=1', 'set-cookie: b=2']));
    expect(lines.some((line) => line.startsWith(':') || line.includes('Symbol'))).toBe(false);
    expect(server.requests[0]?.headers).toMatchObject({
      'content-type': 'text/plain',
      'content-length': '5',
    });
  });

  it('carries many requests at once on one connection, once it is known to be HTTP/2', async () => {
    const server = await startHttp2Server(certificate, (_, response) => {
      if (server.requests.length > 1 && server.most < 20) return void held.push(() => response.end('ok'));
      response.end('ok');
      for (const answer of held.splice(0)) answer();
    });
    const held: (() => void)[] = [];
    const engine = createEngine({ connection, http2: true, maxConnections: 1 });
    await engine.executeRequest(server.url);
    const results = await Promise.all(Array.from({ length: 20 }, () => engine.executeRequest(server.url)));
    expect(results.every(({ success }) => success)).toBe(true);
    expect(server).toMatchObject({ most: 20, connections: 1 });
  });

  it('gives up one request without the others of its connection', async () => {
    const held: (() => void)[] = [];
    const server = await startHttp2Server(certificate, (request, response) => {
      if (request.url === '/never') return;
      if (request.url === '/held') held.push(() => response.end('held'));
      else response.end('ok');
    });
    const engine = createEngine({ connection, http2: true, maxConnections: 1 });
    await engine.executeRequest(server.url);
    const patient = engine.executeRequest(`${server.url}/held`);
    const hasty = await engine.executeRequest(`${server.url}/never`, { timeoutMs: 60 });
    expect(hasty.errorMessage).toContain('within 60 ms');
    for (const answer of held) answer();
    expect(await patient).toMatchObject({ body: 'held' });
    expect(server.connections).toBe(1);
  });

  it('follows redirects', async () => {
    const server = await startHttp2Server(certificate, (request, response) => {
      if (request.url === '/to') response.end('there');
      else {
        response.writeHead(302, { location: '/to' });
        response.end();
      }
    });
    const engine = createEngine({ connection, http2: true });
    expect(await engine.executeRequest(`${server.url}/from`)).toMatchObject({ body: 'there' });
  });
});
