/** Node's inspector of another process: its heap after a collection, which no metric of a running process tells. */

export interface Inspector {
  /** Bytes that are still in use after everything else was collected. */
  readHeap(): Promise<number>;
  close(): void;
}

export async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  const answers = new Map<number, (result: { usedSize?: number }) => void>();
  let id = 0;
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data));
    answers.get(answer.id)?.(answer.result);
    answers.delete(answer.id);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', reject, { once: true });
  });
  const call = (method: string) =>
    new Promise<{ usedSize?: number }>((resolve) => {
      answers.set(++id, resolve);
      socket.send(JSON.stringify({ id, method }));
    });
  return {
    async readHeap() {
      await call('HeapProfiler.collectGarbage');
      return (await call('Runtime.getHeapUsage')).usedSize ?? Number.NaN;
    },
    close: () => socket.close(),
  };
}
