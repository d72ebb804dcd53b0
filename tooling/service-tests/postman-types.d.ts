// As much of Postman's libraries, which have no types, as the test uses.
declare module 'postman-collection' {
  interface Variables {
    set(name: string, value: string, type: string): void;
  }
  const collections: {
    Collection: new (definition: unknown) => unknown;
    VariableScope: new (definition: unknown) => Variables;
  };

  export = collections;
}

declare module 'postman-runtime' {
  interface Run {
    // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
    start(handlers: Record<string, (...values: any[]) => void>): void;
  }
  const runtime: {
    Runner: new () => {
      run(collection: unknown, options: object, onReady: (error: Error | null, run: Run) => void): void;
    };
  };

  export = runtime;
}
