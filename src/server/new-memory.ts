import { Arena } from "../memory/arena";
import type { DataNodeParts } from "./data-node-parts";

/** The memory of the data set, whose segments the transport may send from. */
export function newMemory(parts: DataNodeParts): Arena {
  const { transport, preferHugePages, populate, advise } = parts;
  return new Arena({
    poison: process.env.REDIS_POISON_MEMORY === "1",
    onSegment: (index, bytes) => {
      preferHugePages?.(bytes);
      transport.registerSegment(index, bytes);
    },
    ...(populate !== undefined && { populate }),
    ...(advise !== undefined && { advise }),
  });
}
