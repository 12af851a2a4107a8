// String and bitmap commands on an engine, for the tests of bitmaps.

import type { CommandSpec } from "../../src/command/spec";
import type { DataCall } from "../../src/keyspace/data-call";
import { PortableBitOperations } from "../../src/native/portable-bit-operations";
import { bitmapCommands } from "../../src/types/bitmap/bitmap-commands";
import { stringCommands } from "../../src/types/string/string-commands";
import { StringLimits } from "../../src/types/string/string-limits";
import { stringType } from "../../src/types/string/string-value";
import { CommandEngine } from "../support/command-engine";

const MOST_BYTES = 512 * 1024 * 1024;

export function bitSpecs(): readonly CommandSpec<DataCall>[] {
  const limits = new StringLimits(MOST_BYTES);
  return [...stringCommands(limits), ...bitmapCommands(limits, new PortableBitOperations())];
}

export function bitEngine(): CommandEngine {
  return new CommandEngine({ commands: bitSpecs(), types: [stringType], poison: true });
}
