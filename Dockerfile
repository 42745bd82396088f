# Two stages: the first has pip, the second has only what runs.
FROM python:3.13-slim AS build
WORKDIR /build
COPY requirements/runtime.txt requirements/build.txt requirements/
RUN python -m venv /opt/lockstitch \
 && /opt/lockstitch/bin/pip install --no-cache-dir --require-hashes --requirement requirements/runtime.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY bot bot
COPY remediations remediations
RUN python -m venv /tmp/wheel \
 && /tmp/wheel/bin/pip install --no-cache-dir --require-hashes --requirement requirements/build.txt \
 && /tmp/wheel/bin/python -m build --wheel --no-isolation --outdir /tmp/dist \
 && /opt/lockstitch/bin/pip install --no-cache-dir --no-deps /tmp/dist/*.whl
# The grammar's tables take a second to build; here they are built once, for every process.
RUN /opt/lockstitch/bin/python -c "from pathlib import Path; from remediations.terraform.grammar import Grammar; Grammar.load(Path('/opt/lockstitch/cache/grammar'))"

FROM python:3.13-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin lockstitch
COPY --from=build /opt/lockstitch /opt/lockstitch
ENV PATH=/opt/lockstitch/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LOCKSTITCH_CACHE_DIR=/opt/lockstitch/cache
USER 10001:10001
WORKDIR /tmp
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=2)"]
CMD ["gunicorn", "--bind=0.0.0.0:8080", "--worker-class=gthread", "--workers=2", "--threads=4", "--worker-tmp-dir=/dev/shm", "bot.web.wsgi:create()"]
