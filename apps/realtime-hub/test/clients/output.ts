import type { ChildProcess } from 'node:child_process';

/** What a process has written so far, to either side. */
export function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
  return () => text;
}
