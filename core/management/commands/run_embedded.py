"""`make run`: all of Nadkhet on one machine, without a database server or Redis."""

import fcntl
import hashlib
import io
import os
import secrets
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections, transaction
from django.utils.module_loading import import_string

from core.supervisor import LOOK_SECONDS, ProgramFailed, Supervisor

READY_SECONDS = 90


class Command(BaseCommand):
    help = "Prepare the embedded database, then run web, worker and beat until Ctrl-C."
    requires_system_checks: list[str] = []  # migrate runs them

    def handle(self, *args: Any, **options: Any) -> None:
        self.var = Path(settings.BASE_DIR) / "var"
        if connection.vendor != "sqlite":
            raise CommandError("run_embedded is for SQLite: unset DATABASE_URL.")
        _require_free_port()
        signal.signal(signal.SIGINT, _give_up)
        signal.signal(signal.SIGTERM, _give_up)
        signal.signal(signal.SIGHUP, _give_up)
        try:
            with _alone(self.var / "run.lock"):
                self._prepare()
                connections.close_all()
                self._serve()
        except KeyboardInterrupt:
            self.stdout.write("\nหยุดแล้ว / Stopped.")

    # --- before the start ----------------------------------------------------------------

    def _prepare(self) -> None:
        with self._step("กำลังเตรียมฐานข้อมูล / Preparing the database"):
            call_command("migrate", interactive=False, verbosity=0)
        self._run("กำลังเตรียมข้อมูลสำนักงานเขต / Loading offices and services", "seed_reference")
        self._run("กำลังเปิดเวลานัด / Opening times for booking", "generate_slots")
        if not get_user_model()._default_manager.exists():
            self._run("กำลังสร้างข้อมูลตัวอย่าง / Making the demo data", "seed_demo")
        self._collect_static()

    def _run(self, words: str, command: str) -> None:
        """Run a management command whole or not at all, and show what it says of itself."""
        said = io.StringIO()
        with self._step(words), transaction.atomic():
            call_command(command, stdout=said)
        for line in said.getvalue().splitlines():
            self.stdout.write(f"    {line}")

    def _collect_static(self) -> None:
        stamp = self.var / "static.stamp"
        now = _static_fingerprint()
        if stamp.exists() and stamp.read_text() == now and Path(settings.STATIC_ROOT).is_dir():
            return
        with self._step("กำลังเตรียมไฟล์หน้าเว็บ / Preparing the files of the pages"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)
            stamp.write_text(now)

    @contextmanager
    def _step(self, words: str) -> Iterator[None]:
        self.stdout.write(f"{words} … ", ending="")
        self.stdout.flush()
        start = time.monotonic()
        yield
        self.stdout.write(f"เสร็จใน / done in {time.monotonic() - start:.0f} s")

    # --- running --------------------------------------------------------------------------

    def _serve(self) -> None:
        supervisor = Supervisor(self.var / "log", _environment())
        signal.signal(signal.SIGINT, supervisor.ask_to_stop)
        signal.signal(signal.SIGTERM, supervisor.ask_to_stop)
        signal.signal(signal.SIGHUP, supervisor.ask_to_stop)
        try:
            with self._step("กำลังเริ่มระบบ / Starting web, worker and beat"):
                for name, command in _programs().items():
                    supervisor.start(name, command)
                if "LINE_API_BASE_URL" not in os.environ:
                    supervisor.start("line", _line_command())
                _wait_until_ready(supervisor)
            if not supervisor.stop_asked:
                self._say_where()
            supervisor.watch()
        except ProgramFailed as failure:
            log, words = supervisor.log(failure.name), supervisor.last_lines(failure.name)
            raise CommandError(f"{failure}. The end of {log}:\n{words}") from failure
        finally:
            with suppress(OSError):  # the terminal may be gone, the programs must go all the same
                self.stdout.write("กำลังหยุดระบบ / Stopping …")
            supervisor.stop()

    def _say_where(self) -> None:
        address = f"http://localhost:{settings.PORT}"
        lines = [
            "",
            f"นัดเขตพร้อมใช้งาน / Nadkhet is ready:  {address}/",
            f"เจ้าหน้าที่ / Back-office:             {address}/admin/",
            f"ข้อความที่ส่งออก / Messages sent:      {address}/demo/outbox/",
            f"คุยใน LINE (ตัวอย่าง) / LINE chat:     {address}/demo/line/",
            "",
            "บัญชีตัวอย่าง / Demo accounts (role, user name, password):",
        ]
        # By name: core stands below accounts and imports nothing of ours.
        for role, username, password in import_string("accounts.queries.demo_accounts")():
            lines.append(f"    {role:<18} {username:<22} {password}")
        lines += ["", "บันทึก / Logs: var/log/    หยุด / Stop: Ctrl-C", ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _give_up(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _require_free_port() -> None:
    """Raises CommandError when there is no such port, or something else listens on it."""
    if not 1 <= settings.PORT <= 65_535:
        raise CommandError("PORT must be a number from 1 to 65535, for example: PORT=8001")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Port {settings.PORT} cannot be used ({error.strerror}): "
                f"choose another, for example `make run PORT={settings.PORT + 1}`."
            ) from error


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold `lock` meanwhile: two supervisors over one SQLite would fight over files.

    Raises CommandError when another one holds it."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError("Nadkhet is running from this folder already.") from error
        yield


def _static_fingerprint() -> str:
    """Changes whenever a file of the pages is added, removed or written."""
    files = [
        f"{path} {storage.get_modified_time(path).timestamp()}"
        for finder in get_finders()
        for path, storage in finder.list([])
    ]
    return hashlib.sha256("\n".join(sorted(files)).encode()).hexdigest()


def _environment() -> dict[str, str]:
    return {
        **_stand_in_for_line(),
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DEMO": "1",
        "PORT": str(settings.PORT),
        "PYTHONUNBUFFERED": "1",
    }


def _stand_in_for_line() -> dict[str, str]:
    """The settings of a LINE account that this machine plays, unless the environment names LINE's
    own servers or others."""
    if "LINE_API_BASE_URL" in os.environ:
        return {}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "LINE_API_BASE_URL": f"http://127.0.0.1:{port}",
        "LINE_CHANNEL_SECRET": secrets.token_hex(16),
        "LINE_CHANNEL_ACCESS_TOKEN": secrets.token_hex(16),
        "LINE_ACCOUNT_LINK_URL": f"{settings.SITE_URL}/demo/line/dialog/",
    }


