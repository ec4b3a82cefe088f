// Every desk of the console in one table: who may sit at it, and what it needs beside the usual.
import type { ComponentType } from "preact";
import type { FactKind } from "../facts/store";
import type { Role } from "../shapes";
import type { Key } from "../words";

export interface Desk {
  /** The last part of its address; what comes after a slash is the desk's own. */
  name: string;
  word: Key;
  roles: readonly Role[];
  facts?: readonly FactKind[];
  /** One that is only reached by a link from elsewhere is not in the navigation. */
  hidden?: boolean;
  open: () => Promise<{ default: ComponentType }>;
}

const OFFICE: readonly Role[] = ["dispatcher", "supervisor", "auditor", "admin"];
const DESK: readonly Role[] = ["call_taker", "callback_agent", ...OFFICE];

export const DESKS: readonly Desk[] = [
  { name: "dispatch", word: "desk.dispatch", roles: OFFICE, open: () => import("../dispatch/desk") },
  { name: "incoming", word: "desk.incoming", roles: ["call_taker", "dispatcher", "supervisor"], open: () => import("../incoming/desk") },
  { name: "escalations", word: "desk.escalations", roles: ["dispatcher", "callback_agent", "supervisor", "auditor", "admin"], open: () => import("../escalations/desk") },
  { name: "crews", word: "desk.crews", roles: DESK, open: () => import("../crews/desk") },
  { name: "callbacks", word: "desk.callbacks", roles: ["callback_agent", "supervisor", "auditor"], open: () => import("../callbacks/desk") },
  { name: "supervision", word: "desk.supervision", roles: ["supervisor", "auditor", "admin"], open: () => import("../supervision/desk") },
  { name: "story", word: "desk.story", roles: DESK, hidden: true, open: () => import("../story/desk") },
];

const HOME: { [role in Role]?: string } = {
  call_taker: "incoming",
  callback_agent: "callbacks",
  supervisor: "supervision",
  auditor: "supervision",
};

export function desksOf(role: Role): Desk[] {
  return DESKS.filter((desk) => desk.roles.includes(role));
}

export function homeOf(role: Role): string {
  return HOME[role] ?? "dispatch";
}

export function deskAt(path: string): Desk | undefined {
  return DESKS.find((desk) => desk.name === path.split("/")[0]);
}
