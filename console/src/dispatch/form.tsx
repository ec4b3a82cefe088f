// What a deed has to be asked for, in a dialog; its first field has the focus.
import { useState } from "preact/hooks";
import { now } from "../facts/house";
import type { Report } from "../shapes";
import { Dialog } from "../shell/dialog";
import { say, word } from "../words";
import { codeWord, type Field } from "./deeds";

type Values = Record<string, unknown>;

function first(field: Field, reports: readonly Report[]): unknown {
  if (field.kind === "code") return field.optional ? "" : field.of[0];
  if (field.kind === "minutes") return field.of[1] ?? field.of[0];
  if (field.kind === "number") return field.least;
  if (field.kind === "flag") return field.name === "reached";
  if (field.kind === "report") return reports[0]?.id ?? "";
  return "";
}

function sent(field: Field, value: unknown): unknown {
  if (field.kind === "minutes") return new Date((now.peek() ?? Date.now()) + Number(value) * 60_000).toISOString();
  if (value === "") return undefined;
  return value;
}

function Entry(props: { field: Field; value: unknown; reports: readonly Report[]; set: (value: unknown) => void }) {
  const { field, value, set } = props;
  const name = word("field", field.name);
  if (field.kind === "flag")
    return <label class="choice"><span>{name}</span><input type="checkbox" checked={value === true} onChange={(event) => set(event.currentTarget.checked)} /></label>;
  if (field.kind === "number")
    return <label class="choice"><span>{name}</span><input type="number" min={field.least} value={String(value)} onInput={(event) => set(Number(event.currentTarget.value))} required /></label>;
  if (field.kind === "text")
    return <label class="choice"><span>{name}</span><input type="text" value={String(value)} onInput={(event) => set(event.currentTarget.value)} required={!field.optional} /></label>;
  const options: [string, string][] =
    field.kind === "minutes" ? field.of.map((each) => [String(each), say("dispatch.in_minutes", { m: each })])
    : field.kind === "report" ? props.reports.map((each) => [each.id, `#${each.number} ${each.reporter_name ?? ""}`])
    : [...(field.optional ? [["", say("dispatch.not_known")] as [string, string]] : []), ...field.of.map((each): [string, string] => [each, codeWord(each)])];
  return (
    <label class="choice">
      <span>{name}</span>
      <select value={String(value)} onChange={(event) => set(event.currentTarget.value)}>
        {options.map(([id, told]) => <option value={id} key={id}>{told}</option>)}
      </select>
    </label>
  );
}

export function Form(props: {
  title: string;
  go: string;
  fields: readonly Field[];
  reports?: readonly Report[];
  onGo: (values: Values) => void;
  onClose: () => void;
}) {
  const reports = props.reports ?? [];
  const [values, setValues] = useState<Values>(() => Object.fromEntries(props.fields.map((each) => [each.name, first(each, reports)])));
  const go = (event: Event) => {
    event.preventDefault();
    props.onGo(Object.fromEntries(props.fields.map((each) => [each.name, sent(each, values[each.name])])));
    props.onClose();
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form onSubmit={go} class="stack">
        {props.fields.map((each) => (
          <Entry key={each.name} field={each} value={values[each.name]} reports={reports} set={(value) => setValues({ ...values, [each.name]: value })} />
        ))}
        <button type="submit" class="chief">{props.go}</button>
      </form>
    </Dialog>
  );
}
