"""The server that every client of the benchmark polls: nginx on loopback with TLS.

One listener for each size and kind of answer, so that a client chooses by its port alone, as an
endpoint is chosen; one that answers after a while, for clients at their pace; one that logs, for
start-up times; one without TLS that tells nginx's counts.
"""

import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.request

import bodies

KINDS = ("equal", "changed")
OPERATIONS = (
    "GetPipelineState",
    "GetPipeline",
    "ListActionExecutions",
    "ListPipelineExecutions",
    "ListPipelines",
)
HEAD = """
load_module modules/ndk_http_module.so;
load_module modules/ngx_http_lua_module.so;
daemon off;
worker_processes {workers};
pid {folder}/nginx.pid;
error_log {folder}/nginx.errors warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  keepalive_time 24h;
  keepalive_timeout 300s;
  ssl_certificate {folder}/server.pem;
  ssl_certificate_key {folder}/server.key;
  ssl_session_cache shared:bench:10m;
  log_format seen '$msec $request_time $http_x_amz_target';
  lua_package_path '{folder}/?.lua;;';
  init_by_lua_block {{
    answers = require "answers"
    answers.load("{folder}", {{ {operations} }}, {{ {listeners} }})
  }}
  server {{
    listen 127.0.0.1:{status};
    location = /counts {{ stub_status; }}
  }}
"""
LISTENER = """
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    {log}
    location = / {{ content_by_lua_block {{ answers.answer("{name}", {delay}) }} }}
  }}
"""


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def write_answers(folder, size, kind):
    """Puts the answers of one listener where the server reads them."""
    values = None if kind == "changed" else bodies.FIXED
    shown = size if size in bodies.SIZES else "small"
    texts = {
        "GetPipelineState": bodies.state_body(shown, "@name@", values),
        "GetPipeline": bodies.definition_body(shown, "@name@"),
        "ListActionExecutions": bodies.executions_body(),
        "ListPipelineExecutions": bodies.summaries_body(bodies.LISTED.get(size, 0)),
        "ListPipelines": bodies.list_body([bodies.NAMES.format(0)]),
    }
    for operation in OPERATIONS:
        (folder / f"{operation}.{size}-{kind}").write_text(texts[operation])


def make_certificates(folder):
    """An authority of this run and a certificate of localhost; RSA 2048 as AWS's are."""

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=bench CA",
            "-keyout", "ca.key", "-out", "ca.pem",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n"
        "basicConstraints=critical,CA:FALSE\n"
    )
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "extensions", "-out", "server.pem")


def free_ports(count):
    """Ports that nobody listens on now."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class Server:
    """nginx as a child of this process."""

    def __init__(self, folder, workers=1, delay=0):
        self.folder = pathlib.Path(folder)
        self.workers = workers
        self.delay = delay
        self.process = None
        self.listeners = [(size, kind) for size in bodies.SIZES for kind in KINDS]
        self.listeners += [(size, "equal") for size in bodies.LISTED]
        ports = free_ports(len(self.listeners) + 3)
        self.ports = dict(zip(self.listeners, ports))
        self.paced_port, self.start_port, self.status_port = ports[-3:]
        self.seen = self.folder / "seen.log"

    @property
    def authorities(self):
        return str(self.folder / "ca.pem")

    def endpoint(self, size, kind="equal"):
        return f"https://localhost:{self.ports[size, kind]}"

    @property
    def paced_endpoint(self):
        """Answers as the medium one does, after the delay."""
        return f"https://localhost:{self.paced_port}"

    @property
    def start_endpoint(self):
        """Answers as the medium one does, and logs every request."""
        return f"https://localhost:{self.start_port}"

    def configuration(self):
        names = [f"{size}-{kind}" for size, kind in self.listeners]
        text = HEAD.format(folder=self.folder, workers=self.workers, status=self.status_port,
                           operations=quoted(OPERATIONS), listeners=quoted(names))
        for name, port in zip(names, self.ports.values()):
            text += LISTENER.format(port=port, log="", name=name, delay=0)
        text += LISTENER.format(port=self.paced_port, log="", name="medium-equal",
                                delay=self.delay)
        log = f"access_log {self.seen} seen;"
        text += LISTENER.format(port=self.start_port, log=log, name="medium-equal", delay=0)
        return text + "}\n"

    def __enter__(self):
        make_certificates(self.folder)
        shutil.copy(pathlib.Path(__file__).parent / "answers.lua", self.folder)
        for size, kind in self.listeners:
            write_answers(self.folder, size, kind)
        path = self.folder / "nginx.conf"
        path.write_text(self.configuration())
        command = ["nginx", "-c", str(path), "-p", "/usr/share/nginx", "-e", "stderr"]
        with open(self.folder / "nginx.output", "wb") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        for _ in range(100):
            if self.process.poll() is not None:
                break
            try:
                self.counts()
                return self
            except OSError:
                time.sleep(0.1)
        said = (self.folder / "nginx.output").read_text()
        self.__exit__()
        raise RuntimeError(f"nginx does not serve: {said}")

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(20)

    def counts(self):
        """(connections accepted, requests answered) without those that asked for the counts."""
        address = f"http://127.0.0.1:{self.status_port}/counts"
        with urllib.request.urlopen(address, timeout=5) as page:
            accepted, _, requests = page.read().decode().splitlines()[2].split()
        self.asked = getattr(self, "asked", 0) + 1
        return int(accepted) - self.asked, int(requests) - self.asked

    def headroom(self, size, kind, seconds):
        """The most requests per second that wrk gets answered."""
        script = self.folder / "poll.lua"
        script.write_text(
            'wrk.method = "POST"\nwrk.body = \'{"name":"pipeline-00000"}\'\n'
            'wrk.headers["Content-Type"] = "application/x-amz-json-1.1"\n'
            f'wrk.headers["X-Amz-Target"] = "{bodies.TARGET}GetPipelineState"\n'
        )
        command = ["wrk", "-t1", "-c16", f"-d{seconds}s", "-s", str(script),
                   self.endpoint(size, kind) + "/"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if "Non-2xx" in said:
            raise RuntimeError(f"the server refuses: {said}")
        return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1))


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch, Server(scratch) as server:
        for each in server.listeners:
            print(*each, server.headroom(*each, 2))