def _programs() -> dict[str, list[str]]:
    gunicorn = "--workers 1 --worker-class gthread --threads 8 --no-control-socket"
    # The filesystem broker has no broadcast, which gossip and mingle need.
    worker = "--pool threads --concurrency 2 --without-gossip --without-mingle --loglevel INFO"
    return {
        "web": [
            *(sys.executable, "-m", "gunicorn", "config.wsgi"),
            *("--bind", f"127.0.0.1:{settings.PORT}", *gunicorn.split()),
        ],
        "worker": [sys.executable, "-m", "celery", "-A", "config", "worker", *worker.split()],
        "beat": [sys.executable, "-m", "celery", "-A", "config", "beat", "--pidfile="],
    }


def _line_command() -> list[str]:
    webhook = f"http://127.0.0.1:{settings.PORT}/line/webhook/"
    return [sys.executable, "manage.py", "run_line_stub", "--webhook", webhook]


def _wait_until_ready(supervisor: Supervisor) -> None:
    """Return once /readyz answers 200 or a stop is asked for. Raises ProgramFailed."""
    address = f"http://127.0.0.1:{settings.PORT}/readyz"
    deadline = time.monotonic() + READY_SECONDS
    answer = "no answer"
    while not supervisor.stop_asked:
        supervisor.check()
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError as error:  # HTTPError too
            answer = str(error)
        if time.monotonic() > deadline:
            raise ProgramFailed("web", f"was not ready after {READY_SECONDS} s ({answer})")
        time.sleep(LOOK_SECONDS)
