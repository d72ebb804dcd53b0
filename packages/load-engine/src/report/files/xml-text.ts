/** Any text as the text of XML 1.0, in elements and in attributes. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // As they are, a parser makes spaces of them in attributes.
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Where Unicode has the pictures of control characters: U+2400 shows NUL. */
const PICTURES = 0x2400;
const PICTURE_OF_DELETE = '\u2421';
const REPLACEMENT = '\ufffd';

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
const SPECIAL = /[\0-\x1f\x7f-\x9f\ufffe\uffff&<>"']/g;

/**
 * Characters that XML 1.0 cannot hold, not even as a reference (section 2.2), become their picture (`␛` for ESC) or the
 * replacement character: the report stays readable, and its reader sees that something was there.
 */
export function toXmlText(text: string): string {
  return text.toWellFormed().replace(SPECIAL, (character) => ENTITIES[character] ?? toVisible(character));
}

function toVisible(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x7f) return PICTURE_OF_DELETE;
  return code < 0x20 ? String.fromCharCode(PICTURES + code) : REPLACEMENT;
}
