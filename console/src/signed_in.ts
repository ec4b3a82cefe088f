// Where the issuer sends a browser back to: take the code, go where the sign-in began.
import { finishSignIn } from "./sign_in";
import { say } from "./words";

finishSignIn()
  .catch(() => null)
  .then((to) => {
    if (to !== null) {
      location.replace(to.startsWith("/") && !to.startsWith("//") ? to : "/map");
      return;
    }
    const told = document.createElement("p");
    told.setAttribute("role", "alert");
    told.textContent = `${say("sign_in.failed")} `;
    const again = document.createElement("a");
    again.href = "/map";
    again.textContent = say("sign_in.again");
    told.append(again);
    document.getElementById("page")?.append(told);
  });
