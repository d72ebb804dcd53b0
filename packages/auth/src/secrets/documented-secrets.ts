/** Secrets that stand in documents, examples and tutorials, which everybody knows. */

const DOCUMENTED = new Set([
  'your-very-secure-secret-key-here',
  'your-secret-key-here-change-in-production',
  'your-secret-key-change-in-production',
  'your-secret-key',
  'your-256-bit-secret',
  'my_client_secret',
  'my_secret',
  'super-secret',
  'supersecret',
  'secret',
  'secret-key',
  'jwt-secret',
  'test-secret',
  'dev-secret',
  'password',
  'changeme',
  'change-me',
]);

/** A longer example says what it is: `please-change-me-in-production-…`, `your-super-secret-jwt-key-…`. */
const TELLTALE =
  /change[-_ ]?(me|this|it|in[-_ ]production)|your[-_ ][a-z0-9-_ ]*(secret|key)|secret[-_ ]key[-_ ]here/;

export function isDocumentedSecret(secret: string): boolean {
  const text = secret.trim().toLowerCase();
  return DOCUMENTED.has(text) || TELLTALE.test(text) || DOCUMENTED.has(shortestPeriod(text));
}

/** `secretsecretsecret…` is `secret`, made long to pass a length check. */
function shortestPeriod(text: string): string {
  const period = (text + text).indexOf(text, 1);
  return text.slice(0, period);
}
