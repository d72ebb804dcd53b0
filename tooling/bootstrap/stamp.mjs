// A stamp is the hash of the files that some work was done for: as long as it fits, the work need not be repeated.
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export function isStamped(stampFile, sources) {
  return read(stampFile) === hash(sources);
}

export function stamp(stampFile, sources) {
  writeFileSync(`${stampFile}.new`, hash(sources));
  renameSync(`${stampFile}.new`, stampFile);
}

function hash(sources) {
  const sum = createHash('sha256').update(`${process.platform}-${process.arch}`);
  for (const source of sources) sum.update(`\0${source}\0`).update(read(source));
  return sum.digest('hex');
}

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
