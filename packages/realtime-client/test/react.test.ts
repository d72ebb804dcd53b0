// @vitest-environment happy-dom
// The hook in a DOM without a browser; the page in Chromium is with the tests of the hub.
import { act, cleanup, fireEvent, render, renderHook, screen, waitFor } from '@testing-library/react';
import { createElement, StrictMode, useEffect, useState } from 'react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type UseRealtimeOptions, useRealtime } from '../src/react.ts';
import { type Guest, type HubServer, startHubServer, toRefusal } from './support/hub-server.ts';

const QUICK = { reconnectDelay: 1 };

afterEach(cleanup);

function renderRealtime(server: HubServer, options: Partial<UseRealtimeOptions> = {}) {
  return renderHook((props: Partial<UseRealtimeOptions>) => useRealtime(props as UseRealtimeOptions), {
    initialProps: { url: server.url, token: 't1', ...QUICK, ...options },
  });
}

describe('useRealtime', () => {
  it('connects when the component comes, and leaves when it goes', async () => {
    const server = await startHubServer();
    const { result, unmount } = renderRealtime(server);
    expect(result.current).toMatchObject({ connected: false, connecting: true, error: null });
    await waitFor(() => expect(result.current.connected).toBe(true));
    expect(result.current).toMatchObject({ connecting: false, error: null });
    const guest = await server.guest();
    const closed = new Promise((resolve) => guest.socket.once('close', resolve));
    unmount();
    expect(await closed).toBe(1000);
  });

  it('waits to be told where it shall not connect by itself', async () => {
    const server = await startHubServer();
    const { result } = renderRealtime(server, { autoConnect: false });
    expect(result.current).toMatchObject({ connected: false, connecting: false });
    await act(() => result.current.connect());
    expect(result.current.connected).toBe(true);
    act(() => result.current.disconnect());
    expect(result.current).toMatchObject({ connected: false, connecting: false, error: null });
    expect(server.guests).toHaveLength(1);
  });

  it('runs the documented component: it subscribes, hears, says, and does so again after a break', async () => {
    const server = await startHubServer();
    render(createElement(Chat, { url: server.url }));
    expect(screen.getByText('Status: Disconnected')).toBeDefined();
    await waitFor(() => screen.getByText('Status: Connected'));
    const guest = await server.guest();
    await waitFor(() => expect(guest.topicsAsked()).toEqual([['chat.general']]));
    fireEvent.click(screen.getByText('Say'));
    await waitFor(() =>
      expect(guest.said).toContainEqual({
        type: 'Broadcast',
        data: { topic: 'chat.general', payload: { message: 'hello' } },
      }),
    );
    await sayAndSee(guest, 'first');
    guest.socket.terminate();
    const second = await server.guest(1);
    await waitFor(() => expect(second.topicsAsked().flat()).toContain('chat.general'));
    // One handler per type: the effect that ran again did not add a second one.
    await sayAndSee(second, 'second');
    expect(screen.getAllByRole('listitem')).toHaveLength(2);
  });

  it('connects once where React mounts everything twice', async () => {
    const server = await startHubServer();
    const { result } = renderHook(() => useRealtime({ url: server.url, token: 't1' }), {
      wrapper: StrictMode,
    });
    await waitFor(() => expect(result.current.connected).toBe(true));
    const guest = await server.guest(server.guests.length - 1);
    expect(guest.socket.readyState).toBe(guest.socket.OPEN);
    await expect.poll(() => server.guests.filter(({ socket }) => socket.readyState === 1).length).toBe(1);
  });

  it('gives the same functions with each render', async () => {
    const server = await startHubServer();
    const { result } = renderRealtime(server);
    const { connected: _connected, connecting: _connecting, error: _error, ...before } = result.current;
    await waitFor(() => expect(result.current.connected).toBe(true));
    for (const [name, action] of Object.entries(before))
      expect(result.current[name as keyof typeof before]).toBe(action);
  });

  it('connects anew with another token, and keeps topics and handlers', async () => {
    const server = await startHubServer();
    const { result, rerender } = renderRealtime(server);
    const heard = vi.fn();
    act(() => {
      result.current.on('Broadcast', heard);
      result.current.subscribe(['a.*']);
    });
    await waitFor(() => expect(result.current.connected).toBe(true));
    rerender({ url: server.url, token: 't2', ...QUICK });
    const second = await server.guest(1);
    expect(second.token).toBe('t2');
    await waitFor(() => expect(second.topicsAsked()).toEqual([['a.*']]));
    act(() => second.say('Broadcast', { topic: 'a.b', payload: 1 }));
    await waitFor(() => expect(heard.mock.calls).toEqual([[{ topic: 'a.b', payload: 1 }]]));
    await expect.poll(() => server.guests[0]?.socket.readyState).toBe(3);
  });

  it('stays connected when its token is a new function with each render', async () => {
    const server = await startHubServer();
    const { result, rerender } = renderRealtime(server, { token: () => 't1' });
    await waitFor(() => expect(result.current.connected).toBe(true));
    rerender({ url: server.url, token: () => 't2', ...QUICK });
    (await server.guest()).socket.terminate();
    expect((await server.guest(1)).token).toBe('t2');
  });

  it('says why it is not connected, and that it still tries', async () => {
    const server = await startHubServer({
      refuse: (_request, attempt) => (attempt === 0 ? toRefusal(503, 'SERVER_FULL') : null),
    });
    const { result } = renderRealtime(server, { reconnectDelay: 300 });
    await waitFor(() => expect(result.current.error).toMatchObject({ code: 'CONNECTION_FAILED' }));
    expect(result.current).toMatchObject({ connected: false, connecting: true });
    await waitFor(() => expect(result.current.connected).toBe(true));
    expect(result.current.error).toBeNull();
  });

  it('says why it tries no more', async () => {
    const server = await startHubServer({ onGuest: (guest) => guest.socket.close(1008, 'No.') });
    const { result } = renderRealtime(server);
    await waitFor(() => expect(result.current.error).toMatchObject({ closeCode: 1008 }));
    expect(result.current).toMatchObject({ connected: false, connecting: false });
  });

  it('takes a handler away again', async () => {
    const server = await startHubServer();
    const { result } = renderRealtime(server);
    await waitFor(() => expect(result.current.connected).toBe(true));
    const [gone, off, kept] = [vi.fn(), vi.fn(), vi.fn()];
    act(() => {
      const takeAway = result.current.on('Broadcast', gone);
      takeAway();
      result.current.on('Ack', off);
      result.current.off('Ack');
      result.current.on('Pong', kept);
    });
    const guest = await server.guest();
    for (const type of ['Broadcast', 'Ack', 'Pong']) guest.say(type, {});
    await waitFor(() => expect(kept).toHaveBeenCalledOnce());
    expect(gone).not.toHaveBeenCalled();
    expect(off).not.toHaveBeenCalled();
  });

  it('subscribes what children asked for before it was there', async () => {
    const server = await startHubServer();
    render(createElement(Parent, { url: server.url }));
    const guest = await server.guest();
    await waitFor(() => expect(guest.topicsAsked()).toEqual([['from.child']]));
  });
});

