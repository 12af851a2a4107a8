/**
 * The sockets behind the links of the model: one for commands and one for events (the hello channel)
 * per InstanceLink. It carries out connect, disconnect and send, and tells what comes of them as
 * events of the step; it decides nothing.
 *
 * What always holds: nothing is told from inside a call; replies are told in the order of their
 * requests; of a link that was disconnected nothing is told any more.
 */
import type { InstanceLink } from "../model/instance";
import type { LinkKind, SentinelAction, SentinelEvent } from "../model/sentinel-event";
import { CommandsConnection } from "./commands-connection";
import type { ConnectionParts } from "./connection";
import { EventsConnection } from "./events-connection";
import { socketOpener } from "./socket-opener";

type Opening = Extract<SentinelAction, { kind: "connect" }>["opening"];
type SendAction = Extract<SentinelAction, { kind: "send" }>;

export class LinkSet {
  readonly #tell: (event: SentinelEvent) => void;
  readonly #bindAddress: () => string;
  readonly #openSocket = socketOpener();
  readonly #commands = new Map<InstanceLink, CommandsConnection>();
  readonly #events = new Map<InstanceLink, EventsConnection>();

  /** @param bindAddress the local address to connect from; empty for the system's choice. */
  constructor(tell: (event: SentinelEvent) => void, bindAddress: () => string) {
    this.#tell = tell;
    this.#bindAddress = bindAddress;
  }

  connect(link: InstanceLink, of: LinkKind, opening: Opening): void {
    this.disconnect(link, of);
    const parts = { link, opening, tell: this.#tell, openSocket: this.#openSocket };
    const connection = of === "commands" ? this.#openCommands(parts) : this.#openEvents(parts);
    connection.open(link.users[0]?.address, this.#bindAddress());
  }

  disconnect(link: InstanceLink, of: LinkKind): void {
    const connections = of === "commands" ? this.#commands : this.#events;
    connections.get(link)?.drop();
    connections.delete(link);
  }

  /** A request that cannot be sent ends its link, of which `closed` is told. */
  send(action: SendAction): void {
    this.#commands.get(action.instance.link)?.send(action);
  }

  /** The address that the commands link comes from; empty while there is none. */
  localAddress(link: InstanceLink): string {
    return this.#commands.get(link)?.localAddress ?? "";
  }

  closeAll(): void {
    for (const link of [...this.#commands.keys()]) this.disconnect(link, "commands");
    for (const link of [...this.#events.keys()]) this.disconnect(link, "events");
  }

  #openCommands(parts: Omit<ConnectionParts, "gone">): CommandsConnection {
    const { link } = parts;
    const gone = (): boolean => this.#commands.delete(link);
    const connection = new CommandsConnection({ ...parts, gone });
    this.#commands.set(link, connection);
    return connection;
  }

  #openEvents(parts: Omit<ConnectionParts, "gone">): EventsConnection {
    const { link } = parts;
    const gone = (): boolean => this.#events.delete(link);
    const connection = new EventsConnection({ ...parts, gone });
    this.#events.set(link, connection);
    return connection;
  }
}
