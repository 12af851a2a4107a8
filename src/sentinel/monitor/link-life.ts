/** The ends of links: closing them, and leaving a shared one. */
import type { Draft } from "../model/draft";
import type { Instance, InstanceLink } from "../model/instance";

export function closeCommands(draft: Draft, link: InstanceLink): void {
  if (link.areCommandsConnected || link.areCommandsConnecting) draft.disconnect(link, "commands");
  forgetCommands(link);
}

export function closeEvents(draft: Draft, link: InstanceLink): void {
  if (link.areEventsConnected || link.areEventsConnecting) draft.disconnect(link, "events");
  forgetEvents(link);
}

export function closeLink(draft: Draft, link: InstanceLink): void {
  closeCommands(draft, link);
  closeEvents(draft, link);
}

/** An instance is no longer watched: its link is closed, unless others use it too. */
export function leaveLink(draft: Draft, instance: Instance): void {
  const { link } = instance;
  link.users = link.users.filter((user) => user !== instance);
  if (link.users.length === 0) closeLink(draft, link);
}

export function forgetCommands(link: InstanceLink): void {
  link.areCommandsConnected = false;
  link.areCommandsConnecting = false;
  link.pendingCommands = 0;
  for (const user of link.users) {
    user.asksUnderWay = 0;
    user.outdatedAsks = 0;
  }
}

export function forgetEvents(link: InstanceLink): void {
  link.areEventsConnected = false;
  link.areEventsConnecting = false;
}
