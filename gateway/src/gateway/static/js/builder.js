// The builder of forms: a choice shows at once what goes with it, and questions can be dragged.
const form = document.getElementById("builder");

// A part that is found by its address is in sight with the focus in it.
const aim = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) target.focus();
};
addEventListener("load", aim);

form.addEventListener("change", (event) => {
  const button = document.getElementById(event.target.dataset.choose ?? "");
  if (button) form.requestSubmit(button);
});

const press = (value) => {
  const button = document.createElement("button");
  button.name = "do";
  button.value = value;
  button.hidden = true;
  form.append(button);
  form.requestSubmit(button);
};

let dragged = null;
for (const question of form.querySelectorAll(".build-question[data-part]")) {
  const grip = question.querySelector(".build-words");
  grip.draggable = true;
  grip.addEventListener("dragstart", (event) => {
    dragged = question;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  grip.addEventListener("dragend", () => { dragged = null; });
}

const places = (list) => [...list.children].filter((one) => one !== dragged);
for (const list of form.querySelectorAll("[data-section]")) {
  const card = list.closest(".build-section");
  card.addEventListener("dragover", (event) => { if (dragged) event.preventDefault(); });
  card.addEventListener("drop", (event) => {
    if (!dragged) return;
    event.preventDefault();
    const before = places(list).findIndex((one) => {
      const box = one.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    press(`drop ${dragged.dataset.part} ${list.dataset.section} ${before < 0 ? places(list).length : before}`);
  });
}
