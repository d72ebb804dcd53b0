/** `-F name=value` of a URL, like curl's: fields and files of a form. */
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { FormValue } from '../http/index.ts';

export type FormField = readonly [name: string, value: FormValue];

/** Collects `name=value`, `name=@file` and `name=<file`; files may be followed by `;type=…` and `;filename=…`. */
export function readForm(text: string, earlier: readonly FormField[] = []): FormField[] {
  const equals = text.indexOf('=');
  if (equals < 1) {
    throw new InvalidArgumentError('Expected a field such as name=value, or photo=@file.png;type=image/png.');
  }
  return [...earlier, [text.slice(0, equals), toValue(text.slice(equals + 1))]];
}

function toValue(text: string): FormValue {
  if (text.startsWith('<')) return read(text.slice(1)).toString('utf8');
  if (!text.startsWith('@')) return text;
  const [file = '', ...attributes] = text.slice(1).split(';');
  const named = new Map(attributes.map(toAttribute));
  return {
    file: read(file),
    filename: named.get('filename') ?? file.replace(/^.*[/\\]/, ''),
    contentType: named.get('type'),
  };
}

function toAttribute(text: string): [name: string, value: string] {
  const [, name = '', value = ''] = /^\s*(type|filename)=(.*)$/.exec(text) ?? [];
  if (value === '')
    throw new InvalidArgumentError(`Expected type=… or filename=… behind the file, got "${text}".`);
  return [name, value.replace(/^"(.*)"$/, '$1')];
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new InvalidArgumentError(
      `The file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`,
    );
  }
}
