# A machine on which all of the course works, the grader too. `.devcontainer` uses its first stage.
#   docker build --tag lm39 .
#   docker run --rm --publish 8888:8888 --security-opt seccomp=unconfined \
#       --security-opt apparmor=unconfined lm39
# bubblewrap makes the grader's sandbox; Docker's own filters would keep it from that.
FROM python:3.11-slim-bookworm AS tools
# Debian keeps only the newest build of a stable release's package, so no version can be asked for.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap git libseccomp2 make \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 1000 --create-home --shell /bin/bash course
# CPU builds of PyTorch: 3 GB less
ENV PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu

FROM tools
USER 1000
WORKDIR /home/course
COPY --chown=1000 . .
RUN PIP_NO_CACHE_DIR=1 make book my-work
EXPOSE 8888
CMD [".venv/bin/jupyter", "lab", "--ip=0.0.0.0", "--no-browser"]
