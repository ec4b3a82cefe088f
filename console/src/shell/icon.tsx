// Signs drawn here, so that no machine lacks the letters for them.
const PATHS = {
  lock: "M4 7V5a4 4 0 0 1 8 0v2h1v7H3V7Zm2 0h4V5a2 2 0 0 0-4 0Z",
  bolt: "M9 1 3 9h4l-1 6 6-8H8Z",
  warn: "M8 1 15.5 15H.5Zm-1 5v5h2V6Zm0 6v2h2v-2Z",
  crew: "M1 4h8v7H1Zm9 2h3l2 3v2h-5Zm-6 5a2 2 0 1 1 0 .1m7 0a2 2 0 1 1 0 .1",
} as const;

export function Icon({ name, label }: { name: keyof typeof PATHS; label?: string }) {
  return (
    <svg class={`icon ${name}`} viewBox="0 0 16 16" width="13" height="13" {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" })}>
      <path d={PATHS[name]} fill="currentColor" fill-rule="evenodd" />
    </svg>
  );
}
