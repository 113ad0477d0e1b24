"""What stands between the daemon and AWS in the hostile tests: a proxy, TLS, and whoever answers.

All of it listens on 127.0.0.1. The daemon goes through HTTPS_PROXY to the names that AWS has, so
that it behaves as it does in the field: only what is on this machine may answer without AWS's id.
"""

import http.client
import pathlib
import socket
import ssl
import subprocess
import threading
import time

SERVICE = "codepipeline.eu-west-1.amazonaws.com"
STS = "sts.eu-west-1.amazonaws.com"
PROXY_PASSWORD = "proxy-password-Xw93jDk2"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Certificates:
    """An authority and the servers' sides of TLS that it vouches for."""

    def __init__(self, folder):
        self.folder = folder
        self.authority = folder / "authority.pem"
        self.key = folder / "authority.key"
        self.contexts = {}
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self.key)
        openssl("req", "-x509", "-new", "-key", self.key, "-subj", "/CN=hostile authority",
                "-days", "30", "-out", self.authority)

    def context(self, names=f"DNS:{SERVICE},DNS:{STS}", subject="x", days=30):
        """The server's side of TLS, with a certificate of these subjectAltNames."""
        kind = (names, subject, days)
        if kind not in self.contexts:
            self.contexts[kind] = self.make(self.folder / f"leaf{len(self.contexts)}", *kind)
        return self.contexts[kind]

    def make(self, base, names, subject, days):
        key, csr, pem, ext = (base.with_suffix(s) for s in (".key", ".csr", ".pem", ".ext"))
        lines = ["basicConstraints=CA:FALSE"] + ([f"subjectAltName={names}"] if names else [])
        ext.write_text("\n".join(lines) + "\n")
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", key)
        openssl("req", "-new", "-key", key, "-subj", f"/CN={subject}", "-out", csr)
        openssl("x509", "-req", "-in", csr, "-CA", self.authority, "-CAkey", self.key,
                "-CAcreateserial", "-days", days, "-extfile", ext, "-out", pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        return context


class Request:
    """One HTTP request as it came."""

    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.line = lines[0]
        parts = (line.partition(":") for line in lines[1:])
        self.headers = {name.strip().lower(): value.strip() for name, _, value in parts}
        self.body = body
        self.operation = self.headers.get("x-amz-target", self.line).rpartition(".")[2]


def read_request(connection):
    """The next request of a connection; None at its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = connection.recv(65536)
        if not part:
            return None
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    request = Request(head, body)
    while len(request.body) < int(request.headers.get("content-length", 0)):
        part = connection.recv(65536)
        if not part:
            return None
        request.body += part
    return request


class Listener:
    """Accepts on 127.0.0.1; each connection has a thread, and there are at most 50 at once."""

    def __init__(self, serve):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.serve = serve
        self.places = threading.Semaphore(50)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            if self.places.acquire(blocking=False):
                threading.Thread(target=self.one, args=[connection], daemon=True).start()
            else:
                connection.close()

    def one(self, connection):
        try:
            connection.settimeout(60)
            self.serve(connection)
        except (OSError, ValueError):
            pass
        finally:
            self.places.release()
            connection.close()

    def close(self):
        self.socket.close()


class Service:
    """AWS, as far as the daemon can tell: TLS, and behind it the simulator or an attacker.

    `attack(request)` gives None for the simulator's answer, or a function of the connection, the
    request and `forward`, which lets the simulator do it and gives its answer. The connection goes
    on when that function returns True.
    """

    def __init__(self, certificates, simulator_port):
        self.simulator_port = simulator_port
        self.context = certificates.context()
        self.attack = lambda request: None
        self.requests = []
        self.listener = Listener(self.serve)

    def serve(self, plain):
        with self.context.wrap_socket(plain, server_side=True) as connection:
            while request := read_request(connection):
                self.requests.append(request.operation)
                act = self.attack(request)
                if act is None:
                    connection.sendall(self.forward(request))
                elif not act(connection, request, lambda: self.forward(request)):
                    return

    def forward(self, request):
        """The simulator's whole answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.simulator_port, timeout=20)
        method, path, _ = request.line.split(" ")
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in request.headers.items():
            if name != "connection":
                connection.putheader(name, value)
        connection.endheaders(request.body)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        own = ("connection", "content-length", "transfer-encoding")
        lines = [f"HTTP/1.1 {answer.status} {answer.reason}"]
        lines += [f"{name}: {value}" for name, value in answer.getheaders()
                  if name.lower() not in own]
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


class Proxy:
    """A proxy that makes tunnels to the service, unless `attack`, a function of the connection and
    the request, has another plan."""

    def __init__(self, service):
        self.service = service
        self.attack = None
        self.tunnels = 0
        self.listener = Listener(self.serve)

    def serve(self, connection):
        request = read_request(connection)
        if request is None:
            return
        self.tunnels += 1
        if self.attack is not None:
            self.attack(connection, request)
            return
        with socket.create_connection(("127.0.0.1", self.service.listener.port)) as other:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=[other, connection], daemon=True)
            back.start()
            pump(connection, other)
            back.join(60)


def pump(source, target):
    """Passes on what comes, and the end."""
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def hold(connection, seconds):
    """Takes what comes and says nothing."""
    end = time.monotonic() + seconds
    connection.settimeout(seconds)
    while time.monotonic() < end and connection.recv(65536):
        pass


class Metadata:
    """A container's metadata service, which answers `attack` while there is one."""

    def __init__(self, document, attack):
        self.document = document
        self.attack = attack
        self.listener = Listener(self.serve)

    def serve(self, connection):
        while read_request(connection):
            connection.sendall(self.attack or self.document())
            if self.attack:
                return


def write_helper(path, script):
    """Puts a program in its place at once, so that nobody runs half of one."""
    new = pathlib.Path(f"{path}.new")
    new.write_text(f"#!/bin/sh\n{script}\n")
    new.chmod(0o700)
    new.rename(path)
