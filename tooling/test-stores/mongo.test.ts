import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { expect, inject, it } from 'vitest';
import { createTestMongo, describeOnMongo, describeOnOwnMongo, startOwnMongo } from './test-mongo.ts';

describeOnOwnMongo('a MongoDB of a test', () => {
  it('ends when its starter is killed with SIGKILL', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'trafficflux-mongo-starter-'));
    const { starter, port } = await startInProcess(dir);
    expect(await answers(port)).toBe(true);
    starter.kill('SIGKILL');
    await expect.poll(() => answers(port), { timeout: 10_000 }).toBe(false);
    rmSync(dir, { recursive: true, force: true });
  });

  it('comes back on its port, with its data, after a kill', async () => {
    await using mongo = await startOwnMongo();
    await withCollection(mongo.url, 'kept', (things) => things.insertOne({ name: 'kept' }));
    await mongo.kill();
    expect(await answers(Number(new URL(mongo.url).port))).toBe(false);
    await mongo.restart();
    const kept = await withCollection(mongo.url, 'kept', (things) => things.findOne({}));
    expect(kept).toMatchObject({ name: 'kept' });
  });
});

describeOnMongo('the MongoDB of the run', () => {
  it('has no document of a test file after its database was dropped', async () => {
    const database = createTestMongo();
    const { url, databaseName } = database;
    await withCollection(url, databaseName, (things) => things.insertOne({ name: 'left' }));
    await database.drop();
    expect(await withCollection(url, databaseName, (things) => things.countDocuments())).toBe(0);
  });
});

async function startInProcess(dir: string): Promise<{ starter: ChildProcess; port: number }> {
  const file = join(import.meta.dirname, 'mongo-process.ts');
  const script = `import { startMongoProcess } from ${JSON.stringify(file)};
    const { port } = await startMongoProcess(${JSON.stringify(inject('mongoProgram'))}, ${JSON.stringify(dir)});
    console.log(port);`;
  const starter = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(starter.stdout as NodeJS.ReadableStream, 'data');
  return { starter, port: Number(String(line)) };
}

async function withCollection<Result>(
  url: string,
  databaseName: string,
  use: (things: mongoose.Collection) => Promise<Result>,
): Promise<Result> {
  const connection = await mongoose.createConnection(url, { dbName: databaseName }).asPromise();
  try {
    return await use(connection.collection('things'));
  } finally {
    await connection.close();
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
