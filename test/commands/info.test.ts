// INFO beside the real server's: the same sections and fields in the same order, values of the same
// form, and our own fields behind them. Then what single fields tell after what was done.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { RawClient } from "../support/raw-client";
import type { Reply } from "../support/reply";
import { REAL_SERVER, ServerProcess } from "../support/server-process";
import { waitFor } from "../support/wait-for";

type Section = Map<string, string>;

/** Sections by name, their fields by name, in the order of the report. */
function parseInfo(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let fields: Section = new Map();
  for (const line of text.split("\r\n")) {
    if (line === "") continue;
    if (line.startsWith("# ")) {
      fields = new Map();
      sections.set(line.slice(2), fields);
      continue;
    }
    const colon = line.indexOf(":");
    fields.set(line.slice(0, colon), line.slice(colon + 1));
  }
  return sections;
}

function textOf(reply: Reply): string {
  if (typeof reply === "string") return reply;
  assert.ok(reply !== null && typeof reply === "object" && "verbatim" in reply, String(reply));
  return reply.verbatim;
}

async function info(client: RawClient, ...names: string[]): Promise<Map<string, Section>> {
  return parseInfo(textOf(await client.call("INFO", ...names)));
}

async function field(client: RawClient, section: string, name: string): Promise<string> {
  const value = (await info(client, section)).values().next().value?.get(name);
  assert.ok(value !== undefined, `${name} in ${section}`);
  return value;
}

async function number(client: RawClient, section: string, name: string): Promise<number> {
  const text = await field(client, section, name);
  assert.match(text, /^-?\d+(\.\d+)?$/, name);
  return Number(text);
}

/** What a value looks like, so that the same field of two servers can be compared. */
function formOf(value: string): string {
  if (/^-?\d+$/.test(value)) return "integer";
  if (/^-?\d+\.\d+$/.test(value)) return `decimal ${value.split(".")[1].length}`;
  if (/^\d+(\.\d\d)?[BKMGTP]$/.test(value)) return "size";
  if (/^-?\d+\.\d\d%$/.test(value)) return "percentage";
  if (/^[0-9a-f]{40}$/.test(value)) return "40 hex digits";
  if (/^\w+=[^,]*(,\w[\w.]*=[^,]*)*$/.test(value)) {
    const pairs = value.split(",").map((pair) => pair.split("="));
    return pairs.map(([name, part]) => `${name}=${formOf(part)}`).join(",");
  }
  return value === "" ? "nothing" : "text";
}

/** Fields whose names depend on what has been called, not on the server. */
const BY_NAME = new Set(["Commandstats", "Errorstats", "Latencystats"]);

