// What builds fetch: images, packages, sources. Each row has the words of its tools.

extension KnowledgeTable {
    /// A registry of container images failed.
    static let registries: [KnowledgeRow] = [
        .transient(
            "image-pull/registry-fault",
            .minutes,
            .docker,
            CauseCondition(says: [
                "received unexpected HTTP status: 5##", "unexpected status code 5##",
                "unexpected status: 5##", "unexpected status code * 5##",
                "failed to fetch oauth token",
                "failed to fetch anonymous token", "failed to authorize: failed to fetch",
                "error pulling image configuration: download failed", "layer verification failed",
                "filesystem layer verification failed", "failed to register layer: context",
                "failed to copy: httpReadSeeker: failed open", "httpReadSeeker",
                "short read: expected",
                "failed to resolve reference*EOF", "failed to do request*EOF", "/v2/*\": EOF",
                "/v2/*: EOF",
                "/v2/*context deadline exceeded", "read/write on closed pipe",
                "failed to resolve source metadata*5##",
                "registry*unexpected end of JSON input", "/v2/*unexpected end of JSON input",
                "manifest*unexpected end of JSON input", "token*unexpected end of JSON input",
                "error from registry: unknown", "error parsing HTTP 5##",
                "error parsing HTTP 429", "invalid character '<' looking for",
                "could not fetch content descriptor",
            ])
        )
    ]

    /// A package registry, or the way to it, failed.
    static let packages: [KnowledgeRow] = [
        .transient(
            "package-registry/npm",
            .seconds,
            .npm,
            CauseCondition(says: [
                "code ECONNRESET", "network aborted", "ERR_SOCKET_TIMEOUT", "ESOCKETTIMEDOUT",
                "EAI_AGAIN", "code ETIMEDOUT", "network timeout at", "Socket timeout",
                "socket hang up",
                "network Socket timeout", "Invalid response body while trying to fetch",
                "code E500", "code E502", "code E503", "code E504", "code E429",
                "ERR_STREAM_PREMATURE_CLOSE",
                "Premature close", "cb() never called", "Exit handler never called",
                "ERR_PNPM_META_FETCH_FAIL", "ERR_PNPM_FETCH_5##", "ERR_PNPM_TARBALL",
                "Request failed \"5##",
                "Unexpected end of JSON input while parsing near",
                "trouble with your network connection",
                "Client network socket disconnected", "network request to * failed", "code EPIPE",
                "code ERR_INVALID_RESPONSE", "Response Code: 5##", "YN0001*RequestError",
                "UND_ERR_",
                "ETARGET*retry", "zlib: unexpected end of file", "the file appears to be corrupt",
                "Z_BUF_ERROR", "TAR_BAD_ARCHIVE",
                "npm registry returned 5##", "code ENETUNREACH",
            ])
        ),
        .transient(
            "package-registry/maven-gradle",
            .seconds,
            .gradle,
            CauseCondition(says: [
                "Could not transfer artifact * Connection reset",
                "Could not transfer artifact * timed out",
                "Could not transfer artifact * Remote host terminated",
                "Could not transfer artifact * 5##", "Could not transfer artifact * Premature end",
                "Received status code 5##", "Received status code 429",
                "Remote host terminated the handshake",
                "Remote host closed connection during handshake", "Premature end of Content-Length",
                "Return code is: 5##",
                "Received fatal alert: internal_error", "Unexpected end of ZLIB input stream",
                "Connect to * failed: Connection timed out",
                "Connect to * failed: connect timed out",
                "NoHttpResponseException", "failed to respond", "SocketTimeoutException:",
                "SocketException:", "ConnectionClosedException",
                "SSLHandshakeException: Remote host",
                "ConnectTimeoutException", "Could not GET * 5##", "Could not HEAD * 5##",
                "Could not get resource*timed out", "Gradle distribution*timed out",
                "Downloading from * failed*timeout", "java.io.EOFException: SSL peer",
                "SSL peer shut down incorrectly", "Connection reset",
                "Connection has been shutdown",
                "Server returned HTTP response code: 5##", "transfer failed for https*5##",
                "status: 429 Too Many", "status: 50#", "ReasonPhrase: Bad Gateway",
                "Unexpected end of file from server", "Tag mismatch",
                "Connection closed prematurely",
            ])
        ),
        .transient(
            "package-registry/pip",
            .seconds,
            .pip,
            CauseCondition(says: [
                "ReadTimeoutError", "(connect timeout=", "ConnectTimeoutError", "Read timed out",
                "ConnectionResetError",
                "IncompleteRead", "ProtocolError", "RemoteDisconnected", "Connection aborted",
                "Max retries exceeded", "ChunkedEncodingError", "connection broken",
                "Temporary failure in name resolution", "NewConnectionError", "IncompleteReadError",
                "HTTPError: 5##", "HTTP error 5##", "HTTP error 429", "ReadTimeout",
                "ConnectTimeout",
                "Could not fetch URL https*connection error", "The read operation timed out",
                "Remote end closed connection without response", "incomplete-download",
                "server error: HTTP 5##", "operation timed out. Failed to download",
                "Failed to fetch: `https", "error sending request for url",
                "All attempts to connect to",
                "There was a problem confirming the ssl certificate*timed out",
            ])
        ),
        .transient(
            "package-registry/apt",
            .tensOfMinutes,
            .apt,
            CauseCondition(
                says: [
                    "Hash Sum mismatch", "Mirror sync in progress?", "File has unexpected size",
                    "Failed to fetch http", "Failed to fetch https", "Could not connect to archive",
                    "Unable to connect to archive", "Connection failed [IP",
                    "Cannot initiate the connection",
                    "Temporary failure resolving", "Undetermined Error",
                    "Clearsigned file isn't valid",
                    "is not valid yet",

                    "Bad header line", "Error reading from server", "Cannot download repomd.xml",
                    "Failure when receiving data from the peer",
                    "Cannot retrieve repository metadata",
                    "Curl error (28)", "Curl error (56)", "Curl error (7)", "Curl error (6)",
                    "Curl error (35)", "Curl error (18)", "Error downloading packages",
                    "All mirrors were tried",
                    "No more mirrors to try", "Cannot find a valid baseurl", "Trying other mirror",
                    "temporary error (try again later)", "APKINDEX*temporary error",
                    "Could not get lock",
                    "Could not open lock", "Unable to acquire the dpkg frontend lock",
                    "is another process using it", "rpmdb: * locked",
                    "Another app is currently holding the yum lock",
                    "waiting for the yum lock", "BADSIG*archive", "network error or",
                    "Could not handshake",
                ],
                unless: ["404 Not Found"]
            )
        ),
        .transient(
            "package-registry/others",
            .minutes,
            .nuget,
            CauseCondition(says: [
                "error NU1301", "NU1301", "Unable to load the service index for source",
                "Failed to retrieve information about", "Failed to download package",
                "The HTTP request to 'GET * has timed out",
                "Response status code does not indicate success: 5##",
                "sum.golang.org", "proxy.golang.org", "stream error: stream ID",
                "INTERNAL_ERROR; received from peer",
                "server response: 5##", "Gem::RemoteFetcher::FetchError", "Bundler::HTTPError",
                "Net::OpenTimeout", "Net::ReadTimeout", "Net::HTTPFatalError",
                "Could not fetch specs from",
                "Retrying fetcher due to error", "Could not reach host", "failed to download from",
                "spurious network error", "failed to get * as a dependency",
                "curl error 28 while downloading",
                "curl error 6 while downloading", "curl error 56", "curl error 7 while downloading",
                "could not be downloaded*failed to open stream",
                "The \"https*file could not be downloaded",
                "HTTP request failed!", "Connection timeout after", "CondaHTTPError",
                "HTTP 000 CONNECTION",
                "CDN: trunk URL couldn't be downloaded", "binaries are not available",
                "ConnectFailed",
                "Failed to download Chromium", "Failed to download Chrome", "nodejs.org/dist*5##",
                "Unable to get local issuer*retry", "Failed to download metadata",
            ])
        ),
        .transient(
            "package-registry/terraform",
            .seconds,
            .terraform,
            CauseCondition(says: [
                "transport is closing", "unable to verify signature", "unable to verify checksum",
                "timeout while waiting for plugin to start", "waiting for server handshake",
                "could not query provider registry for", "diffs didn't match during apply",
                "Plugin did not respond",
                "could not connect to registry.terraform.io", "registry.terraform.io*timeout",
                "registry.terraform.io*Client.Timeout", "registry.terraform.io*connection reset",
                "registry.terraform.io*EOF", "Failed to install provider*timeout",
                "Error installing provider*timeout",
                "releases.hashicorp.com*timeout", "releases.hashicorp.com*5##",
                "registry service is unreachable",
                "Failed to query available provider packages*timeout",
                "failed to request discovery document",
                "error looking up module versions*5##", "app.terraform.io*429",
                "provider registry * 5##",
                "Could not download module*5##", "Could not download module*429",
            ])
        ),
    ]

