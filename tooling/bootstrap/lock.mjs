// One bootstrap installs at a time; the others wait for it, and then find nothing left to do.
import { linkSync, mkdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolder } from './paths.mjs';
import { Problem } from './problem.mjs';

const lockFile = join(dataFolder, 'setup.lock');
const takeoverFolder = join(dataFolder, 'setup.lock.takeover');
const WAIT_MS = 200;
const TAKEOVER_LIMIT_MS = 5_000;

/** Runs `work` while no other process of this clone does. */
export async function holdLock(work) {
  makeDataFolder();
  await acquire();
  const release = () => rmSync(lockFile, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function makeDataFolder() {
  try {
    mkdirSync(dataFolder, { recursive: true });
  } catch (error) {
    throw new Problem(
      `The folder ${dataFolder} cannot be made (${error.code}): check the owner of this clone.`,
    );
  }
}

async function acquire() {
  for (let hasSaidSo = false; !tryAcquire(); ) {
    const holder = readHolder();
    if (holder !== '' && !isAlive(holder)) {
      takeOver(holder);
      continue;
    }
    if (!hasSaidSo)
      console.error(`Waiting for process ${Number.parseInt(holder, 10)}, which is setting up this clone …`);
    hasSaidSo = true;
    await delay(WAIT_MS);
  }
}

/** The link appears with its content or not at all, so nobody ever reads an empty lock. */
function tryAcquire() {
  const draft = `${lockFile}.${process.pid}`;
  writeFileSync(draft, identify(process.pid));
  try {
    linkSync(draft, lockFile);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the lock of a dead process; the folder keeps a second remover from removing the lock of a living one. */
function takeOver(deadHolder) {
  try {
    mkdirSync(takeoverFolder);
  } catch {
    const age = Date.now() - (statSync(takeoverFolder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TAKEOVER_LIMIT_MS) rmSync(takeoverFolder, { recursive: true, force: true });
    return;
  }
  if (readHolder() === deadHolder) rmSync(lockFile, { force: true });
  rmdirSync(takeoverFolder);
}

function readHolder() {
  try {
    return readFileSync(lockFile, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(holder) {
  const pid = Number.parseInt(holder, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  return identify(pid) === holder;
}

/** The process id, and on Linux its start time: a process id alone may belong to somebody else after a crash. */
function identify(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? `${pid}:dead` : `${pid}:${fields[18]}`;
  } catch {
    return `${pid}:`;
  }
}
