import { findProgram } from './find-program.ts';

/** The path of a Chromium on the PATH, or null. */
export function findChromium(): string | null {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  return names.map(findProgram).find((path) => path !== null) ?? null;
}
