# The site and its worker in one image; compose.yaml runs both from it.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=cms.settings.production VAR_DIR=/data
WORKDIR /site

COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt

# Static files lie in the image; VAR_DIR is a volume.
COPY manage.py ./
COPY registry registry
COPY search search
COPY media media
COPY cms cms
RUN useradd --system --uid 10001 --home-dir /data --create-home site \
    && SECRET_KEY=build-only SECRET_KEYS=build-only BLIND_KEY=build-only STATIC_ROOT=/site/static python manage.py collectstatic --noinput
ENV STATIC_ROOT=/site/static

USER site
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "cms.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", \
     "--access-logfile", "-", "--worker-tmp-dir", "/dev/shm"]
