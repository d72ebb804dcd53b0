// What went wrong while installing, in one sentence; what the installer said is shown above it.
const CAUSES = [
  [
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|dns error|error sending request|connection (refused|reset)|timed out/i,
    'the package registry cannot be reached: check the network (and the proxy), then run the command again',
  ],
  [
    /ENOSPC|no space left/i,
    'the disk is full: make room (about 1.5 GB are needed), then run the command again',
  ],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    'a folder cannot be written: check who owns this clone and the folders of your user',
  ],
  [/npm: not found|npm: command not found/i, 'npm is not on PATH: install it beside Node, or start with npm'],
  [
    /EINTEGRITY|checksum|integrity/i,
    'a package is not the one that was pinned: nothing was installed from it',
  ],
  [
    /OUTDATED_LOCKFILE|frozen-lockfile/i,
    'pnpm-lock.yaml does not fit the package.json files: get a consistent commit',
  ],
  [
    /E40[1347]|status (code )?40[1347]/i,
    'the package registry refused a package: check the registry that npm is set to',
  ],
];

export function explainInstall(what, said) {
  const output = said.filter((line) => line.trim() !== '').slice(-12);
  const cause = CAUSES.find(([pattern]) => pattern.test(said.join('\n')))?.[1] ?? 'see above';
  return [...output, `${what} could not be installed: ${cause}.`].join('\n');
}
