import type { ArgumentDoc } from "../../../command/spec";

/** What COMMAND DOCS tells of the arguments of CLIENT KILL. */
export const KILL_ARGUMENTS: readonly ArgumentDoc[] = [
  {
    name: "filter",
    type: "oneof",
    arguments: [
      { name: "ip:port", type: "string", deprecatedSince: "2.8.12" },
      {
        name: "new-format",
        type: "oneof",
        flags: ["multiple"],
        arguments: [
          {
            name: "client-id",
            type: "integer",
            token: "ID",
            since: "2.8.12",
            flags: ["optional"],
          },
          {
            name: "normal_master_slave_pubsub",
            type: "oneof",
            token: "TYPE",
            since: "2.8.12",
            flags: ["optional"],
            arguments: [
              { name: "normal", type: "pure-token", token: "NORMAL" },
              { name: "master", type: "pure-token", token: "MASTER", since: "3.2.0" },
              { name: "slave", type: "pure-token", token: "SLAVE" },
              { name: "replica", type: "pure-token", token: "REPLICA", since: "5.0.0" },
              { name: "pubsub", type: "pure-token", token: "PUBSUB" },
            ],
          },
          { name: "username", type: "string", token: "USER", flags: ["optional"] },
          { name: "ip:port", type: "string", token: "ADDR", flags: ["optional"] },
          {
            name: "ip:port",
            type: "string",
            token: "LADDR",
            since: "6.2.0",
            flags: ["optional"],
          },
          { name: "yes/no", type: "string", token: "SKIPME", flags: ["optional"] },
          {
            name: "maxage",
            type: "integer",
            token: "MAXAGE",
            since: "7.4.0",
            flags: ["optional"],
          },
        ],
      },
    ],
  },
];
