import type { CommandSpec } from "../../command/spec";
import type { DataCall } from "../../keyspace/data-call";
import { MemberAdder } from "../zset/add-members";
import { ZsetAccess } from "../zset/zset-access";
import type { ZsetLimits } from "../zset/zset-limits";
import { addCommands } from "./commands/add";
import { radiusCommands } from "./commands/radius";
import { readCommands } from "./commands/read";
import { searchCommands } from "./commands/search";
import { GeoSearch } from "./geo-search";

/** All commands on places, which are members of sorted sets. */
export function geoCommands(limits: ZsetLimits): readonly CommandSpec<DataCall>[] {
  const zsets = new ZsetAccess(limits);
  const search = new GeoSearch(zsets);
  return [
    ...addCommands(new MemberAdder(zsets)),
    ...readCommands(zsets),
    ...searchCommands(search),
    ...radiusCommands(search),
  ];
}
