// Takes secrets out of what is shown of requests and responses: credentials, cookies, and fields that sound like them.

const REDACTED = '[redacted]';

const SENSITIVE =
  /passw|passphrase|\bpwd\b|secret|token|api[-_]?key|authoriz|credential|session[-_]?id|private[-_]?key|\botp\b/i;
/** Headers whose whole purpose is to show who one is. */
const CREDENTIALS = new Set(['authorization', 'proxy-authorization', 'cookie', 'set-cookie']);

/** A header's value: of credentials the kind stays, of cookies their names. */
export function redactHeader(name: string, value: string): string {
  const known = name.toLowerCase();
  if (known === 'cookie') return value.replace(/=[^;]*/g, `=${REDACTED}`);
  if (known === 'set-cookie') return value.replace(/=[^;]*/, `=${REDACTED}`);
  if (CREDENTIALS.has(known)) return value.replace(/^(\S+\s+)?.*$/s, `$1${REDACTED}`);
  if (known === 'location' || known === 'content-location' || known === 'referer') return redactQuery(value);
  return SENSITIVE.test(name) ? REDACTED : value;
}

/** A path or URL: values of its query, and a name and password before its host. */
export function redactQuery(path: string): string {
  const pairs = path.replace(/([?&;#])([^=&;#]*)=([^&;#]*)/g, (all, before: string, name: string) =>
    SENSITIVE.test(decode(name)) ? `${before}${name}=${REDACTED}` : all,
  );
  return pairs.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/@]*@/i, `$1//${REDACTED}@`);
}

/** A body of any type, as text. */
export function redactBody(text: string, contentType: string): string {
  if (/multipart\/form-data/i.test(contentType)) return redactForm(text);
  if (/x-www-form-urlencoded/i.test(contentType)) return redactQuery(`?${text}`).slice(1);
  return redactJson(text) ?? redactPairs(text);
}

/** Null for what is no JSON. */
function redactJson(text: string): string | null {
  if (!/^\s*[[{]/.test(text)) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    const redacted = JSON.stringify(parsed, (name, value: unknown) =>
      SENSITIVE.test(name) && value !== null ? REDACTED : value,
    );
    // As it came, where there was nothing to hide.
    return redacted === JSON.stringify(parsed) ? text : redacted;
  } catch {
    return null;
  }
}

/** What looks like a name and its value, in JSON that was cut off and in anything else. */
function redactPairs(text: string): string {
  return text.replace(
    /(["']?)([\w.-]+)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,;&<>]+)/g,
    (all, quote: string, name: string, between: string) =>
      SENSITIVE.test(name) ? `${quote}${name}${quote}${between}${REDACTED}` : all,
  );
}

/** Parts of a multipart body whose names sound like secrets. */
function redactForm(text: string): string {
  return text.replace(
    /(name="([^"]*)"[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)([\s\S]*?)(?=\r\n--)/g,
    (all, head, name) => (SENSITIVE.test(String(name)) ? `${String(head)}${REDACTED}` : all),
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
