// An engine that is closed when its test ends.
import { onTestFinished } from 'vitest';
import { Engine, type EngineOptions } from '../../src/index.ts';

export function createEngine(options: EngineOptions = {}): Engine {
  const engine = new Engine(options);
  onTestFinished(() => engine.close());
  return engine;
}
