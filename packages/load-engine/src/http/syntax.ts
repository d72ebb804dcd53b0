// The grammar of RFC 9110 and 9112 that requests and responses share, as tables over bytes.

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
const DELETE = 0x7f;

/** 1 for each byte that RFC 9110 §5.6.2 allows in a token. */
export const TOKEN_BYTES = tableOf(
  "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
);

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-zA-Z]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a field value must not hold
const NOT_IN_VALUE = /[\0-\x08\x0a-\x1f\x7f]/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** Whether a byte may stand in a field's value: no control character but the tab. */
export function isFieldByte(byte: number): boolean {
  return byte >= SPACE ? byte !== DELETE : byte === TAB;
}

/** Whether a text may be sent as a field's value: no line break and no other control character but the tab. */
export function isFieldValue(text: string): boolean {
  return !NOT_IN_VALUE.test(text);
}

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
}
