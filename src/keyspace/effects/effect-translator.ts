/** Who says in other words what commands have done, for those who take effects. */
export interface EffectTranslator {
  /** Whether whole requests may be passed on as they are. */
  isPlain(bytes: Uint8Array, from: number, end: number): boolean;
  /**
   * Tells the same by `begin` and arguments, or by `request`; the data set is as the command has left
   * it that these requests are of.
   */
  retell(bytes: Uint8Array): void;
  /** Whether a message is passed on to replicas. */
  passesOn(commandName: string): boolean;
}
