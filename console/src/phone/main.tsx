// The crew's page, for a phone: who is here, and how fresh it is.
import { render } from "preact";
import { tokens, signIn } from "../sign_in";
import { attend, me } from "../shell/session";
import "../style.css";
import { say, word } from "../words";

function Phone() {
  document.title = `${say("phone.title")} – Relight`;
  if (tokens.value === null)
    return <main class="stranger"><p>{say("phone.wanted")}</p><button type="button" class="chief" onClick={() => void signIn()}>{say("sign_in.go")}</button></main>;
  const person = me.value;
  if (person === null) return <main class="stranger"><p>{say("loading")}</p></main>;
  return <main class="stranger"><h1>{person.name || person.subject}</h1><p>{word("role", person.role)}</p></main>;
}

attend();
render(<Phone />, document.getElementById("page")!);
