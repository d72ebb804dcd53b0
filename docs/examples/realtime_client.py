"""A small client of the real-time hub.

Needs Python 3.9 or newer with `pip install websockets` (14 or newer).
Run it: python3 realtime_client.py [address of the hub] [token] [seconds]
"""

import asyncio
import inspect
import json
import sys
import time
from typing import Any, Callable, Dict, List, Optional
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed


class RealtimeClient:
    def __init__(self, url: str, token: str):
        self.url = url
        self.token = token
        self.websocket: Optional[ClientConnection] = None
        self.handlers: Dict[str, Callable[[Any], Any]] = {}
        self._reading: Optional["asyncio.Task[None]"] = None

    async def connect(self) -> None:
        """Connect to the WebSocket server"""
        self.websocket = await connect(f"{self.url}?token={quote(self.token, safe='')}")
        # Kept, since the event loop holds tasks only weakly.
        self._reading = asyncio.create_task(self._handle_messages(self.websocket))

    async def _handle_messages(self, websocket: ClientConnection) -> None:
        """Handle incoming messages"""
        try:
            async for message in websocket:
                await self._handle_message(message)
        except ConnectionClosed as closed:
            # Which close codes are worth another try: docs/realtime-clients.md
            print(f"Disconnected: {closed}")

    async def _handle_message(self, message: Any) -> None:
        try:
            data = json.loads(message)
            handler = self.handlers.get(data.get("type"))
            if handler is not None:
                result = handler(data.get("data"))
                if inspect.isawaitable(result):
                    await result
        except json.JSONDecodeError:
            print(f"Failed to parse message: {message}")
        except Exception as error:
            print(f"Error handling message: {error}")

    def on(self, message_type: str, handler: Callable[[Any], Any]) -> None:
        """Register a message handler, a function or a coroutine function"""
        self.handlers[message_type] = handler

    async def send(self, message_type: str, data: Any) -> None:
        """Send a message to the server"""
        if self.websocket is not None:
            message = {
                "type": message_type,
                "data": data,
                "timestamp": int(time.time() * 1000),
            }
            await self.websocket.send(json.dumps(message))

    async def subscribe(self, topics: List[str]) -> None:
        """Subscribe to topics"""
        await self.send("Subscribe", {"topics": topics})

    async def broadcast(self, topic: str, payload: Any) -> None:
        """Send a broadcast message"""
        await self.send("Broadcast", {"topic": topic, "payload": payload})

    async def send_direct_message(self, target_user: str, payload: Any) -> None:
        """Send a direct message"""
        await self.send("DirectMessage", {"target_user": target_user, "payload": payload})

    async def disconnect(self) -> None:
        """Disconnect from the server"""
        if self.websocket is not None:
            await self.websocket.close(1000, "Client disconnect")
        if self._reading is not None:
            await self._reading


# Usage example
async def main(
    url: str = "ws://localhost:8081/ws", token: str = "your-jwt-token", seconds: str = "60"
) -> None:
    client = RealtimeClient(url, token)

    # Register handlers
    client.on("Status", lambda data: print(f"Status: {json.dumps(data)}", flush=True))
    client.on("Broadcast", lambda data: print(f"Broadcast: {json.dumps(data)}", flush=True))
    client.on("DirectMessage", lambda data: print(f"DM: {json.dumps(data)}", flush=True))

    # Connect and interact
    await client.connect()
    await client.subscribe(["chat.general", "notifications"])

    # Send a broadcast
    await client.broadcast(
        "chat.general", {"message": "Hello from Python!", "sender": "python_client"}
    )

    # Keep running
    await asyncio.sleep(float(seconds))
    await client.disconnect()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
