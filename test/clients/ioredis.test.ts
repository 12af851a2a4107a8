// ioredis as an application uses it: connect, log in, take a name, ask, and be refused.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Redis } from "ioredis";
import { canRun, OUR_SERVER, ServerProcess } from "../support/server-process";

interface Identity {
  readonly username?: string;
  readonly password?: string;
  readonly connectionName?: string;
  readonly db?: number;
}

describe("ioredis", { skip: !canRun(OUR_SERVER) }, () => {
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

  function connect(port: number, options: Identity = {}): Redis {
    const redis = new Redis(port, "127.0.0.1", { retryStrategy: () => null, ...options });
    redis.on("error", () => undefined);
    return redis;
  }

  test("connects, is ready, and stores and reads values", async () => {
    const redis = connect(server.port);
    try {
      assert.equal(await redis.ping(), "PONG");
      assert.equal(await redis.set("greeting", "héllo"), "OK");
      assert.equal(await redis.get("greeting"), "héllo");
      const bytes = Buffer.from([0, 255, 13, 10, 36]);
      await redis.set("bytes", bytes, "EX", 100);
      assert.deepEqual(await redis.getBuffer("bytes"), bytes);
      assert.equal(await redis.get("nothing"), null);
      assert.match(await redis.info("server"), /redis_version:7\.2\.4/);
    } finally {
      redis.disconnect();
    }
  });

  test("names its connection, chooses its database, and says which library it is", async () => {
    const redis = connect(server.port, { connectionName: "my-app", db: 5 });
    try {
      assert.equal(await redis.client("GETNAME"), "my-app");
      const line = String(await redis.client("INFO"));
      assert.match(line, / name=my-app .* db=5 /);
      assert.match(line, / lib-name=ioredis[^ ]* lib-ver=\d+\.\d+\.\d+/);
    } finally {
      redis.disconnect();
    }
  });

  test("sends pipelines, and gets an error where it belongs", async () => {
    const redis = connect(server.port);
    try {
      const pipeline = redis.pipeline();
      for (let index = 0; index < 1000; index++) pipeline.set(`p:${index}`, String(index));
      pipeline.call("NOSUCH");
      pipeline.get("p:999");
      const results = (await pipeline.exec()) ?? [];
      assert.equal(results.length, 1002);
      assert.match(String(results[1000]?.[0]), /unknown command 'NOSUCH'/);
      assert.deepEqual(results[1001], [null, "999"]);
    } finally {
      redis.disconnect();
    }
  });

  test("logs in with a password, or with a user name and a password", async () => {
    for (const options of [{ password: "secret" }, { username: "default", password: "secret" }]) {
      const redis = connect(guarded.port, options);
      try {
        assert.equal(await redis.ping(), "PONG");
      } finally {
        redis.disconnect();
      }
    }
  });

  test("learns that the password is wrong, or that there should be one", async () => {
    for (const [options, reason] of [
      [{ password: "wrong" }, /WRONGPASS|NOAUTH/],
      [{}, /NOAUTH/],
    ] as const) {
      const redis = connect(guarded.port, options);
      await assert.rejects(redis.get("k"), reason);
      redis.disconnect();
    }
  });

  test("QUIT ends the connection after the reply", async () => {
    const redis = connect(server.port);
    const ended = new Promise((resolve) => redis.once("end", resolve));
    assert.equal(await redis.quit(), "OK");
    await ended;
  });
});
