// What it costs to encode a command for the append only file and the replicas: copied as it came
// from the socket, or told anew by a handler (a deadline instead of a time to live).

import { CommandTable } from "../../../src/command/command-table";
import { EffectStream } from "../../../src/keyspace/effects/effect-stream";
import { getSetCommands } from "../../../src/types/string/commands/get-set";
import { stringType } from "../../../src/types/string/string-value";
import { CommandEngine } from "../../../test/support/command-engine";
import type { Mitata } from "../mitata";

const EXPIRY_MS = 1_790_000_000_000;
/** As many as a turn of 50 clients with 16 requests each. */
const COMMANDS_PER_TURN = 800;

export function benchEffects({ bench, group }: Mitata): void {
  const engine = new CommandEngine({ commands: getSetCommands(), types: [stringType] });
  const { call, keyspace } = engine;
  const set = new CommandTable(getSetCommands()).find("set");
  const [database] = keyspace.databases;
  if (set === undefined || database === undefined) throw new Error("there is no SET");
  const effects = new EffectStream(call.args, keyspace);
  effects.addSink({ takesMessages: false, append: () => undefined });
  group("effects of a turn", () => {
    for (const valueBytes of [32, 1024]) {
      engine.run("SET", "key:000000000001", "v".repeat(valueBytes));
      bench(`effect as it came, ${COMMANDS_PER_TURN} x SET of ${valueBytes} bytes`, () => {
        for (let i = 0; i < COMMANDS_PER_TURN; i++) {
          keyspace.stats.changes++;
          effects.ran(set as never, database, true);
        }
        effects.settle();
      });
      bench(`effect told anew, ${COMMANDS_PER_TURN} x SET PXAT of ${valueBytes} bytes`, () => {
        for (let i = 0; i < COMMANDS_PER_TURN; i++) {
          keyspace.stats.changes++;
          effects.begin(database, 5);
          effects.arguments(0, 3);
          effects.text("PXAT");
          effects.moment(EXPIRY_MS);
          effects.ran(set as never, database, true);
        }
        effects.settle();
      });
    }
  });
}
