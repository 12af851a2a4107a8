// node-redis as an application uses it, in RESP2 and RESP3.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createClient } from "redis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

for (const RESP of [2, 3] as const) {
  describe(`node-redis in RESP${RESP}`, { skip: !canRun(OUR_SERVER) }, () => {
    let server: ServerProcess;
    let guarded: ServerProcess;
    before(async () => {
      server = await ServerProcess.start();
      guarded = await ServerProcess.start({ config: { requirepass: "secret" } });
    });
    after(async () => {
      await server?.stop();
      await guarded?.stop();
    });

    function make(port: number, options: Parameters<typeof createClient>[0] = {}) {
      const socket = { host: "127.0.0.1", port, reconnectStrategy: false } as const;
      const client = createClient({ RESP, socket, ...options });
      client.on("error", () => undefined);
      return client;
    }

    test("connects, and stores and reads values", async () => {
      const client = await make(server.port).connect();
      try {
        assert.equal(await client.ping(), "PONG");
        assert.equal(await client.echo("héllo"), "héllo");
        assert.equal(await client.set("greeting", "héllo", { EX: 100 }), "OK");
        assert.equal(await client.get("greeting"), "héllo");
        assert.equal(await client.get("nothing"), null);
        assert.deepEqual(await client.mGet(["greeting", "nothing"]), ["héllo", null]);
      } finally {
        await client.close();
      }
    });

    test("names its connection, chooses its database, and says which library it is", async () => {
      const client = await make(server.port, { name: "my-app", database: 5 }).connect();
      try {
        assert.equal(await client.clientGetName(), "my-app");
        const info = await client.clientInfo();
        assert.equal(info.name, "my-app");
        assert.equal(info.db, 5);
        const line = String(await client.sendCommand(["CLIENT", "INFO"]));
        assert.match(line, new RegExp(` resp=${RESP} lib-name=node-redis[^ ]* lib-ver=\\d`));
      } finally {
        await client.close();
      }
    });

    test("sends many commands at once, and gets an error where it belongs", async () => {
      const client = await make(server.port).connect();
      try {
        const writes = Array.from({ length: 1000 }, (_, index) =>
          client.set(`p:${index}`, String(index)),
        );
        const unknown = client.sendCommand(["NOSUCH"]);
        const last = client.get("p:999");
        assert.deepEqual(new Set(await Promise.all(writes)), new Set(["OK"]));
        await assert.rejects(unknown, /unknown command 'NOSUCH'/);
        assert.equal(await last, "999");
      } finally {
        await client.close();
      }
    });

    test("logs in with a password, or with a user name and a password", async () => {
      for (const options of [{ password: "secret" }, { username: "default", password: "secret" }]) {
        const client = await make(guarded.port, options).connect();
        assert.equal(await client.ping(), "PONG");
        await client.close();
      }
    });

    test("learns that the password is wrong, or that there should be one", async () => {
      await assert.rejects(make(guarded.port, { password: "wrong" }).connect(), /WRONGPASS/);
      const stranger = make(guarded.port);
      // In RESP2 nothing is asked while connecting; the first command is refused.
      const attempt = stranger.connect().then((client) => client.get("k"));
      await assert.rejects(attempt, /NOAUTH/);
      stranger.destroy();
    });
  });
}
