// The real command: TLS, addresses, forms, sockets, env and what it shows of requests.
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildCommand } from '../../src/cli/arguments.ts';
import { startCountingServer } from '../counting-server.ts';
import { createCertificate } from '../http/certificate.ts';
import { replies, startServer } from '../http/scripted-server.ts';
import { startSocketCounter } from '../socket-counter.ts';
import { runCommand } from './command.ts';

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const ENGINE = new URL('../../src/index.ts', import.meta.url).href;
const served = createCertificate(['shop.test']);
const ours = createCertificate(['client.test']);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loadspiker-'));
});

async function toFile(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('the command', () => {
  it('trusts --ca, shows --cert and --key, and finds a name with --resolve', async () => {
    await using server = await startServer(replies(OK), {
      tls: { ...served, ca: ours.cert, requestCert: true, rejectUnauthorized: true },
    });
    const url = `https://shop.test:${server.port}/`;
    const at = ['--resolve', `shop.test:${server.port}:127.0.0.1`, '-n', '2', '-u', '1', '--no-progress'];
    const flags = [
      ['--ca', await toFile('ca.pem', served.cert)],
      ['--cert', await toFile('cert.pem', ours.cert)],
      ['--key', await toFile('key.pem', ours.key)],
    ].flat();
    expect(await runCommand(url, ...at, ...flags)).toMatchObject({ exitCode: 0 });
    expect(await runCommand(url, ...at, '-k', ...flags.slice(2))).toMatchObject({ exitCode: 0 });
    const stranger = await runCommand(url, ...at);
    expect(stranger.exitCode).toBe(1);
    expect(stranger.stdout).toContain(`TLS with shop.test:${server.port} failed`);
  });

  it.each([
    [['--ca', '/no/such.pem'], 'The file /no/such.pem cannot be read (ENOENT).'],
    [['--cert', '/no/such.pem'], 'The file /no/such.pem cannot be read (ENOENT).'],
    [['--resolve', 'a:b'], 'Expected host:port:address such as shop.test:443:127.0.0.1'],
    [['--http-debug=some'], 'Expected --http-debug or --http-debug=full.'],
    [['-F', 'photo=@/no/such.png'], 'The file /no/such.png cannot be read (ENOENT).'],
    [['-F', 'nothing'], 'Expected a field such as name=value'],
    [['-F', 'a=b', '-b', 'x'], 'expected either body or multipart'],
    [['-e', 'STAGE'], 'Expected key=value.'],
    [['--max-connections', '0'], 'Expected a whole number above 0.'],
  ])('says what is wrong with %j, and sends nothing', async (flags, sentence) => {
    const server = await startCountingServer();
    const { exitCode, stderr } = await runCommand(server.url, '-n', '1', ...flags);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(sentence);
    expect(server.total()).toBe(0);
  });

  it('posts the fields and files of -F', async () => {
    const server = await startCountingServer();
    const file = await toFile('note.txt', 'hello');
    const flags = [
      '-F',
      'name=Ann',
      '-F',
      `note=@${file};type=text/plain;filename=n.txt`,
      '-F',
      `text=<${file}`,
    ];
    const { exitCode } = await runCommand(server.url, '-n', '1', '-u', '1', '--no-progress', ...flags);
    expect(exitCode).toBe(0);
    expect(server.counts).toEqual(new Map([['POST /', 1]]));
    expect(server.headers[0]?.['content-type']).toMatch(/^multipart\/form-data; boundary=/);
    expect(server.bodies[0]).toContain('name="name"\r\n\r\nAnn\r\n');
    expect(server.bodies[0]).toContain(
      'name="note"; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n',
    );
    expect(server.bodies[0]).toContain('name="text"\r\n\r\nhello\r\n');
  });

  it('bounds its sockets with --max-connections, and says who waited', async () => {
    const server = await startSocketCounter((_, response) => setTimeout(() => response.end(), 2));
    const words = [server.url, '-n', '60', '-u', '6', '--max-connections', '2', '--no-progress'];
    const { exitCode, stdout } = await runCommand(...words);
    expect(exitCode).toBe(0);
    expect(server.most).toBeLessThanOrEqual(2);
    expect(stdout).toContain('requests waited for a connection');
  });

  it('means requests by hand too', async () => {
    let understood: unknown;
    const command = buildCommand('0', {
      onLoad: async () => {},
      onInteractive: async (options) => {
        understood = options;
      },
      say: () => {},
    });
    await command.parseAsync(['-i', '-k', '--ca', 'a.pem', '--max-connections', '5'], { from: 'user' });
    expect(understood).toMatchObject({ maxConnections: 5, connection: { insecure: true, ca: ['a.pem'] } });
  });

  it('gives a scenario what -e says, and shows its requests with --http-debug', async () => {
    const server = await startCountingServer();
    const scenario = await toFile(
      'env.ts',
      `import { defineScenario } from '${ENGINE}';
      export default defineScenario({ name: 'env', tasks: [{ name: 't', run: (user) =>
        user.post('/' + user.env.STAGE + user.env.B, { json: { password: 'pw-s3cret' } }) }] });`,
    );
    const words = ['run', scenario, '-H', server.url, '-n', '1', '-e', 'STAGE=test', '--env', 'B=x=y'];
    const { exitCode, stdout, stderr } = await runCommand(...words, '--http-debug=full');
    expect(exitCode).toBe(0);
    expect(server.counts).toEqual(new Map([['POST /testx=y', 1]]));
    expect(stderr).toContain('Request:\nPOST /testx=y HTTP/1.1\n');
    expect(stderr).toContain('{"password":"[redacted]"}');
    expect(stderr + stdout).not.toContain('s3cret');
  });
});
