/**
 * Takes secrets out of what is logged: by name in URLs, by shape in any line.
 *
 * It runs over every line of the log, so a line without anything suspicious costs a few searches for a word,
 * and no expression below looks at a character more than a bounded number of times.
 */

const REDACTED = '[redacted]';

const SECRET_NAMES =
  'access_token|refresh_token|id_token|token|password|passwd|secret|client_secret|api_key|apikey|signature|authorization';
const SECRET_QUERY = new RegExp(`([?&;](?:${SECRET_NAMES})=)[^&#;\\s"']*`, 'gi');

/** Base64url parts, the first of which starts like `{"`: a JSON Web Token. The signature may be missing. */
const TOKEN = /(?<![\w-])eyJ[\w-]{5,}\.[\w-]+\.?[\w-]*/g;
const CREDENTIALS = /\b(Bearer|Basic)(\s{1,20}|%20)[\w.~+/=-]{8,}/gi;
/** The password of a connection URL: `postgresql://user:password@host`. */
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/:@"']*:)[^\s/@"']+@/gi;

/** A URL or path whose secret query values are replaced, also when their names are percent-encoded. */
export function redactUrl(url: string): string {
  const queryStart = url.indexOf('?');
  if (queryStart === -1) return redactText(url);
  const query = url
    .slice(queryStart)
    .replace(/([?&])([^=&]*)=/g, (_, separator: string, name: string) => `${separator}${decodeName(name)}=`);
  return redactText(url.slice(0, queryStart) + query);
}

/** Any text without tokens, credentials, passwords in URLs and secret query values. */
export function redactText(text: string): string {
  let result = text;
  if (result.includes('=')) result = result.replace(SECRET_QUERY, `$1${REDACTED}`);
  if (result.includes('eyJ')) result = result.replace(TOKEN, REDACTED);
  if (mentionsCredentials(result)) result = result.replace(CREDENTIALS, `$1$2${REDACTED}`);
  if (result.includes('://')) result = result.replace(URL_PASSWORD, `$1${REDACTED}@`);
  return result;
}

function mentionsCredentials(text: string): boolean {
  return text.includes('earer') || text.includes('asic') || text.includes('EARER') || text.includes('ASIC');
}

function decodeName(name: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(name));
  } catch {
    return name;
  }
}
