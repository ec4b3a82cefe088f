// The desk "crews".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.crews")}</h1>;
}
