// The desk "dispatch".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.dispatch")}</h1>;
}
