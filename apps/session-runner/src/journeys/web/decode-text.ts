/** Bytes to text, in the charset that they come in: byte-order mark, Content-Type, `<meta>`, else UTF-8. */

/** How far into a page a browser looks for its charset (WHATWG HTML, 13.2.3.2). */
const META_BYTES = 1_024;

export function decodeText(content: Buffer, contentType: string): string {
  const label = findByteOrderMark(content) ?? findParameter(contentType) ?? findMeta(content);
  return decode(content, label ?? 'utf-8');
}

function findByteOrderMark(content: Buffer): string | null {
  if (content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return 'utf-8';
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be';
  return content[0] === 0xff && content[1] === 0xfe ? 'utf-16le' : null;
}

function findParameter(contentType: string): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1] ?? null;
}

function findMeta(content: Buffer): string | null {
  const head = content.toString('latin1', 0, META_BYTES);
  const label = /<meta[^>]{0,512}?charset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1] ?? null;
  // A page that can be read as far as that is not UTF-16, whatever it says.
  return label !== null && /^utf-?16/i.test(label) ? 'utf-8' : label;
}

function decode(content: Buffer, label: string): string {
  try {
    return new TextDecoder(label).decode(content);
  } catch {
    return new TextDecoder().decode(content);
  }
}