describe("INFO", () => {
  let ours: RawClient;
  let real: RawClient;
  const servers: ServerProcess[] = [];

  before(async () => {
    const config = { "maxmemory-policy": "allkeys-lru" };
    servers.push(await ServerProcess.start({ config }));
    servers.push(await ServerProcess.start({ program: REAL_SERVER, config }));
    [ours, real] = (await Promise.all(servers.map((server) => server.client()))) as [
      RawClient,
      RawClient,
    ];
    for (const client of [ours, real]) {
      await client.call("SET", "a", "1");
      await client.call("SET", "b", "1", "EX", "1000");
      await client.call("INCR", "a", "b");
      await client.call("GETRANGE", "a", "x", "y");
      await client.call("GET", "a");
    }
  });
  after(async () => {
    await ours.close();
    await real.close();
    for (const server of servers) await server.stop();
  });

  test("every section and field of the real one is there, in its order and form", async () => {
    const expected = await info(real, "everything");
    const found = await info(ours, "everything");
    assert.deepEqual([...found.keys()], [...expected.keys()]);
    for (const [section, fields] of expected) {
      const own = found.get(section) ?? new Map();
      const names = [...own.keys()].slice(0, fields.size);
      if (!BY_NAME.has(section)) assert.deepEqual(names, [...fields.keys()], `in ${section}`);
      for (const [name, value] of fields) {
        if (name === "config_file" || (BY_NAME.has(section) && !own.has(name))) continue;
        assert.equal(formOf(own.get(name) ?? ""), formOf(value), `${section} ${name}`);
      }
    }
    assert.ok(found.get("Commandstats")?.has("cmdstat_getrange"));
    assert.ok(found.get("Latencystats")?.has("latency_percentiles_usec_getrange"));
  });

  test("sections by name are those of the real one", async () => {
    const choices = [
      [],
      ["default"],
      ["all"],
      ["everything"],
      ["server"],
      ["SERVER", "KeySpace"],
      ["keyspace", "clients", "clients"],
      ["default", "commandstats"],
      ["modules"],
      ["nothing"],
      ["nothing", "cpu"],
      [""],
      ["all", "nothing"],
      ["errorstats", "latencystats", "commandstats"],
      ["cluster"],
      ["sentinel"],
      ["# Server"],
    ];
    for (const names of choices) {
      const expected = await info(real, ...names);
      assert.deepEqual([...(await info(ours, ...names)).keys()], [...expected.keys()], `${names}`);
    }
  });

  test("an unknown section is an empty text, in RESP3 a verbatim one", async () => {
    assert.equal((await ours.command("INFO", "nothing")).toString(), "$0\r\n\r\n");
    await ours.command("HELLO", "3");
    await real.command("HELLO", "3");
    for (const words of [
      ["INFO", "nothing"],
      ["INFO", "cluster"],
    ]) {
      const expected = (await real.command(...words)).toString();
      assert.equal((await ours.command(...words)).toString(), expected);
    }
    await ours.command("HELLO", "2");
    await real.command("HELLO", "2");
  });

  test("one section and two are cut from the others as the real one cuts them", async () => {
    for (const names of [["cluster"], ["modules"], ["modules", "cluster"]]) {
      const expected = (await real.command("INFO", ...names)).toString();
      assert.equal((await ours.command("INFO", ...names)).toString(), expected);
    }
  });

  test("human sizes belong to the plain ones before them", async () => {
    const memory = [...((await info(ours, "memory")).get("Memory") ?? [])];
    let pairs = 0;
    for (const [index, [name, value]] of memory.entries()) {
      if (!name.endsWith("_human")) continue;
      const plain = memory.slice(0, index).find(([other]) => `${other}_human` === name);
      assert.ok(plain !== undefined, name);
      const unit =
        { B: 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 }[value.slice(-1)] ?? 0;
      const shown = Number(value.slice(0, -1)) * unit;
      assert.ok(Math.abs(shown - Number(plain[1])) <= unit * 0.006, `${name} ${value} ${plain[1]}`);
      pairs++;
    }
    assert.equal(pairs, 8);
  });

  test("commandstats count calls, failures and refusals as the real one", async () => {
    const expected = (await info(real, "commandstats")).get("Commandstats") ?? new Map();
    const found = (await info(ours, "commandstats")).get("Commandstats") ?? new Map();
    for (const name of ["cmdstat_set", "cmdstat_incr", "cmdstat_getrange", "cmdstat_get"]) {
      const counts = (line: string) => line.replace(/usec=\d+,usec_per_call=\d+\.\d\d,/, "");
      assert.equal(counts(found.get(name) ?? ""), counts(expected.get(name) ?? ""), name);
    }
  });

  test("errorstats count errors by their codes as the real one", async () => {
    const counted = async (client: RawClient): Promise<(string | undefined)[]> => {
      await client.call("CONFIG", "RESETSTAT");
      await client.call("GET");
      await client.call("NOTHING");
      await client.call("INCR", "b", "x");
      await client.call("CONFIG", "SET", "maxmemory", "x");
      await client.call("GETRANGE", "a", "0", "x");
      await client.call("HELLO", "9");
      const [errors, stats] = [await info(client, "errorstats"), await info(client, "stats")];
      const lines = [...(errors.get("Errorstats") ?? [])].map(([name, value]) => name + value);
      return [...lines.sort(), stats.get("Stats")?.get("total_error_replies")];
    };
    assert.deepEqual(await counted(ours), await counted(real));
  });

  test("latencystats are those of the percentiles asked for", async () => {
    const formsOf = async (client: RawClient): Promise<string[]> => {
      const fields = (await info(client, "latencystats")).get("Latencystats") ?? new Map();
      return [fields.get("latency_percentiles_usec_config|set") ?? ""].map(formOf);
    };
    for (const percentiles of ["50 99 99.9", "10", "", "0 100", "12.345"]) {
      for (const client of [ours, real]) {
        await client.call("CONFIG", "SET", "latency-tracking-info-percentiles", percentiles);
      }
      assert.deepEqual(await formsOf(ours), await formsOf(real), percentiles);
    }
    for (const client of [ours, real]) await client.call("CONFIG", "SET", "latency-tracking", "no");
    const report = await ours.call("INFO", "latencystats");
    assert.equal(report, await real.call("INFO", "latencystats"));
    for (const client of [ours, real])
      await client.call("CONFIG", "SET", "latency-tracking", "yes");
  });

  test("memory in use grows with data and falls when it is gone", async () => {
    const before = await number(ours, "memory", "used_memory_dataset");
    const value = "x".repeat(1000);
    for (let i = 0; i < 1000; i++) ours.send("SET", `grow:${i}`, value);
    for (let i = 0; i < 1000; i++) await ours.readReply();
    const full = await number(ours, "memory", "used_memory_dataset");
    assert.ok(full - before > 1_000_000 && full - before < 1_300_000, `${full - before}`);
    assert.ok((await number(ours, "memory", "used_memory_rss")) > full);
    await ours.call("FLUSHALL");
    await waitFor("the data to be gone", async () => {
      return (await number(ours, "memory", "used_memory_dataset")) < full - 1_000_000;
    });
    assert.ok((await number(ours, "memory", "used_memory_peak")) >= full);
  });

  test("the parts of memory add up", async () => {
    const [memory] = (await info(ours, "memory")).values();
    const of = (name: string): number => Number(memory.get(name));
    assert.equal(of("used_memory_overhead") + of("used_memory_dataset"), of("used_memory"));
    assert.equal(
      of("used_memory_data") + of("used_memory_js_heap") + of("used_memory_client_buffers"),
      of("used_memory"),
    );
    assert.ok(of("used_memory_startup") <= of("used_memory"));
    assert.ok(of("used_memory_peak") >= of("used_memory"));
    assert.ok(of("allocator_allocated") <= of("allocator_active"));
    assert.ok(of("allocator_active") <= of("allocator_resident"));
    assert.equal(of("allocator_frag_bytes"), of("allocator_active") - of("allocator_allocated"));
  });

  test("replies that nobody reads count as memory of clients", async () => {
    const slow = await servers[0].client();
    slow.socket.pause();
    await ours.call("SET", "long", "x".repeat(4_000_000));
    for (let i = 0; i < 10; i++) slow.send("GET", "long");
    await waitFor("replies to pile up", async () => {
      const [memory] = (await info(ours, "memory")).values();
      const buffers = Number(memory.get("used_memory_client_buffers"));
      return buffers > 20_000_000 && Number(memory.get("mem_clients_normal")) > buffers;
    });
    await slow.close();
    await waitFor("them to be gone", async () => {
      return (await number(ours, "memory", "used_memory_client_buffers")) < 1_000_000;
    });
  });

  test("keyspace and stats tell what has happened", async () => {
    await ours.call("FLUSHALL");
    await ours.call("MSET", "a", "1", "b", "2", "c", "3");
    await ours.call("PEXPIRE", "a", "100000");
    const [keyspace] = (await info(ours, "keyspace")).values();
    assert.match(keyspace.get("db0") ?? "", /^keys=3,expires=1,avg_ttl=\d+$/);
    const hits = await number(ours, "stats", "keyspace_hits");
    const misses = await number(ours, "stats", "keyspace_misses");
    await ours.call("MGET", "a", "b", "x");
    assert.equal(await number(ours, "stats", "keyspace_hits"), hits + 2);
    assert.equal(await number(ours, "stats", "keyspace_misses"), misses + 1);
    const expired = await number(ours, "stats", "expired_keys");
    await ours.call("SET", "e", "1", "PX", "1");
    await waitFor("the key to expire", async () => {
      return (await number(ours, "stats", "expired_keys")) === expired + 1;
    });
    const fields = await number(ours, "stats", "expired_subkeys");
    await ours.call("HSETEX", "h", "PX", "1", "FIELDS", "2", "a", "1", "b", "2");
    await waitFor("the fields to expire", async () => {
      return (await number(ours, "stats", "expired_subkeys")) === fields + 2;
    });
    const commands = await number(ours, "stats", "total_commands_processed");
    await ours.call("PING");
    assert.equal(await number(ours, "stats", "total_commands_processed"), commands + 2);
    assert.ok((await number(ours, "stats", "total_reads_processed")) > 20);
    assert.ok((await number(ours, "stats", "total_writes_processed")) > 20);
  });

  test("the main thread has taken part of the processor time of the process", async () => {
    const [cpu] = (await info(ours, "cpu")).values();
    const of = (name: string): number => Number(cpu.get(name));
    const main = of("used_cpu_user_main_thread") + of("used_cpu_sys_main_thread");
    // The kernel tells the thread's time in steps of 10 ms each.
    assert.ok(main > 0 && main <= of("used_cpu_user") + of("used_cpu_sys") + 0.02, String(main));
  });

  test("server tells who it is", async () => {
    const [server] = (await info(ours, "server")).values();
    const [expected] = (await info(real, "server")).values();
    for (const name of ["redis_mode", "os", "arch_bits", "multiplexing_api", "hz"]) {
      assert.equal(server.get(name), expected.get(name), name);
    }
    assert.equal(server.get("redis_version"), "7.2.4");
    assert.match(server.get("executable") ?? "", /^\/.*redis-server$/);
    const seconds = Number(server.get("server_time_usec")) / 1e6;
    assert.ok(Math.abs(seconds - Date.now() / 1000) < 5);
  });
});

