"""Fetching weather: from a service on this machine, from the cache, and without a network."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.builders import weather_files

from headrace.core.errors import InputError
from headrace.energy.weather.download import cached_file, check, fetch_typical_year, open_cached
from headrace.energy.weather.series import station


@pytest.fixture
def service():
    """A server on loopback that answers like PVGIS: a typical year for 36.1, an error over the sea,
    and noise.
    """
    year = weather_files.pvgis_csv(station("tmy3:723170")).encode()

    class Answers(BaseHTTPRequestHandler):
        asked = 0

        def do_GET(self):
            Answers.asked += 1
            sea = "lat=0.000" in self.path
            body = (
                b'{"message": "Location over the sea. Please, select another location"}'
                if sea
                else year
            )
            body = b"not weather" if "lat=1.000" in self.path else body
            self.send_response(400 if sea else 200)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/api", Answers
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_year_is_fetched_once_and_then_found(service, tmp_path, monkeypatch):
    url, answers = service
    monkeypatch.setenv("HEADRACE_CACHE", str(tmp_path))
    first = fetch_typical_year(36.1, -79.95, service=url)
    again = fetch_typical_year(36.1, -79.95, service=url)
    assert (first.fresh, again.fresh, answers.asked) == (True, False, 1)
    assert first.path == cached_file(36.1, -79.95)
    assert first.provenance.sha256 == again.provenance.sha256
    assert "lat=36.100&lon=-79.950" in first.provenance.url
    assert station("pvgis:36.1,-79.95").drybulb == pytest.approx(station("tmy3:723170").drybulb)
    assert fetch_typical_year(36.1, -79.95, service=url, again=True).fresh


def test_an_altered_file_is_refused(service, tmp_path):
    found = fetch_typical_year(36.1, -79.95, tmp_path, service=service[0])
    found.path.write_text(found.path.read_text().replace("0.0,0.0", "1.0,1.0", 1))
    with pytest.raises(InputError, match="altered"):
        open_cached(36.1, -79.95, tmp_path)
    found.path.with_suffix(".json").write_text("{}")
    with pytest.raises(InputError, match="no readable checksum"):
        check(found.path)


def test_the_services_own_words_are_passed_on_and_noise_is_not_kept(service, tmp_path):
    with pytest.raises(InputError, match="Location over the sea"):
        fetch_typical_year(0.0, 0.0, tmp_path, service=service[0])
    with pytest.raises(InputError, match="not a weather file"):
        fetch_typical_year(1.0, 0.0, tmp_path, service=service[0])
    assert list(tmp_path.glob("*")) == []


def test_without_a_network_it_says_what_to_do(tmp_path):
    with pytest.raises(InputError, match=r"cannot be reached.*give the study the saved file"):
        fetch_typical_year(36.1, -79.95, tmp_path, service="http://127.0.0.1:9")


def test_places_off_the_globe_bad_keys_and_plain_http_are_refused(tmp_path):
    with pytest.raises(InputError, match="north positive"):
        fetch_typical_year(136.0, 0.0, tmp_path)
    with pytest.raises(InputError, match="https"):
        fetch_typical_year(36.0, 0.0, tmp_path, service="http://example.org")
    with pytest.raises(InputError, match="pvgis:LATITUDE"):
        station("pvgis:here")


def test_the_verb_prints_one_json_object_and_needs_no_network_for_what_is_cached(
    service, tmp_path, monkeypatch, capsys
):
    from headrace.show.cli import main

    monkeypatch.setenv("HEADRACE_CACHE", str(tmp_path))
    fetch_typical_year(36.1, -79.95, service=service[0])
    assert main(["fetch", "weather", "36.1", "-79.95", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["fresh"] is False
    assert "typical year (PVGIS" in told["label"]
    assert main(["fetch", "weather", "95", "0"]) == 2
