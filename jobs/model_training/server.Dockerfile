# Serves an archive of train.py without AWS's framework image. Build it in this folder's parent:
#   docker build -f model_training/server.Dockerfile --build-arg PYTHON=<image>@sha256:<digest> .
# PYTHON has no default: a tag moves, and a digest is yours to choose, of a slim Python 3.11 to 3.14.
ARG PYTHON
FROM ${PYTHON} AS packages
COPY model_training/server.txt /server.txt
RUN python -m pip install --no-cache-dir --no-deps --only-binary :all: --require-hashes \
    --target /packages -r /server.txt

FROM ${PYTHON}
COPY --from=packages /packages /packages
COPY model_training/*.py /code/model_training/
# Nothing is written: SageMaker mounts the model at /opt/ml/model, and the server logs to stderr.
ENV PYTHONPATH=/code:/packages PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
USER 10001:10001
EXPOSE 8080
LABEL com.amazonaws.sagemaker.capabilities.accept-bind-to-port=true
# SageMaker adds the word `serve`, which the server does not need.
ENTRYPOINT ["python", "-m", "model_training.serve_model"]
