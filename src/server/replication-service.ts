import { randomBytes } from "node:crypto";
import type { CommandSpec } from "../command/spec";
import type { DataCall } from "../keyspace/data-call";
import type { EffectStream } from "../keyspace/effects/effect-stream";
import type { Keyspace } from "../keyspace/keyspace";
import type { LinkSettings } from "../replication/decisions/replication-state";
import { replicaOfCommands } from "../replication/replica/replicaof-command";
import { type LinkShell, Replication } from "../replication/replication";
import { historyFields, replicaFields } from "../replication/replication-fields";
import { roleCommand } from "../replication/role-command";
import { PAUSE_WRITE } from "../session/pauses";
import type { SessionContext } from "../session/session-context";
import type { InfoField } from "./info/info-section";

export interface ReplicationServiceParts {
  readonly session: SessionContext;
  readonly keyspace: Keyspace;
  /** The letter in front of log lines. */
  readonly setLogRole: (role: "master" | "replica") => void;
}

const ID_BYTES = 20;

/**
 * Replication put together: the one state, the replicas of this server (replication/master/), its
 * own link to a master (replication/replica/), and how both reach clients, keyspace and files.
 */
export class ReplicationService {
  readonly replication: Replication;
  /** INFO replication: what a replica tells of its link. */
  linkFields: () => readonly InfoField[] = () => [];
  readonly #parts: ReplicationServiceParts;

  constructor(parts: ReplicationServiceParts) {
    const { session, keyspace } = parts;
    const { config, clock, log, pauses } = session;
    this.#parts = parts;
    this.replication = new Replication({
      backlogBytes: config.number("repl-backlog-size"),
      log,
      monotonicMs: () => clock.monotonicMs(),
      newId: () => randomBytes(ID_BYTES).toString("hex"),
      isDatasetEmpty: () => keyspace.databases.every(({ size }) => size === 0),
      linkSettings: () => this.#linkSettings(),
      unblockClients: () => undefined,
      pauseWrites: (isPaused) => {
        if (isPaused) pauses.begin("failover", PAUSE_WRITE, Number.POSITIVE_INFINITY);
        else pauses.end("failover");
      },
      roleChanged: (isMaster) => {
        keyspace.expiresKeys = isMaster;
        parts.setLogRole(isMaster ? "master" : "replica");
      },
    });
    config.onChange("repl-backlog-size", () => {
      this.replication.backlog.resize(config.number("repl-backlog-size"));
      return undefined;
    });
  }

  /** Called once, when the commands exist. */
  attach(effects: EffectStream, link: LinkShell): void {
    this.replication.attach(effects, link, { dropReplicas: () => undefined });
  }

  commands(): readonly CommandSpec<DataCall>[] {
    const { session } = this.#parts;
    return [
      roleCommand(this.replication, () => []),
      ...replicaOfCommands({ replication: this.replication, session }),
    ];
  }

  /** What HELLO and INFO call the role. */
  get roleName(): "master" | "slave" {
    return this.replication.isMaster ? "master" : "slave";
  }

  /** INFO replication. */
  infoFields(): readonly InfoField[] {
    const nowMs = this.#parts.session.clock.monotonicMs();
    return [
      ["role", this.roleName],
      ...this.linkFields(),
      ...replicaFields([], undefined, nowMs),
      ...historyFields(this.replication),
    ];
  }

  #linkSettings(): LinkSettings {
    const { config } = this.#parts.session;
    const announcedPort = config.number("replica-announce-port");
    return {
      user: config.text("masteruser"),
      password: config.text("masterauth"),
      listeningPort: announcedPort === 0 ? config.number("port") : announcedPort,
      announceIp: config.text("replica-announce-ip"),
      timeoutMs: config.number("repl-timeout") * 1000,
      // The replica's shell keeps copies on disk until they are whole.
      disklessLoad: "disabled",
    };
  }
}
