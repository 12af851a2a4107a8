// What the parts of the transport suite share.

import net from "node:net";
import type { TestContext } from "node:test";
import type { TransportSettings } from "../../../../src/net/transport";
import { RawClient } from "../../../support/raw-client";
import type { Handler, TransportDriver } from "../transport-driver";

export type Serve = (
  t: TestContext,
  handler?: Handler,
  settings?: Partial<TransportSettings>,
) => Promise<{ driver: TransportDriver; client: RawClient; slot: number }>;

export async function connectTo(t: TestContext, driver: TransportDriver): Promise<RawClient> {
  const client = await RawClient.connect({ port: driver.port });
  t.after(() => client.close());
  return client;
}

/** Text of a length whose every part tells where it belongs. */
export function longText(length: number, salt = ""): string {
  let text = "";
  for (let at = 0; text.length < length; at++) text += `${salt}${at.toString(36)},`;
  return text.slice(0, length);
}

/** Everything a paused client receives once it reads, up to `length` bytes. */
export function receive(socket: net.Socket, length: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let received = 0;
  return new Promise((resolve, reject) => {
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      chunks.push(chunk);
      received += chunk.length;
      if (received >= length) resolve(Buffer.concat(chunks));
    });
    socket.resume();
  });
}

/** A bare socket that reads nothing until told. */
export async function pausedSocket(t: TestContext, port: number): Promise<net.Socket> {
  const socket = net.connect({ port, host: "127.0.0.1" });
  socket.pause();
  t.after(() => socket.destroy());
  await new Promise((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("error", reject);
  });
  return socket;
}
