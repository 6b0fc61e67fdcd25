// Copies the scene. Without this script there is no button, and the text can be selected.

const button = document.querySelector("button");
const text = document.querySelector("pre");
const told = document.querySelector(".copied");
if (button && text && told) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (!(await copied(text))) return;
    const usual = button.textContent;
    button.textContent = told.textContent = button.dataset.copied ?? "";
    setTimeout(() => {
      button.textContent = usual;
      told.textContent = "";
    }, 2000);
  });
}

/**
 * Copy what an element says, and leave it selected where browsers keep the clipboard to encrypted pages.
 * @param {Element} element
 */
async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.textContent ?? "");
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return document.execCommand("copy");
  }
}
