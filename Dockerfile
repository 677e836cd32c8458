# Two images from one file: `console` (the default) and `sandbox`, which adds ffmpeg and the sandbox's framework.
FROM python:3.11-slim AS build
ARG REQUIREMENTS=console
COPY requirements/ /requirements/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes -r /requirements/${REQUIREMENTS}.txt

FROM build AS build-sandbox
RUN /opt/venv/bin/pip install --disable-pip-version-check --no-cache-dir --require-hashes -r /requirements/up.txt

FROM python:3.11-slim AS program
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin console \
 && install -d -o console -g console -m 0700 /data
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
WORKDIR /app
COPY . .
USER console
VOLUME /data

FROM program AS sandbox
COPY --from=build-sandbox /opt/venv /opt/venv
EXPOSE 8100
CMD ["python", "-m", "sandbox"]

FROM program AS console
COPY --from=build /opt/venv /opt/venv
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["python", "-m", "granian", "--interface", "asginl", "--workers", "1", "--workers-kill-timeout", "5", "--no-ws", \
     "--backpressure", "4096", "--host", "0.0.0.0", "--port", "8000", "fastpix_console.asgi:application"]
