// Our server as a master that another follows by way of a proxy, and what tests ask of the two.

import type { RawClient } from "../support/raw-client";
import { ServerProcess } from "../support/server-process";
import { TcpProxy } from "../support/tcp-proxy";
import type { Cleanup } from "../support/temp-dir";
import { assertEqualData, field, linkIsUp } from "./pair";

type Directives = Readonly<Record<string, string | number | readonly string[]>>;

const CONFIG = {
  save: "",
  "enable-debug-command": "yes",
  "proto-max-bulk-len": "1mb",
  // See pair.ts: a minus zero is kept only where there are no listpacks.
  "zset-max-listpack-entries": 0,
  "repl-diskless-sync-delay": 0,
  // At the end of a test nobody is to wait for a replica.
  "shutdown-timeout": 0,
};

export class Followed {
  private constructor(
    readonly master: ServerProcess,
    readonly replica: ServerProcess,
    readonly proxy: TcpProxy,
    readonly toMaster: RawClient,
    readonly toReplica: RawClient,
  ) {}

  /** Starts both; the replica follows once `follow` is called. */
  static async start(t: Cleanup, program: string, config: Directives = {}): Promise<Followed> {
    const [master, replica] = await Promise.all([
      ServerProcess.start({ config: { ...CONFIG, ...config } }, t),
      ServerProcess.start({ program, config: CONFIG }, t),
    ]);
    const proxy = await TcpProxy.start(master.port, t);
    const [toMaster, toReplica] = await Promise.all([master.client(), replica.client()]);
    t.after(() => Promise.all([toMaster.close(), toReplica.close()]));
    return new Followed(master, replica, proxy, toMaster, toReplica);
  }

  async follow(): Promise<void> {
    await this.toReplica.call("REPLICAOF", "127.0.0.1", String(this.proxy.port));
    await this.linked();
  }

  linked(): Promise<void> {
    return linkIsUp(this.toReplica);
  }

  inSync(): Promise<void> {
    return assertEqualData(this.toMaster, this.toReplica);
  }

  /** A count of INFO stats of the master. */
  async count(name: "sync_full" | "sync_partial_ok" | "sync_partial_err"): Promise<number> {
    return Number(await field(this.toMaster, "stats", name));
  }
}
