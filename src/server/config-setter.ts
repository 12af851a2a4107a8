import type { Config, SetCircumstances } from "../config/config";
import { endpointsOf } from "../process/endpoints";
import type { Exchange, Listeners } from "../process/listeners";

export type ConfigPairs = readonly (readonly [name: string, text: string])[];

export interface ConfigSetterParts {
  readonly config: Config;
  readonly listeners: Listeners;
  readonly warning: (text: string) => void;
}

/**
 * CONFIG SET when `port` or `bind` is among what is set: opening sockets takes a moment, so the new
 * ones are opened first, then everything is set, and either all of it stays or none.
 *
 * What always holds: one such change at a time, in the order in which they were asked for.
 */
export class ConfigSetter {
  readonly #parts: ConfigSetterParts;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: ConfigSetterParts) {
    this.#parts = parts;
  }

  /** Whether these pairs change where the server listens. */
  takesTime(pairs: ConfigPairs): boolean {
    return LISTENING.some((name) => this.#parts.config.preview(name, pairs) !== undefined);
  }

  /** The text of the error, or undefined when everything is set. */
  set(pairs: ConfigPairs, circumstances: SetCircumstances): Promise<string | undefined> {
    const done = this.#last.then(() => this.#setNow(pairs, circumstances));
    this.#last = done;
    return done;
  }

  async #setNow(pairs: ConfigPairs, circumstances: SetCircumstances): Promise<string | undefined> {
    const { config, warning } = this.#parts;
    const exchange = await this.#exchange(pairs);
    if (exchange === undefined) {
      const name = blamed(config, pairs);
      warning(
        `Failed applying new configuration. Possibly related to new ${name} setting. ` +
          "Restoring previous settings.",
      );
      return `ERR CONFIG SET failed (possibly related to argument '${name}') - ${REASONS[name]}`;
    }
    const problem = config.set(pairs, circumstances);
    if (problem === undefined) exchange.commit();
    else await exchange.rollBack();
    return problem;
  }

  #exchange(pairs: ConfigPairs): Promise<Exchange | undefined> {
    const { config, listeners } = this.#parts;
    const bind = config.preview("bind", pairs) ?? config.value("bind");
    const port = config.preview("port", pairs) ?? config.number("port");
    return listeners.exchangeTcp(endpointsOf(bind, Number(port)));
  }
}

const LISTENING = ["port", "bind"] as const;

const REASONS: Readonly<Record<(typeof LISTENING)[number], string>> = {
  port: "Unable to listen on this port. Check server logs.",
  bind: "Failed to bind to specified addresses.",
};

/** Redis names the first of them that it applies. */
function blamed(config: Config, pairs: ConfigPairs): (typeof LISTENING)[number] {
  for (const pair of pairs) {
    const name = LISTENING.find((one) => config.preview(one, [pair]) !== undefined);
    if (name !== undefined) return name;
  }
  return "port";
}
