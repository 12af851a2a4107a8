/**
 * Who may come in. The ACL's users take the place of the one behind `requirepass`; nothing else of
 * the session knows how passwords are kept.
 */
export interface Credentials {
  /** Connections need no password: the default user has none. */
  readonly isOpen: boolean;
  /** The name of the user whom name and password let in, as byte text; undefined for nobody. */
  userOf(name: Uint8Array, password: Uint8Array): string | undefined;
  /** Whether there is a user of that name (byte text). */
  hasUser(name: string): boolean;
  /** Adds a listener for changes of `isOpen`. */
  onChange(listener: () => void): void;
}

export const DEFAULT_USER = "default";
