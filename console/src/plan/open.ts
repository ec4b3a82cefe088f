// Which question about a task is open: who could take it, why it is so, what to lock.
import { signal } from "@preact/signals";

export const choosing = signal<string | null>(null);
export const wondering = signal<string | null>(null);
export const locking = signal<string | null>(null);
/** The outage of which somebody asks, or says, which device is open. */
export const tracing = signal<string | null>(null);
