// `?`: every key that does something now.
import { say } from "../words";
import { Dialog } from "./dialog";
import { allowSingle, groups, single } from "./keys";

const SHOWN: Record<string, string> = { ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", " ": "␣" };

export function Help({ onClose }: { onClose: () => void }) {
  const merged = new Map<string, { key: string; told: string }[]>();
  for (const group of groups.value) {
    const name = say(group.word);
    const rows = group.commands.map((each) => ({ key: each.key, told: say(each.word) }));
    merged.set(name, [...(merged.get(name) ?? []), ...rows]);
  }
  return (
    <Dialog title={say("help.title")} onClose={onClose} wide>
      <div class="keys">
        {[...merged].map(([name, rows]) => (
          <section key={name}>
            <h3>{name}</h3>
            <dl>
              {rows.map((each) => (
                <div key={each.key + each.told}>
                  <dt>{each.key.split(" ").map((one) => <kbd key={one}>{SHOWN[one] ?? one}</kbd>)}</dt>
                  <dd>{each.told}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="choice">
        <input type="checkbox" checked={single.value} onChange={(event) => allowSingle(event.currentTarget.checked)} />
        {say("help.single")}
      </label>
    </Dialog>
  );
}
