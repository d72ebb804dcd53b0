// No log line of a container shows a secret that it holds or was given.
import assert from 'node:assert/strict';
import { compose, type Project } from './compose.ts';

export async function assertNothingLeaks(
  project: Project,
  service: string,
  given: readonly string[],
): Promise<void> {
  const held = await compose(
    project,
    'exec',
    '-T',
    service,
    'sh',
    '-c',
    'for f in /secrets/*/*; do cat "$f"; echo; done',
  );
  const secrets = [...given, ...held.split('\n').filter(Boolean).flatMap(findSecrets)];
  assert.ok(secrets.length > given.length, `${service}: holds no secret, so this proves nothing`);

  const logs = await compose(project, 'logs', '--no-color');
  assert.ok(logs.length > 0, `${service}: logs nothing, so this proves nothing`);
  const leaked = secrets.filter((secret) => logs.includes(secret));
  assert.equal(leaked.length, 0, `${leaked.length} of the secrets that ${service} knows stand in the logs`);
}

/** An address is a secret, and so is the password in it; `password`, the documented one, is in every other sentence. */
function findSecrets(held: string): string[] {
  const password = URL.canParse(held) ? decodeURIComponent(new URL(held).password) : '';
  return password.length < 16 ? [held] : [held, password];
}
