// The real redis-cli 7.0 against this server: the modes in which it is more than a prompt. What it
// prints of the same data is compared with what it prints of a real server's.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type CliOptions, type CliRun, runRedisCli } from "../support/redis-cli";
import { encodeCommand } from "../support/resp-encode";
import { REAL_SERVER, ServerProcess } from "../support/server-process";

const PIPED_COMMANDS = 10_000;

describe("redis-cli", () => {
  let ours: ServerProcess;
  let real: ServerProcess;

  before(async () => {
    ours = await ServerProcess.start();
    real = await ServerProcess.start({ program: REAL_SERVER });
    for (const server of [ours, real]) {
      const client = await server.client();
      for (let i = 1; i <= 300; i++) client.send("SET", `user:${i}`, "x".repeat(i), "EX", "5000");
      for (let i = 1; i <= 20; i++) client.send("SET", `item:${i}`, String(i));
      for (let i = 0; i < 320; i++) await client.readReply();
      await client.close();
    }
  });
  after(async () => {
    await ours.stop();
    await real.stop();
  });

  function cli(args: string, options: CliOptions = {}): Promise<CliRun> {
    return runRedisCli(ours.port, args.split(" "), options);
  }

  function realCli(args: string, options: CliOptions = {}): Promise<CliRun> {
    return runRedisCli(real.port, args.split(" "), options);
  }

  /** What is printed below the summary's heading. */
  function summaryOf(run: CliRun): string {
    assert.equal(run.code, 0, run.stdout + run.stderr);
    const at = run.stdout.indexOf("-------- summary -------");
    assert.ok(at > 0, run.stdout);
    return run.stdout.slice(at);
  }

  test("--scan lists every key once, with a pattern those that match", async () => {
    for (const args of ["--scan", "--scan --pattern user:1*", "--scan --pattern nothing"]) {
      const [found, expected] = await Promise.all([cli(args), realCli(args)]);
      assert.equal(found.code, 0);
      assert.deepEqual(found.stdout.split("\n").sort(), expected.stdout.split("\n").sort(), args);
    }
  });

  test("--bigkeys finds what it finds in a real server", async () => {
    assert.equal(summaryOf(await cli("--bigkeys")), summaryOf(await realCli("--bigkeys")));
  });

  test("--memkeys finds the largest key and counts all", async () => {
    for (const args of ["--memkeys", "--memkeys-samples 3"]) {
      const summary = summaryOf(await cli(args));
      assert.match(summary, /^Sampled 320 keys in the keyspace!$/m);
      const largest = /^Biggest string found '"user:(\d+)"' has (\d+) bytes$/m.exec(summary);
      assert.ok(largest !== null, summary);
      // Blocks come in sizes, so that the largest values may take the same.
      assert.ok(Number(largest[1]) > 280 && Number(largest[2]) > 300, largest[0]);
      assert.match(
        summary,
        /^320 strings with \d+ bytes \(100\.00% of keys, avg size \d+\.\d\d\)$/m,
      );
    }
  });

  test("--stat prints a line of figures at every interval", async () => {
    const line = /^320\s+\d+\.\d\dM\s+\d+\s+0\s+\d+ \(\+\d+\)\s+\d+\s*$/gm;
    const three = /(^320.*\n){3}/m;
    const { stdout } = await cli("--stat -i 0.05", { until: three });
    assert.equal(stdout.split("\n")[1]?.trim().split(/\s+/)[0], "keys", stdout);
    assert.ok((stdout.match(line) ?? []).length >= 3, stdout);
  });

  test("--latency measures round trips", async () => {
    const raw = await cli("--latency --raw -i 0.3");
    const figures = raw.stdout.trim().split(" ").map(Number);
    assert.equal(figures.length, 4, raw.stdout);
    const [least = 0, most = 0, average = 0, samples = 0] = figures;
    assert.ok(least <= average && average <= most && samples > 5, raw.stdout);
    const history = await cli("--latency-history -i 0.1", { until: /(samples|\d+\n).*\n/ });
    assert.match(history.stdout, /^\d+ \d+ \d+\.\d+ \d+/m);
  });

  test("--pipe loads commands and counts their replies", async () => {
    const commands: Buffer[] = [];
    for (let i = 0; i < PIPED_COMMANDS; i++) {
      commands.push(encodeCommand(["SET", `piped:${i}`, `value ${i}`]));
    }
    const run = await cli("--pipe", { input: Buffer.concat(commands) });
    assert.match(run.stdout, new RegExp(`^errors: 0, replies: ${PIPED_COMMANDS}$`, "m"));
    assert.equal(run.code, 0);
    const { stdout } = await cli("get piped:9999");
    assert.equal(stdout, "value 9999\n");
    await cli(`unlink ${Array.from({ length: PIPED_COMMANDS }, (_, i) => `piped:${i}`).join(" ")}`);
  });

  test("--pipe tells of errors as with a real server", async () => {
    const input = "SET a 1\r\nINCR item:1\r\nNOTHING x\r\nGET\r\nDEL a\r\n";
    const [found, expected] = [await cli("--pipe", { input }), await realCli("--pipe", { input })];
    assert.equal(found.stdout, expected.stdout);
    assert.equal(found.stderr, expected.stderr);
    assert.equal(found.code, expected.code);
  });

  test("single commands print the same in every form of output", async () => {
    for (const args of [
      "get user:3",
      "--no-raw get user:3",
      "--no-raw mget user:1 absent item:20",
      "--csv mget user:1 absent item:20",
      "--json get user:2",
      "-3 --no-raw get absent",
      "-n 3 dbsize",
      "-r 3 incr counter",
      "-e get",
      "-x set piped",
      "--no-raw getrange user:9 2 4",
      "-2 --no-raw object encoding item:3",
    ]) {
      const options = args.startsWith("-x") ? { input: "from stdin" } : {};
      const [found, expected] = [await cli(args, options), await realCli(args, options)];
      assert.deepEqual(found, expected, args);
    }
  });

  test("commands from standard input are run one by one", async () => {
    const input = "set q 'a b'\nget q\nincr q\nstrlen q\n\ndel q\n";
    const [found, expected] = [
      await runRedisCli(ours.port, [], { input }),
      await runRedisCli(real.port, [], { input }),
    ];
    assert.deepEqual(found, expected);
  });
});
