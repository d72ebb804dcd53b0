import { describe, expect, it } from 'vitest';
import { defineScenario, isScenario } from '../../src/scenario/define.ts';
import { resolveOptions } from '../../src/scenario/options.ts';

const run = (): void => {};

describe('defineScenario', () => {
  it('makes a scenario that other copies of the package recognise', () => {
    const scenario = defineScenario({ name: 'shop', tasks: [{ name: 'browse', run }] });
    expect(isScenario(scenario)).toBe(true);
    expect(Reflect.get(scenario, Symbol.for('loadspiker.scenario'))).toBe(true);
    expect([null, {}, 'shop', { name: 'shop' }].some(isScenario)).toBe(false);
  });

  it.each([
    [{ name: '', tasks: [{ name: 'a', run }] }, 'The scenario cannot run: it needs a name.'],
    [{ name: 's', tasks: [] }, 'The scenario cannot run: it needs at least one task.'],
    [{ name: 's' }, 'The scenario cannot run: it needs at least one task.'],
    [{ name: 's', tasks: [{ run }] }, 'The scenario cannot run: every task needs a name.'],
    [{ name: 's', tasks: [{ name: 'a' }] }, 'The scenario cannot run: the task "a" needs a function "run".'],
    [
      { name: 's', tasks: [{ name: 'a', run, weight: -1 }] },
      'The scenario cannot run: the weight of the task "a" must be 0 or more, got -1.',
    ],
    [
      { name: 's', tasks: [{ name: 'a', run, weight: 0 }] },
      'The scenario cannot run: at least one task needs a weight above 0.',
    ],
  ])('refuses a definition that cannot run and says why (%#)', (definition, message) => {
    expect(() => defineScenario(definition as never)).toThrow(
      expect.objectContaining({ name: 'LoadEngineError', code: 'scenario-invalid', message }),
    );
  });
});

describe('resolveOptions', () => {
  const defaults = { authorId: 1, plan: 'free', loud: false };

  it('turns texts into the types of the defaults', () => {
    expect(resolveOptions(defaults, { authorId: '7', plan: '12', loud: 'true' })).toEqual({
      authorId: 7,
      plan: '12',
      loud: true,
    });
  });

  it.each([
    [{ nope: '1' }, 'unknown scenario option "nope": this scenario has authorId=1, plan=free, loud=false'],
    [
      { toString: '1' },
      'unknown scenario option "toString": this scenario has authorId=1, plan=free, loud=false',
    ],
    [{ authorId: 'x' }, 'expected the scenario option "authorId" to be a number, got "x"'],
    [{ authorId: '' }, 'expected the scenario option "authorId" to be a number, got ""'],
    [{ authorId: Number.NaN }, 'expected the scenario option "authorId" to be a number, got "NaN"'],
    [{ loud: 'yes' }, 'expected the scenario option "loud" to be true or false, got "yes"'],
  ])('refuses %j with a sentence', (overrides, message) => {
    expect(() => resolveOptions(defaults, overrides)).toThrow(new RangeError(message));
  });

  it('says when a scenario has no options', () => {
    expect(() => resolveOptions({}, { a: '1' })).toThrow(
      'unknown scenario option "a": this scenario has none',
    );
  });
});