async function sayAndSee(guest: Guest, message: string): Promise<void> {
  guest.say('Broadcast', { topic: 'chat.general', payload: { message } });
  await waitFor(() => screen.getByText(message));
}

/** As the document has it, with something to see. */
function Chat({ url }: { readonly url: string }) {
  const { connected, subscribe, broadcast, on } = useRealtime({ url, token: 'your-jwt-token', ...QUICK });
  const [messages, setMessages] = useState<readonly string[]>([]);
  useEffect(() => {
    if (connected) {
      subscribe(['chat.general']);
      on('Broadcast', (data) => {
        const { message } = data.payload as { readonly message: string };
        setMessages((before) => [...before, message]);
      });
    }
  }, [connected, subscribe, on]);
  return createElement(
    'div',
    null,
    createElement('p', null, `Status: ${connected ? 'Connected' : 'Disconnected'}`),
    createElement(
      'button',
      { type: 'button', onClick: () => broadcast('chat.general', { message: 'hello' }) },
      'Say',
    ),
    createElement(
      'ul',
      null,
      messages.map((message) => createElement('li', { key: message }, message)),
    ),
  );
}

function Parent({ url }: { readonly url: string }) {
  const { subscribe } = useRealtime({ url, token: 't1' });
  return createElement(Child, { subscribe });
}

function Child({ subscribe }: { readonly subscribe: (topics: readonly string[]) => boolean }) {
  useEffect(() => {
    subscribe(['from.child']);
  }, [subscribe]);
  return null;
}
