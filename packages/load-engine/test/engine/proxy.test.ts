import { afterEach, describe, expect, it, vi } from 'vitest';
import { startCountingServer } from '../counting-server.ts';
import { createCertificate } from '../http/certificate.ts';
import { replies, startServer } from '../http/scripted-server.ts';
import { createEngine } from './engine.ts';
import { startHttp2Server } from './http2-server.ts';
import { startProxy } from './proxy.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const certificate = createCertificate(['localhost', '127.0.0.1']);
const connection = { ca: certificate.cert };

afterEach(() => vi.unstubAllEnvs());

describe('executeRequest through a proxy', () => {
  it('asks for http URLs in absolute form', async () => {
    const [server, proxy] = [await startCountingServer(), await startProxy()];
    const engine = createEngine();
    const options = { method: 'POST', body: 'hi', proxy: proxy.url };
    expect(await engine.executeRequest(`${server.url}/a?b=1`, options)).toMatchObject({
      statusCode: 200,
      body: 'ok',
      success: true,
    });
    expect(proxy.asked).toEqual([`POST ${server.url}/a?b=1`]);
    expect(server.counts).toEqual(new Map([['POST /a?b=1', 1]]));
    expect(server.bodies).toEqual(['hi']);
    expect(server.headers[0]).not.toHaveProperty('proxy-authorization');
  });

  it('opens a tunnel for https URLs, and keeps it', async () => {
    await using server = await startServer(replies(OK), { tls: certificate });
    const proxy = await startProxy();
    const engine = createEngine({ connection, proxy: proxy.url });
    for (let index = 0; index < 3; index += 1)
      expect(await engine.executeRequest(server.url)).toMatchObject({ statusCode: 200, body: 'ok' });
    expect(proxy.asked).toEqual([`CONNECT 127.0.0.1:${server.port}`]);
    expect(server.peers).toHaveLength(1);
  });

  it('checks the certificate of the server behind the tunnel', async () => {
    await using server = await startServer(replies(OK), { tls: createCertificate(['other.test']) });
    const proxy = await startProxy();
    const result = await createEngine({ connection }).executeRequest(server.url, { proxy: proxy.url });
    expect(result).toMatchObject({ statusCode: 0, success: false });
    expect(result.errorMessage).toContain(`TLS with 127.0.0.1:${server.port} failed`);
  });

  it('speaks HTTP/2 through the tunnel', async () => {
    const server = await startHttp2Server(certificate);
    const proxy = await startProxy();
    const engine = createEngine({ connection, http2: true, proxy: proxy.url });
    expect(await engine.executeRequest(`${server.url}/x`)).toMatchObject({
      statusCode: 200,
      body: 'GET /x over 2.0',
    });
    expect(proxy.asked).toHaveLength(1);
  });

  it('reaches a proxy that speaks TLS itself', async () => {
    const server = await startCountingServer();
    const proxy = await startProxy({ tls: certificate });
    const engine = createEngine({ connection, proxy: proxy.url.replace('127.0.0.1', 'localhost') });
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true });
    expect(proxy.asked).toEqual([`GET ${server.url}/`]);
  });

  it('shows the proxy its name and password, and the server never', async () => {
    const server = await startCountingServer();
    await using secure = await startServer(replies(OK), { tls: certificate });
    const proxy = await startProxy({ credentials: 'ann:s@cret' });
    const engine = createEngine({ connection, proxy: proxy.url.replace('http://', 'http://ann:s%40cret@') });
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true });
    expect(await engine.executeRequest(secure.url)).toMatchObject({ success: true });
    expect(server.headers[0]).not.toHaveProperty('proxy-authorization');
    expect(secure.peers[0]?.received.toString()).not.toMatch(/proxy-auth/i);
  });

  it('returns a failure without a secret when the proxy refuses', async () => {
    const server = await startCountingServer();
    await using secure = await startServer(replies(OK), { tls: certificate });
    const closed = await startProxy({ credentials: 'ann:right' });
    const engine = createEngine({ connection, proxy: closed.url.replace('http://', 'http://ann:wrong@') });
    for (const url of [server.url, secure.url]) {
      const result = await engine.executeRequest(url);
      expect(result).toMatchObject({ statusCode: 0, success: false });
      expect(result.errorMessage).toContain(
        'The proxy answered 407 when it was asked for a way to 127.0.0.1',
      );
      expect(result.errorMessage).not.toContain('wrong');
    }
    const refusing = await startProxy({ refusal: 403 });
    expect(await engine.executeRequest(secure.url, { proxy: refusing.url })).toMatchObject({
      success: false,
      errorMessage: `The proxy answered 403 when it was asked for a way to 127.0.0.1:${secure.port}.`,
    });
    expect(server.total()).toBe(0);
  });

  it('returns a failure when there is no proxy, or one that says nothing', async () => {
    const server = await startCountingServer();
    const engine = createEngine();
    const gone = await engine.executeRequest(server.url, { proxy: 'http://127.0.0.1:9' });
    expect(gone).toMatchObject({ success: false, statusCode: 0 });
    expect(gone.errorMessage).toContain('refused');
    await using silent = await startServer(() => {});
    const result = await engine.executeRequest('https://127.0.0.1:9/', { proxy: silent.url, timeoutMs: 60 });
    expect(result.errorMessage).toContain('within 60 ms');
    await silent.peers[0]?.closed();
  });

  it('follows redirects, and bounds its sockets, like any other way', async () => {
    const server = await startCountingServer((request, response) => {
      if (request.url === '/from') response.writeHead(302, { Location: '/to' }).end();
      else setTimeout(() => response.end('there'), 5);
    });
    const proxy = await startProxy();
    const engine = createEngine({ maxConnections: 2, proxy: proxy.url });
    const results = await Promise.all(
      Array.from({ length: 10 }, () => engine.executeRequest(`${server.url}/from`)),
    );
    expect(results.every(({ body }) => body === 'there')).toBe(true);
    expect(proxy.asked).toHaveLength(20);
    expect(proxy.most).toBeLessThanOrEqual(2);
  });

  it('takes HTTP_PROXY, HTTPS_PROXY and NO_PROXY where it is told to, and never by itself', async () => {
    const server = await startCountingServer();
    await using secure = await startServer(replies(OK), { tls: certificate });
    const proxy = await startProxy();
    vi.stubEnv('HTTP_PROXY', proxy.url);
    vi.stubEnv('HTTPS_PROXY', proxy.url);
    vi.stubEnv('NO_PROXY', 'localhost');
    const engine = createEngine({ connection });
    expect(await engine.executeRequest(server.url)).toMatchObject({ success: true });
    expect(proxy.asked).toEqual([]);
    const options = { proxy: 'environment' };
    expect(await engine.executeRequest(server.url, options)).toMatchObject({ success: true });
    expect(await engine.executeRequest(secure.url, options)).toMatchObject({ success: true });
    expect(proxy.asked).toEqual([`GET ${server.url}/`, `CONNECT 127.0.0.1:${secure.port}`]);
    const excepted = server.url.replace('127.0.0.1', 'localhost');
    expect(await engine.executeRequest(excepted, options)).toMatchObject({ success: true });
    const name = secure.url.replace('127.0.0.1', 'localhost');
    expect(await engine.executeRequest(name, options)).toMatchObject({ success: true });
    expect(proxy.asked).toHaveLength(2);
  });
});
