"""Two hands for one journey: the mouse, and the keyboard alone.

A journey is a script of accessible names. The mouse counts its clicks. The keyboard reaches
everything by Tab, and fails where the focus is lost, cannot be seen or is covered by something.
"""

import re
from typing import Protocol

from playwright.sync_api import FilePayload, Locator, Page, expect

# A loaded machine answers later; nothing here is about speed.
expect.set_options(timeout=15_000)
MOST_TABS = 220
MOST_CHOICES = 40
CHOSEN = "() => document.activeElement.selectedOptions[0].innerText.trim()"
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const text = (node) => (node ? node.innerText || node.textContent || "" : "");
  const label = element.getAttribute("aria-label")
    || (element.labels && element.labels.length ? text(element.labels[0]) : "");
  const name = (label || text(element)).replace(/\\s+/g, " ").trim();
  const drawn = (node) => {
    const style = node && getComputedStyle(node);
    return Boolean(style) && (
      (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none");
  };
  element.scrollIntoView({ block: "nearest" });
  const box = [...element.getClientRects()][0] || { width: 0, height: 0 };
  const [x, y] = [box.x + box.width / 2, box.y + Math.min(box.height, 40) / 2];
  const top = document.elementFromPoint(x, y);
  const covered = top && !element.contains(top) && !top.contains(element)
    && !(element.labels && [...element.labels].some((one) => one.contains(top)));
  return {
    name, kind: element.tagName.toLowerCase(), type: element.type || "",
    seen: box.width > 0 && box.height > 0 && drawn(element), covered: covered ? top.outerHTML.slice(0, 120) : "",
  };
}"""


class Hand(Protocol):
    """What a person does at the desk; ``name`` is the beginning of an accessible name."""

    page: Page

    def press(self, name: str) -> None:
        """Follow a link, push a button, open a menu."""

    def fill(self, name: str, text: str) -> None:
        """Write into a field."""

    def choose(self, name: str, option: str) -> None:
        """Choose an option of a list by its text."""

    def tick(self, name: str) -> None:
        """Tick a checkbox."""

    def mark(self, name: str) -> None:
        """Choose one of a group of round buttons."""

    def attach(self, name: str, file: FilePayload) -> None:
        """Choose a file; the system's own window is not the eAkte's."""


def begins(name: str) -> re.Pattern[str]:
    # Playwright writes the pattern between slashes.
    return re.compile(rf"^\s*{re.escape(name)}".replace("/", r"\/"))


def enter(page: Page) -> None:
    """Send off the field that is typed into."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


class Mouse:
    """Clicks what it sees and counts it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, name: str) -> None:
        page, wanted = self.page, begins(name)
        found = page.get_by_role("link", name=wanted).or_(page.get_by_role("button", name=wanted))
        summaries = page.locator("summary").filter(has_text=wanted)
        summaries = summaries.or_(page.locator(f'summary[aria-label^="{name}"]'))
        self._click(found.or_(summaries).filter(visible=True).first)
        page.wait_for_load_state()

    def fill(self, name: str, text: str) -> None:
        self._field(name).fill(text)

    def choose(self, name: str, option: str) -> None:
        field = self._field(name)
        label = field.locator("option").filter(has_text=begins(option)).first.inner_text()
        field.select_option(label=label)

    def tick(self, name: str) -> None:
        self._click(self.page.get_by_role("checkbox", name=begins(name)).first)

    def mark(self, name: str) -> None:
        self._click(self.page.get_by_role("radio", name=begins(name)))

    def attach(self, name: str, file: FilePayload) -> None:
        self._field(name).set_input_files(file)

    def _field(self, name: str) -> Locator:
        return self.page.locator("main").get_by_label(begins(name)).first

    def _click(self, found: Locator) -> None:
        found.click()
        self.clicks += 1


class Keyboard:
    """Never touches the mouse: Tab to a name, then a key."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, name: str) -> None:
        if self._reach(name, ("a", "button", "summary")) == "summary":
            self.page.keyboard.press("Enter")
            return
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, name: str, text: str) -> None:
        self._reach(name, ("input", "textarea"))
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(text)

    def choose(self, name: str, option: str) -> None:
        self._reach(name, ("select",))
        passed = []
        for _press in range(MOST_CHOICES):
            passed.append(self.page.evaluate(CHOSEN))
            if passed[-1].startswith(option):
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{option!r} is not reached by the arrow keys; passed: {passed}")

    def tick(self, name: str) -> None:
        self._reach(name, ("input",))
        self.page.keyboard.press("Space")

    def mark(self, name: str) -> None:
        self._reach("", ("input",), "radio")
        for _press in range(MOST_CHOICES):
            if self.page.evaluate(FOCUSED)["name"].startswith(name):
                self.page.keyboard.press("Space")
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name!r} is not reached by the arrow keys")

    def attach(self, name: str, file: FilePayload) -> None:
        # A page that still loads may take the key for itself.
        self.page.wait_for_load_state("networkidle")
        self._reach(name, ("input",))
        with self.page.expect_file_chooser() as chooser:
            self.page.keyboard.press("Space")
        chooser.value.set_files(file)

    def _reach(self, name: str, kinds: tuple[str, ...], of_type: str = "") -> str:
        """Tab until the name is focused; the kind of element it is."""
        passed: list[str] = []
        focused = self.page.evaluate(FOCUSED)
        for _press in range(MOST_TABS):
            right = focused and focused["kind"] in kinds and of_type in ("", focused["type"])
            if right and focused["name"].startswith(name):
                return str(focused["kind"])
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused is None:
                # The browser's own tools come after the last element of the page.
                continue
            assert focused["seen"], f"the focus on {focused['name']!r} cannot be seen"
            assert not focused["covered"], f"{focused['covered']} covers {focused['name']!r}"
            passed.append(focused["name"])
        raise AssertionError(f"{name!r} is not reached by Tab; passed: {passed}")
