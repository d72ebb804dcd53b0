/** Writes a report so that a reader never finds half of one. */
import { randomBytes } from 'node:crypto';
import { accessSync, constants, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LoadEngineError, toMessage } from '../../errors.ts';

/** A place for a report, known to be writable before the run that fills it. */
export class ReportFile {
  readonly path: string;

  /** Throws a LoadEngineError `report-unwritable`. */
  constructor(path: string) {
    this.path = path;
    this.#attempt(() => assertWritable(path));
  }

  /** False for a device or a pipe, which is written to once. */
  get isReplaceable(): boolean {
    return kindOf(this.path) !== 'special';
  }

  /** Writes the whole report beside its place, and then moves it there at once. */
  write(text: string): void {
    this.#attempt(() => {
      // A device or pipe is written to as it is: renaming over /dev/null would replace it.
      if (this.isReplaceable) replaceFile(toRealPath(this.path), text, true);
      else writeFileSync(this.path, text);
    });
  }

  /** The same of figures that are soon replaced: whoever waits for the disk would hold up the run. */
  writeInterim(text: string): void {
    this.#attempt(() => replaceFile(toRealPath(this.path), text, false));
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (cause) {
      throw new LoadEngineError(
        'report-unwritable',
        `The report ${this.path} cannot be written: ${toMessage(cause)}.`,
        {
          cause,
        },
      );
    }
  }
}

function assertWritable(path: string): void {
  const kind = kindOf(path);
  if (kind === 'folder') throw new Error('it is a folder');
  if (kind !== 'missing') accessSync(path, constants.W_OK);
  if (kind === 'special') return;
  const trial = besides(toRealPath(path));
  writeFileSync(trial, '', { flag: 'wx' });
  rmSync(trial);
}

function replaceFile(path: string, text: string, flush: boolean): void {
  const temporary = besides(path);
  try {
    writeFileSync(temporary, text, { flag: 'wx', flush });
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

type Kind = 'missing' | 'file' | 'folder' | 'special';

function kindOf(path: string): Kind {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 'missing';
  if (stat.isDirectory()) return 'folder';
  return stat.isFile() ? 'file' : 'special';
}

/** Where a link leads, so that the link stays and its file is replaced. */
function toRealPath(path: string): string {
  return kindOf(path) === 'missing' ? resolve(path) : realpathSync(path);
}

function besides(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`);
}
