# Relight's image: one image, one command per part (`relight api`, `worker`, `planner`, `relay`).
#
# Pinned: the packages by version and hash (requirements.runtime.lock), the base by tag. A tag can be
# moved, so give the digest you have checked:   --build-arg PYTHON_DIGEST=@sha256:...
# The same sources, the same digest and the same SOURCE_DATE_EPOCH give the same files; for the same
# image, digest and all, build with `--output type=image,rewrite-timestamp=true`.
ARG PYTHON_TAG=3.13-slim-trixie
ARG PYTHON_DIGEST=
ARG NODE_TAG=22-trixie-slim
ARG NODE_DIGEST=

FROM python:${PYTHON_TAG}${PYTHON_DIGEST} AS sources
# The moment that files within the wheel are dated by: that of the commit, or any other fixed one.
ARG SOURCE_DATE_EPOCH=1767225600
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} \
    PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_COMPILE=1 PIP_ROOT_USER_ACTION=ignore \
    PYTHONDONTWRITEBYTECODE=1
WORKDIR /src
COPY requirements.lock requirements.runtime.lock ./
COPY .ci/pins .ci/pins
RUN python -m venv --without-pip /opt/relight \
    && pip --python /opt/relight/bin/python install --require-hashes --only-binary :all: \
        -r requirements.runtime.lock \
    && .ci/pins hatchling packaging pathspec pluggy tomlkit trove-classifiers >/tmp/build.lock \
    && pip install --require-hashes --only-binary :all: -r /tmp/build.lock
COPY pyproject.toml ./
COPY activities/ activities/
COPY api/ api/
COPY domain/ domain/
COPY policies/ policies/
COPY relight/ relight/
COPY roads/ roads/
COPY routing/ routing/
COPY sim/ sim/
COPY store/ store/
COPY territory/ territory/
COPY workflows/ workflows/

# The types of the pages are made from the document of the interface.
FROM sources AS document
RUN PYTHONPATH=/src /opt/relight/bin/python -m relight openapi >/tmp/openapi.json

FROM node:${NODE_TAG}${NODE_DIGEST} AS pages
WORKDIR /src/console
COPY console/ ./
COPY domain/ /src/domain/
COPY --from=document /tmp/openapi.json made/openapi.json
RUN npm ci && npm run build

FROM sources AS build
COPY --from=pages /src/api/built/ api/built/
RUN pip wheel --no-deps --no-build-isolation --wheel-dir /tmp/wheel . \
    && pip --python /opt/relight/bin/python install --no-deps --no-index /tmp/wheel/*.whl \
    && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/relight/lib

FROM python:${PYTHON_TAG}${PYTHON_DIGEST} AS app
# A number and not a name, so that whoever runs it can see that it is not root.
ARG UID=10001
RUN install -d -o ${UID} -g ${UID} -m 0700 /run/relight
COPY --from=build /opt/relight /opt/relight
ENV PATH=/opt/relight/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    RELIGHT_STATE_DIR=/run/relight \
    RELIGHT_API_HOST=0.0.0.0 \
    RELIGHT_API_PORT=8420 \
    RELIGHT_LOG_JSON=true
WORKDIR /run/relight
USER ${UID}:${UID}
EXPOSE 8420
ENTRYPOINT ["relight"]
CMD ["api"]
# For the api; another part is healthy when it has said that it is ready (see docker-compose.yml).
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8420/healthz', timeout=4)"]

# For `relight backup` and `relight restore`: the client programs of the database's version.
FROM app AS tools
ARG POSTGRES_MAJOR=17
USER 0
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-client-${POSTGRES_MAJOR} \
    && rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/dpkg.log
ARG UID=10001
USER ${UID}:${UID}
CMD ["doctor"]
HEALTHCHECK NONE
