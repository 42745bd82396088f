"""The built wheel works with the sources out of sight."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_everything(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(home)
    (tmp_path / "main.tf").write_text('resource "aws_s3_bucket" "data" {\n  bucket = "a"\n}\n')
    run = "import sys; sys.path = [p for p in sys.path if p != sys.argv[1]]; "
    run += "sys.path.insert(0, sys.argv[2]); from bot.cli.main import main; import bot; "
    run += "assert bot.__file__.startswith(sys.argv[2]), bot.__file__; sys.exit(main(sys.argv[3:]))"
    start = [sys.executable, "-I", "-c", run, str(ROOT), str(home)]
    checked = subprocess.run(
        [*start, "check", str(tmp_path / "main.tf")], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 1, checked.stderr
    assert "s3-public-access-block-missing" in checked.stdout
    shown = subprocess.run(
        [*start, "demo", "--accept-all", "--once"], capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "The check went from failure to success." in shown.stdout
    assert "Still to decide:" in shown.stdout
