// Random commands about the connection and the server.

import { type CommandGrammar, grammar } from "../draw";

export const SESSION_GRAMMARS: readonly CommandGrammar[] = [
  grammar("PING", 1, (draw) => draw.some(0.5, [draw.value()])),
  grammar("ECHO", 1, (draw) => [draw.value()]),
  grammar("HELLO", 0.5, (draw) => [draw.random.pick(["2", "3", "3", "4", "x"])]),
  grammar("CLIENT", 0.5, (draw) =>
    draw.random.pick([["GETNAME"], ["ID"], ["SETNAME", "me"], ["X"]]),
  ),
  grammar("CONFIG", 0.5, (draw) => ["GET", draw.random.pick(["hz", "maxmemory*", "no", "save"])]),
  grammar("DEBUG", 1, (draw) => ["DIGEST-VALUE", ...draw.keys()]),
  grammar("NOSUCH", 0.5, (draw) => [draw.value()]),
];