    /// A git server, or the way to it, failed.
    static let sources: [KnowledgeRow] = [
        .transient(
            "git-remote/broken",
            .minutes,
            .git,
            CauseCondition(says: [
                "[remote rejected] * (error in hook)", "[remote rejected] * (failed to lock)",
                "remote error: Internal Server Error", "remote: Internal Server Error",
                "expected ACK/NAK", "bad pack header", "The remote end hung up unexpectedly",
                "remote end hung up", "hung up upon initial contact",
                "TLS packet with unexpected length", "RPC failed",
                "returned error: 5##", "early EOF",
                "unexpected disconnect while reading sideband packet",
                "Could not resolve host", "Couldn't resolve host", "Could not resolve hostname",
                "Failed to connect to * port", "SSL_ERROR_SYSCALL", "OpenSSL SSL_read", "SSL_read:",
                "GnuTLS recv error", "gnutls_handshake() failed", "kex_exchange_identification",
                "ssh_exchange_identification", "Connection closed by remote host",
                "Empty reply from server", "was not closed cleanly",
                "Error in the HTTP2 framing layer",
                "ssh: connect to host * timed out", "fetch-pack: invalid index-pack output",
                "index-pack failed", "bytes of body are still expected",
                "Failed to download archive",
                "batch response: * 5##", "LFS: * 5##", "smudge filter lfs failed",
                "Unable to access*timed out",
                "remote: Compressing*abort", "GitHub is * unavailable", "Unicorn!",
                "server certificate verification failed*retry",
                "could not fetch the source*try again", "unable to access * returned error: 5##",
            ])
        )
    ]
}
