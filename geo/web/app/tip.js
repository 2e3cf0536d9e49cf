/** A few words beside the hand. */

const AWAY = 14; // pixels

export class Tip {
  /** @param {HTMLElement} host */
  constructor(host) {
    this.host = host;
    this.element = document.createElement("div");
    this.element.className = "dateline-hint";
    this.element.hidden = true;
    host.appendChild(this.element);
  }

  /** Show lines of text beside a point of the host, the first as a title. @param {string[]} lines @param {number} x @param {number} y @param {number} r */
  show(lines, x, y, r) {
    const { element, host } = this;
    element.replaceChildren(...lines.map((line, n) => textLine(n ? "div" : "strong", line)));
    element.hidden = false;
    const [width, height] = [element.offsetWidth, element.offsetHeight];
    const above = y - r - AWAY - height;
    const left = Math.max(4, Math.min(host.clientWidth - width - 4, x - width / 2));
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(above < 4 ? y + r + AWAY : above)}px)`;
  }

  hide() {
    this.element.hidden = true;
  }
}

/** @param {string} tag @param {string} text */
function textLine(tag, text) {
  const element = document.createElement(tag);
  element.dir = "auto";
  element.textContent = text;
  return element;
}
