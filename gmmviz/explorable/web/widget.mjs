// The page in a notebook's widget: it tells Python what it shows.

/**
 * @typedef {{get: (name: string) => any, set: (name: string, value: unknown) => void, save_changes: () => void}} WidgetModel
 * @param {{model: WidgetModel, el: HTMLElement}} widget
 */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = "EM";
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  frame.setAttribute("allow", "clipboard-write");
  Object.assign(frame.style, { width: "100%", height: `${model.get("_height")}px`, border: "0" });
  frame.srcdoc = model.get("_page");
  /** @param {MessageEvent} event */
  const hear = ({ source, data }) => {
    if (source !== frame.contentWindow || data?.gmmviz !== "explorable") return;
    model.set("_state", data.state);
    model.save_changes();
  };
  addEventListener("message", hear);
  el.append(frame);
  return () => removeEventListener("message", hear);
}

export default { render };
