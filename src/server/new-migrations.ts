import type { Clock } from "../base/clock";
import type { ByteCodecs } from "../native/byte-codecs";
import { Migrations, type MigrationsParts } from "../persistence/migration/migrations";
import { DumpPayload } from "../persistence/rdb/dump-payload";
import type { KeyspaceService } from "./keyspace-service";
import { valueSavers } from "./value-codecs";

/** MIGRATE's work, wired to the keyspace; its payloads are written with a buffer of their own. */
export function newMigrations(
  service: KeyspaceService,
  clock: Clock,
  codecs: ByteCodecs,
  listen: MigrationsParts["listen"],
): Migrations {
  const { keyspace } = service;
  const { memory } = keyspace;
  return new Migrations({
    keyspace,
    payload: new DumpPayload(memory, valueSavers(memory), [], codecs),
    monotonicMs: () => clock.monotonicMs(),
    beginOutside: () => void service.setTime(),
    listen,
  });
}
