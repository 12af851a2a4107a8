// Listeners: addresses, errors, unix sockets, slots. Part of the suite that every transport passes.

import assert from "node:assert/strict";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ListenError } from "../../../../src/net/transport";
import { RawClient } from "../../../support/raw-client";
import { tempDir } from "../../../support/temp-dir";
import { waitFor } from "../../../support/wait-for";
import { bulk, HASH_KEY, TransportDriver, type TransportFactory } from "../transport-driver";

export function testListening(create: TransportFactory): void {
  const make = (t: TestContext, maxSlots?: number) => {
    const transport = create(
      maxSlots === undefined ? { hashKey: HASH_KEY } : { hashKey: HASH_KEY, maxSlots },
    );
    t.after(() => transport.stop(0));
    return transport;
  };
  const failsWith = (code: string) => (error: unknown) =>
    error instanceof ListenError && error.code === code;

  test("a taken port is EADDRINUSE, a foreign address EADDRNOTAVAIL", async (t) => {
    const transport = make(t);
    const port = transport.listenerPort(await transport.listenTcp("127.0.0.1", 0, 511));
    await assert.rejects(transport.listenTcp("127.0.0.1", port, 511), failsWith("EADDRINUSE"));
    await assert.rejects(transport.listenTcp("192.0.2.1", 0, 511), failsWith("EADDRNOTAVAIL"));
  });

  test("a port of all IPv6 addresses leaves that of IPv4 free", async (t) => {
    const driver = new TransportDriver(make(t));
    const { transport } = driver;
    const v6 = await transport.listenTcp("::", 0, 511);
    const port = transport.listenerPort(v6);
    const v4 = await transport.listenTcp("0.0.0.0", port, 511);
    driver.start();
    for (const [host, listener] of [
      ["::1", v6],
      ["127.0.0.1", v4],
    ] as const) {
      driver.seen.length = 0;
      const client = await RawClient.connect({ host, port });
      t.after(() => client.close());
      assert.equal((await client.command("ECHO", host)).toString(), bulk(host));
      assert.equal(driver.seen.find((seen) => seen.kind === "accepted")?.listener, listener);
      const slot = await driver.acceptedSlot();
      const form = host === "::1" ? "[::1]" : host;
      const address = transport.addressOf(slot);
      assert.equal(address.remote, `${form}:${client.socket.localPort}`);
      assert.equal(address.local, `${form}:${port}`);
      assert.equal(address.remoteIp, host);
      assert.equal(address.isUnix, false);
    }
  });

  test("a closed listener refuses, its clients stay", async (t) => {
    const driver = new TransportDriver(make(t));
    const { transport } = driver;
    const id = await transport.listenTcp("127.0.0.1", 0, 511);
    const port = transport.listenerPort(id);
    driver.start();
    const client = await RawClient.connect({ port });
    t.after(() => client.close());
    await client.command("ECHO", "one");
    transport.closeListener(id);
    await assert.rejects(RawClient.connect({ port }));
    assert.equal((await client.command("ECHO", "two")).toString(), bulk("two"));
    const again = await transport.listenTcp("127.0.0.1", port, 511);
    assert.equal(transport.listenerPort(again), port);
    const other = await RawClient.connect({ port });
    t.after(() => other.close());
    assert.equal((await other.command("ECHO", "three")).toString(), bulk("three"));
  });

  test("a unix socket: permission, addresses, a stale file, its removal", async (t) => {
    const path = join(tempDir(t), "redis.sock");
    const driver = new TransportDriver(make(t));
    const { transport } = driver;
    const first = await transport.listenUnix(path, 0o600, 511);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    // The file of a server that was killed looks exactly like this one.
    const id = await transport.listenUnix(path, 0o770, 511);
    assert.equal(statSync(path).mode & 0o777, 0o770);
    driver.start();
    const client = await RawClient.connect({ path });
    t.after(() => client.close());
    assert.equal((await client.command("ECHO", "unix")).toString(), bulk("unix"));
    const slot = await driver.acceptedSlot();
    const { remote, local, remoteIp, isUnix } = transport.addressOf(slot);
    assert.deepEqual(
      { remote, local, remoteIp, isUnix },
      {
        remote: `${path}:0`,
        local: `${path}:0`,
        remoteIp: "",
        isUnix: true,
      },
    );
    transport.closeListener(first);
    transport.closeListener(id);
    await waitFor("removal of the socket file", () => !existsSync(path));
  });

  test("a unix socket does not replace a file that is none", async (t) => {
    const dir = tempDir(t);
    const path = join(dir, "precious");
    writeFileSync(path, "data");
    const transport = make(t);
    await assert.rejects(transport.listenUnix(path, 0, 511), failsWith("EADDRINUSE"));
    await assert.rejects(transport.listenUnix(join(dir, "no", "dir"), 0, 511), ListenError);
    assert.equal(statSync(path).size, 4);
  });

  test("with every slot taken a newcomer is closed, and the next one served again", async (t) => {
    const driver = await TransportDriver.serve(t, make(t, 3));
    const clients = await Promise.all([0, 1, 2].map(() => RawClient.connect(driver)));
    t.after(() => Promise.all(clients.map((client) => client.close())));
    await driver.acceptedSlot(3);
    const fourth = await RawClient.connect(driver);
    fourth.socket.on("error", () => {});
    await fourth.closed;
    await clients[1]?.close();
    await driver.waitFor("CLOSED", () => driver.seen.some((seen) => seen.kind === "closed"));
    const fifth = await RawClient.connect(driver);
    t.after(() => fifth.close());
    assert.equal((await fifth.command("ECHO", "fifth")).toString(), bulk("fifth"));
    assert.equal(driver.seen.filter((seen) => seen.kind === "accepted").length, 4);
  });
}
