// The desk "incoming".
import { say } from "../words";

export default function Desk() {
  return <h1 class="title">{say("desk.incoming")}</h1>;
}