test("time above maxmemory is counted, and CONFIG RESETSTAT begins anew", async (t) => {
  const server = await ServerProcess.start({ config: { "maxmemory-policy": "noeviction" } }, t);
  const client = await server.client();
  t.after(() => client.close());
  assert.equal(await number(client, "stats", "total_eviction_exceeded_time"), 0);
  await client.call("CONFIG", "SET", "maxmemory", "1mb");
  await waitFor("time above the limit", async () => {
    return (await number(client, "stats", "current_eviction_exceeded_time")) > 0;
  });
  await client.call("CONFIG", "SET", "maxmemory", "0");
  await waitFor("the end of it", async () => {
    return (await number(client, "stats", "current_eviction_exceeded_time")) === 0;
  });
  assert.ok((await number(client, "stats", "total_eviction_exceeded_time")) > 0);
  await client.call("GET", "absent");
  const peak = await number(client, "memory", "used_memory_peak");
  assert.deepEqual(await client.call("CONFIG", "RESETSTAT"), "OK");
  const [stats] = (await info(client, "stats")).values();
  for (const name of [
    "total_eviction_exceeded_time",
    "keyspace_misses",
    "total_error_replies",
    "total_net_output_bytes",
  ]) {
    assert.ok(Number(stats.get(name)) < 10, `${name} ${stats.get(name)}`);
  }
  assert.equal(stats.get("total_commands_processed"), "1");
  assert.deepEqual(
    [...((await info(client, "commandstats")).values().next().value?.keys() ?? [])],
    ["cmdstat_config|resetstat", "cmdstat_info"],
  );
  assert.ok((await number(client, "memory", "used_memory_peak")) >= peak);
});
