# Helix as a container: docs/deployment.md, "Docker". Data belongs on a volume at /data. There is no VOLUME here,
# since Railway builds no Dockerfile that has one, and no cache mount, which it would want named after the service.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.txt ./
RUN python -m venv /opt/venv \
    && /opt/venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check -r requirements.txt \
    && /opt/venv/bin/python -m pip uninstall --yes pip setuptools \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} +
COPY main.py LICENSE ./
COPY deploy/probe.py ./deploy/
COPY bot ./bot
COPY core ./core
COPY process ./process
COPY sandbox ./sandbox
COPY state ./state
COPY web ./web
# Who runs it may not write here, so that the byte code is made now. What a checksum vouches for is not compared
# by the time of a file, which a layer changes.
RUN python -m compileall -q --invalidation-mode unchecked-hash .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 helix \
    && useradd --uid 10001 --gid helix --home-dir /data --no-create-home --shell /usr/sbin/nologin helix \
    && install --directory --owner=helix --group=helix --mode=0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# Without DISCORD_TOKEN this HOST makes the start end with exit code 2 and say so: the sandbox serves loopback only.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    HELIX_DATA_DIR=/data \
    HOST=:: \
    PORT=8080
WORKDIR /app
USER 10001:10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 CMD ["python", "deploy/probe.py"]
# Python is process 1 and takes SIGTERM itself; what it starts (the worker) it also waits for.
ENTRYPOINT ["python", "main.py"]
CMD ["run"]
