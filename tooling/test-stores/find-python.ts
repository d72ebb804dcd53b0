import { spawnSync } from 'node:child_process';

/** Whether there is a python3 that can import a module. */
export function hasPythonModule(name: string): boolean {
  return spawnSync('python3', ['-c', `import ${name}`]).status === 0;
}

/** What docs/examples/realtime_client.py needs. */
export const PYTHON_WEBSOCKETS = 'websockets.asyncio.client';
