"""The page in a real browser: no complaint, no request, nothing too wide, legible in light, in dark and on paper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from click.testing import CliRunner
from sla_engine.cli.app import app

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed")

# WCAG 2.2, 1.4.3: the contrast of each text with what is painted behind it.
FAINT = """
(() => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length < 4 ? [...n, 1] : n; };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] > 0) return colour;
    }
    return [255, 255, 255, 1];
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || ["STYLE", "title", "desc"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const [a, b] = [parse(element instanceof SVGElement ? style.fill : style.color), behind(element)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) faint.push(`${element.tagName} ${element.textContent.trim().slice(0, 30)} ${ratio.toFixed(2)}`);
  }
  return faint.slice(0, 5);
})()
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    arguments = [
        str(ROOT / "examples/data/incident-events.csv"),
        *("--policy", str(ROOT / "examples/incident-desk.json")),
        *("--mapping", str(ROOT / "examples/python/incident-log.toml")),
        *("--what-if", "resolution=75%", "-o", str(path)),
    ]
    result = CliRunner().invoke(app, ["report", *arguments])
    assert result.exit_code == 0, result.output
    return path


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Page]:
    with browser.browse() as opened:
        yield opened


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: SLA_SCREENSHOTS, for somebody who wants to look at them."""
    folder = Path(os.environ.get("SLA_SCREENSHOTS", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1240, 390, 360])
def test_the_page_is_quiet_fits_and_can_be_read(
    report: Path, page: browser.Page, pictures: Path, width: int, dark: bool
) -> None:
    page.requests.clear()
    page.complaints.clear()
    page.open(report, width=width, dark=dark)
    page.ask("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.ask("document.documentElement.scrollWidth") <= width
    assert page.ask(FAINT) == []
    assert page.requests == [report.as_uri()]
    assert page.complaints == []
    page.ask("document.querySelectorAll('details').forEach((one, n) => { one.open = n === 2; })")
    page.screenshot(pictures / f"report-{width}-{'dark' if dark else 'light'}.png")


def test_the_page_follows_the_scheme(report: Path, page: browser.Page) -> None:
    grounds = []
    charts = []
    for dark in (False, True):
        page.open(report, width=1240, dark=dark)
        grounds.append(page.ask("getComputedStyle(document.body).backgroundColor"))
        charts.append(page.ask("getComputedStyle(document.querySelector('.chart text')).fill"))
    assert grounds[0] != grounds[1]
    assert charts[0] != charts[1]


def test_paper_is_white_even_in_dark_mode(report: Path, page: browser.Page, pictures: Path) -> None:
    page.open(report, width=1000, dark=True, media="print")
    assert page.ask("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.ask("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.ask(FAINT) == []
    page.screenshot(pictures / "report-print.png")


def test_charts_have_a_name_and_a_description(report: Path, page: browser.Page) -> None:
    page.open(report, width=1240)
    charts = page.ask(
        "[...document.querySelectorAll('svg')].map((one) => [one.getAttribute('role'),"
        " one.querySelector(':scope > title').textContent, one.querySelector(':scope > desc').textContent])"
    )
    assert len(charts) == 9
    assert all(role == "img" and title and told for role, title, told in charts)
