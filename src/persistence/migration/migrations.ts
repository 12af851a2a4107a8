import { latin1Bytes } from "../../base/bytes";
import type { Command } from "../../command/command";
import type { DataCall } from "../../keyspace/data-call";
import type { Keyspace } from "../../keyspace/keyspace";
import type { KeyspaceListener } from "../../keyspace/keyspace-listener";
import type { NestedRuns } from "../../keyspace/nested-runs";
import type { Client } from "../../session/client";

import type { TurnControl } from "../../session/session-context";
import type { DumpPayload } from "../rdb/dump-payload";
import { type MigrateRequest, NO_KEY, readMigrateRequest } from "./migrate-request";
import { Migration, type MigrationEnd, MOST_HOST } from "./migration";
import { MovingKeys } from "./moving-keys";
import { TargetLinks } from "./target-links";

export interface MigrationsParts {
  readonly keyspace: Keyspace;
  readonly payload: DumpPayload;
  readonly monotonicMs: () => number;
  /** Before anything is done between turns: lets the time go on. */
  readonly beginOutside: () => void;
  /** Adds a listener to those of the keyspace, or takes it from them. */
  readonly listen: (listener: KeyspaceListener, isListening: boolean) => void;
}

/** What only exists when commands and turns do. */
export interface MigrationEffects extends NestedRuns {
  readonly call: DataCall;
  readonly turns: TurnControl;
}

/**
 * The migrations that are going on, and the clients that wait for them.
 *
 * Redis stops for everybody until the other server has answered; here only the client that asked is
 * held, as one that waits for a key is. A migration goes on when its client is gone: what the other
 * server has got is deleted here.
 */
export class Migrations {
  readonly links: TargetLinks;
  readonly #parts: MigrationsParts;
  readonly #waiting = new Set<Client>();
  #moving!: MovingKeys;
  #effects!: MigrationEffects;
  #isFlushing = false;

  constructor(parts: MigrationsParts) {
    this.#parts = parts;
    this.links = new TargetLinks(parts.monotonicMs);
  }

  /** Called once, before the first command. */
  attach(effects: MigrationEffects): void {
    const { keyspace, payload, listen } = this.#parts;
    this.#effects = effects;
    this.#moving = new MovingKeys({ keyspace, payload, listen, effects: effects.call.effects });
    effects.call.clients.whenGone((client) => this.#waiting.delete(client));
  }

  /** MIGRATE. */
  begin(call: DataCall): void {
    const request = readMigrateRequest(call);
    if (request === undefined) return;
    const { keyspace, beginOutside } = this.#parts;
    const { client } = call;
    const command = call.command as Command<never> as Command<DataCall>;
    const migration = new Migration(request, {
      links: this.links,
      moving: this.#moving,
      source: client.db,
      beginOutside,
      isPaused: () => keyspace.actionsPaused,
      wasOutside: () => this.#flush(),
      ended: (end) => this.#answer(client, command, request, end),
    });
    call.hasBlocked = true;
    this.#waiting.add(client);
    this.#effects.turns.hold(client, false);
    // Not within the turn: from its first step on it is like those that follow.
    setImmediate(() => migration.start());
  }

  #answer(
    client: Client,
    command: Command<DataCall>,
    request: MigrateRequest,
    { error, isEmpty }: MigrationEnd,
  ): void {
    if (!this.#waiting.delete(client)) return;
    const { call, turns, scratch, beginNested, runNested } = this.#effects;
    turns.answering(client, () => {
      scratch.write(shownWords(request));
      call.command = command as Command<never>;
      call.nowMs = this.#parts.keyspace.nowMs;
      beginNested();
      runNested(call, command, ({ reply }) => {
        if (error !== undefined) reply.error(error);
        else if (isEmpty) reply.status(NO_KEY);
        else reply.ok();
      });
    });
    if (!client.closing) turns.resume(client);
  }

  /** Sends what was written, once for all answers that came together and before anything else. */
  #flush(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.#effects.turns.flushOutside();
    });
  }
}

/** The request as SLOWLOG may show it: without keys, which may be many, and passwords. */
function shownWords({ host, port, database, timeoutMs }: MigrateRequest): Uint8Array[] {
  const words = ["MIGRATE", host.slice(0, MOST_HOST), String(port), ""];
  return [...words, String(database), String(timeoutMs)].map(latin1Bytes);
}
