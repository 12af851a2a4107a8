// Peers of a Sentinel for unit tests of its decisions: a data node and another Sentinel that answer
// requests as Redis does, as far as Sentinel looks. Not servers: no sockets, no data, no time.

import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";

export interface ToyPeer {
  isAlive: boolean;
  /** Takes requests and never answers. */
  isHanging: boolean;
  /** Undefined for no answer. */
  answer(words: readonly string[]): PeerReply;
}

export class ToyDataNode implements ToyPeer {
  isAlive = true;
  isHanging = false;
  role: "master" | "slave" = "master";
  masterHost = "";
  masterPort = 0;
  isMasterLinkUp = true;
  masterLinkDownSeconds: number | undefined;
  offset = 1000;
  masterReplOffset = 1000;
  priority = 100;
  keys = 10;
  /** `ip port` of the replicas that INFO lists. */
  replicas: [string, number][] = [];
  /** INFO is answered so much later. */
  infoDelayMs = 0;
  /** Error instead of PONG. */
  pingError: string | undefined;
  /** Answers to commands by upper-case name, in place of its own. */
  readonly overrides = new Map<string, PeerReply>();
  /** All but PING, INFO and PUBLISH. */
  readonly orders: string[] = [];
  readonly hellos: string[] = [];
  onHandOver: (host: string, port: number) => void = () => undefined;
  #queued: (readonly string[])[] | undefined;

  constructor(public runId: string) {}

  answer(words: readonly string[]): PeerReply {
    const name = words[0].toUpperCase();
    const override = this.overrides.get(name);
    if (override !== undefined) return override;
    if (name === "PING") return this.pingError === undefined ? "PONG" : { error: this.pingError };
    if (name === "INFO") return this.info();
    if (name === "PUBLISH") {
      this.hellos.push(words[2]);
      return 1;
    }
    this.orders.push(words.join(" "));
    if (name === "MULTI") {
      this.#queued = [];
      return "OK";
    }
    if (name === "EXEC") {
      const queued = this.#queued ?? [];
      this.#queued = undefined;
      for (const command of queued) this.#execute(command);
      return queued.map(() => "OK");
    }
    if (this.#queued !== undefined) {
      this.#queued.push(words);
      return "QUEUED";
    }
    this.#execute(words);
    return "OK";
  }

  #execute(words: readonly string[]): void {
    const name = words[0].toUpperCase();
    if (name === "SLAVEOF") this.follow(words[1], words[2]);
    if (name === "FAILOVER" && words[1] === "TO") this.onHandOver(words[2], Number(words[3]));
  }

  follow(host: string, port: string): void {
    if (host === "NO") {
      this.role = "master";
      return;
    }
    this.role = "slave";
    this.masterHost = host;
    this.masterPort = Number(port);
  }

  info(): string {
    const lines = ["# Server", `run_id:${this.runId}`, "# Persistence", "loading:0"];
    lines.push("# Replication", `role:${this.role}`);
    if (this.role === "slave") {
      const status = this.isMasterLinkUp ? "up" : "down";
      lines.push(`master_host:${this.masterHost}`, `master_port:${this.masterPort}`);
      lines.push(`master_link_status:${status}`, `slave_repl_offset:${this.offset}`);
      if (this.masterLinkDownSeconds !== undefined) {
        lines.push(`master_link_down_since_seconds:${this.masterLinkDownSeconds}`);
      }
      lines.push(`slave_priority:${this.priority}`, "replica_announced:1");
    }
    for (const [index, [ip, port]] of this.replicas.entries()) {
      lines.push(`slave${index}:ip=${ip},port=${port},state=online,offset=1,lag=0`);
    }
    lines.push(`master_repl_offset:${this.masterReplOffset}`, "# Keyspace");
    if (this.keys > 0) lines.push(`db0:keys=${this.keys},expires=0,avg_ttl=0`);
    return `${lines.join("\r\n")}\r\n`;
  }
}

export class ToySentinel implements ToyPeer {
  isAlive = true;
  isHanging = false;
  saysDown = false;
  /** Votes for whoever asks first in an epoch; `abstains` for nobody. */
  abstains = false;
  readonly votes = new Map<string, string>();
  readonly asked: string[] = [];
  readonly hellos: string[] = [];

  constructor(readonly id: string) {}

  answer(words: readonly string[]): PeerReply {
    const name = words[0].toUpperCase();
    if (name === "PING") return "PONG";
    if (name === "PUBLISH") {
      this.hellos.push(words[2]);
      return 1;
    }
    this.asked.push(words.join(" "));
    const [, , , , epoch, candidate] = words;
    if (candidate === "*") return [this.saysDown ? 1 : 0, "*", 0];
    if (!this.votes.has(epoch) && !this.abstains) this.votes.set(epoch, candidate);
    const vote = this.votes.get(epoch);
    return [this.saysDown ? 1 : 0, vote ?? "*", vote === undefined ? 0 : Number(epoch)];
  }
}
