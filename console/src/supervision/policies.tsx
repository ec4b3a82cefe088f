// The installed policies, which district goes by which, and what changes from one to another.
import { signal } from "@preact/signals";
import { districts } from "../facts/store";
import { clockIn } from "../facts/times";
import type { Schemas } from "../shapes";
import { named, say } from "../words";
import { useRead } from "./read";

type Listed = Schemas["PolicyListed"];
const old = signal<string | null>(null);
const fresh = signal<string | null>(null);

function Choice({ label, at, list }: { label: string; at: typeof old; list: readonly Listed[] }) {
  return (
    <label>{label}{" "}
      <select value={at.value ?? ""} onChange={(event) => (at.value = event.currentTarget.value)} data-choice={label}>
        {list.map((each) => <option value={each.name} key={each.name}>{named(each.title)} ({each.version})</option>)}
      </select>
    </label>
  );
}

function Compared() {
  const both = old.value !== null && fresh.value !== null;
  const { found, fault } = useRead<Schemas["PolicyComparison"]>(both ? `/v1/policies/${encodeURIComponent(old.value!)}/changes/${encodeURIComponent(fresh.value!)}` : null);
  if (fault !== null) return <p role="alert">{fault}</p>;
  if (found === null) return <p>{say("loading")}</p>;
  if (found.changes.length === 0) return <p class="quiet-text">{say("supervision.same")}</p>;
  return (
    <table class="sheet-table" data-changes>
      <thead><tr><th scope="col">{say("supervision.rule")}</th><th scope="col">{named(found.old.title)}</th><th scope="col">{named(found.new.title)}</th></tr></thead>
      <tbody>{found.changes.map((each) => <tr key={each.key}><th scope="row">{each.words}</th><td><del>{each.old}</del></td><td><ins>{each.new}</ins></td></tr>)}</tbody>
    </table>
  );
}

function OfDistrict({ id, name }: { id: string; name: { en: string; zh: string } }) {
  const now = useRead<Schemas["DistrictPolicy"]>(`/v1/districts/${encodeURIComponent(id)}/policy`);
  const changes = useRead<Schemas["Page_PolicyChange_"]>(`/v1/districts/${encodeURIComponent(id)}/policy/changes?limit=20`);
  return (
    <li>
      <b>{named(name)}</b>{" "}
      {now.found === null ? (now.fault ?? say("loading")) : say("supervision.goes_by", { policy: named(now.found.policy.title), version: now.found.policy.version })}
      {now.found !== null && now.found.chosen === null && <small> {say("supervision.by_default")}</small>}
      {(changes.found?.items ?? []).map((each) => <small key={each.number}>{say("supervision.changed", { time: clockIn(each.at, id), who: each.by, policy: each.policy ?? say("supervision.the_default"), reason: each.reason })}</small>)}
    </li>
  );
}

export function Policies() {
  const { found, fault } = useRead<Schemas["Page_PolicyListed_"]>("/v1/policies");
  const list = found?.items ?? [];
  if (list.length > 0 && old.value === null) {
    const usual = list.find((each) => each.default) ?? list[0]!;
    old.value = usual.name;
    fresh.value = (list.find((each) => each !== usual) ?? usual).name;
  }
  return (
    <>
      {fault !== null && <p role="alert">{fault}</p>}
      <h2>{say("supervision.in_force")}</h2>
      <ul class="plain policies-now">{districts.value.map((each) => <OfDistrict key={each.id} id={each.id} name={each.name} />)}</ul>
      <h2>{say("supervision.installed")}</h2>
      <table class="sheet-table">
        <thead><tr><th scope="col">{say("supervision.policy")}</th><th scope="col">{say("supervision.arrival")}</th><th scope="col">{say("supervision.sources")}</th></tr></thead>
        <tbody>
          {list.map((each) => (
            <tr key={each.name} data-policy={each.name}>
              <th scope="row">{named(each.title)}<small>{each.version}{each.default && ` · ${say("supervision.the_default")}`}</small></th>
              <td>{say("supervision.arrival_min", { urban: each.arrival_min.urban, rural: each.arrival_min.rural, remote: each.arrival_min.remote })}</td>
              <td><small>{each.sources.join(" · ")}</small></td>
            </tr>
          ))}
        </tbody>
      </table>
      <h2 class="with-choice">{say("supervision.compare")}
        <Choice label={say("supervision.from")} at={old} list={list} />
        <Choice label={say("supervision.to")} at={fresh} list={list} />
      </h2>
      <Compared />
    </>
  );
}
