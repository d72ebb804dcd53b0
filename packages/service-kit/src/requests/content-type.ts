/** Reads a Content-Type more strictly than Fastify does, which takes `application/json\t;x` for JSON. */

/**
 * RFC 9110 §8.3.1, with spaces but no tabs around the semicolon. Each space can be matched in one way only:
 * with two, a long run of semicolons would take for ever.
 */
const JSON_TYPE =
  /^ *application\/json *((?:; *(?:[\w!#$%&'*+.^`|~-]+=(?:[\w!#$%&'*+.^`|~-]+|"[^"\\\r\n]*") *)?)*)$/i;
const CHARSET = /; *charset="?([^";]*)"?/gi;

/** True for `application/json` in any case, with any parameters but a charset other than UTF-8. */
export function isJsonContentType(value: string | undefined): boolean {
  if (value === 'application/json') return true;
  const parameters = value === undefined ? undefined : JSON_TYPE.exec(value)?.[1];
  if (parameters === undefined) return false;
  for (const [, charset = ''] of parameters.matchAll(CHARSET)) {
    if (!/^ *utf-?8 *$/i.test(charset)) return false;
  }
  return true;
}
