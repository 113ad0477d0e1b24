"""What stands in for a cloud's surroundings in the proof: instance metadata, a proxy, a relay."""

import http.server
import json
import selectors
import socket
import ssl
import threading
import time

ROLE = {"AccessKeyId": "ASIAPROOFROLE", "SecretAccessKey": "role-secret", "Token": "role-token"}


class Metadata(http.server.BaseHTTPRequestHandler):
    """IMDSv2 with a Region and the keys of a role."""

    def answer(self, status, text, **headers):
        body = text.encode("ascii")
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        is_token = self.path == "/latest/api/token"
        ttl = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "60")
        self.answer(200 if is_token else 404, "token", X_aws_ec2_metadata_token_ttl_seconds=ttl)

    def do_GET(self):
        end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 21600))
        keys = json.dumps({"Code": "Success", "Type": "AWS-HMAC", "Expiration": end, **ROLE})
        folder = "/latest/meta-data/iam/security-credentials/"
        known = {"/latest/meta-data/placement/region": "eu-west-1", folder: "proof",
                 folder + "proof": keys}
        if self.headers.get("X-aws-ec2-metadata-token") != "token":
            self.answer(401, "")
        elif self.path in known:
            self.answer(200, known[self.path])
        else:
            self.answer(404, "")

    def log_message(self, *_):
        pass


def serve_metadata(address):
    """Serves it on port 80 of an address until shutdown() is called on what comes back."""
    server = http.server.ThreadingHTTPServer((address, 80), Metadata)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Listener:
    """Gives each client of a port a thread; ends with the program."""

    def __init__(self, port):
        self.socket = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve_quietly, args=(client,), daemon=True).start()

    def serve_quietly(self, client):
        client.settimeout(20)
        with client:
            try:
                self.serve(client)
            except OSError:
                pass

    def close(self):
        # Wakes the thread that waits for a client.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


class Relay(Listener):
    """Carries bytes to another port, and ends a connection on which nothing moves for 0.5 s."""

    def __init__(self, port, other):
        self.other = other
        super().__init__(port)

    def serve(self, client):
        with socket.create_connection(("127.0.0.1", self.other)) as server:
            ways = {client: server, server: client}
            with selectors.DefaultSelector() as ready:
                for end in ways:
                    ready.register(end, selectors.EVENT_READ)
                while found := ready.select(0.5):
                    for key, _ in found:
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        ways[key.fileobj].sendall(data)


class Interceptor(Listener):
    """A proxy that answers CONNECT and then plays the server itself, by a certificate of its own."""

    def __init__(self, port, certificate, key):
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(certificate, key)
        self.connects, self.requests = 0, []
        super().__init__(port)

    def serve(self, client):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            chunk = client.recv(1)
            if not chunk:
                return
            head += chunk
        self.connects += 1
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with self.context.wrap_socket(client, server_side=True) as inner:
            while data := inner.recv(65536):
                self.requests.append(data)
                inner.sendall(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")
