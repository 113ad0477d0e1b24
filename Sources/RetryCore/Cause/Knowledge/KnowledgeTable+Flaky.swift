// Errors that sometimes pass: a retry may help, and may as well cost a build for nothing. They come
// before the transient rows, whose words some of them have.

extension KnowledgeTable {
    static let flaky: [KnowledgeRow] = [
        .flaky(
            "tests/failed",
            .seconds,
            .testRunners,
            CauseCondition(says: [
                "There are test failures", "There were failing tests", "Tests run: *, Failures:",
                "Tests: * failed", "Test Suites: * failed", "# failing", "## failing",
                "### failing",
                "--- FAIL:", "^FAIL ", "^FAILED test", "test result: FAILED", "tests failed",
                "AssertionError", "AssertionFailedError", "ComparisonFailure", "assert failed",
                "= FAILURES =", "# failed, ", "## failed, ", "# failed in ", "Failures: #",
                "specs failed", "of * failed (###%)",
                "examples, # failure", "examples, ## failure", "FAILURES!", "expect(received)",
                "Expected * to equal", "Timed out retrying after ####ms",
                "Async callback was not invoked",
                "Exceeded timeout of #### ms for a test", "Error: Timeout of ####ms exceeded",
                "Failed! - Failed:", "Test Run Failed",
            ])
        ),
        .flaky(
            "memory/killed",
            .seconds,
            .kernel,
            CauseCondition(says: [
                "Java heap space", "JavaScript heap out of memory", "OutOfMemoryError",
                "out of memory",
                "GC overhead limit exceeded", "Metaspace", "Cannot allocate memory", "ENOMEM",
                "signal: killed", "exit code: 137", "exit code 137", "exit status 137",
                "OOMKilled", "OutOfMemory", "Killed process", "^Killed$",
                "Gradle build daemon disappeared",
                "daemon disappeared unexpectedly", "The forked VM terminated without",
                "worker process has failed to exit", "SIGKILL", "was killed",
            ])
        ),
        .flaky(
            "health/not-stable",
            .minutes,
            .ecsEvents,
            CauseCondition(says: [
                "failed ELB health checks", "failed container health checks", "is unhealthy in",
                "health checks failed",
                "is not in the state servicesStable",
                "Waiter ServicesStable failed", "ServicesStable",
                "deployment circuit breaker", "tasks failed to start", "failed to stabilize",
                "did not stabilize", "ECS Deployment Circuit Breaker", "did not become healthy",
                "exceeded its progress deadline", "ProgressDeadlineExceeded",
                "timed out waiting for the condition", "not ready within",
                "Has Zero Healthy Instances",
                "but with command timeouts", "Try increasing the timeout period",
                "with severity: Severe",
                "None of the instances are sending data", "health has transitioned from Ok",
                "Following services are not running", "unhealthy",
                "Engine execution has encountered",
                "health check * timed out", "health check * 5##", "smoke test * 5##",
                "GET /health* 5##", "Failed to receive # resource signal",
                "resource signal(s) within the specified duration",
                "WaitCondition timed out", "WaitCondition received failed", "is not in the state",
                "Stability timed out", "Resource timed out waiting for",
            ])
        ),
        .flaky(
            "waiter-timeout/timed-out",
            .minutes,
            .sdkWaiters,
            CauseCondition(says: [
                "Waiter has timed out", "{\"state\":\"TIMEOUT\"", "failed: Max attempts exceeded",
                "Max attempts exceeded", "exceeded max wait time", "exceeded wait time",
                "HandlerErrorCode: NotStabilized", "Exceeded attempts to wait",
                "Resource timed out waiting for completion", "timeout while waiting for state",
                "Wait timed out",
            ])
        ),
        .permanent(
            "waiter-timeout/ended-badly",
            .sdkWaiters,
            CauseCondition(says: [
                "Waiter encountered a terminal failure state", "{\"state\":\"FAILURE\"",
            ])
        ),
        .flaky(
            "time-out/build",
            .minutes,
            .codeBuildPhases,
            CauseCondition(says: [
                "BUILD_TIMED_OUT", "Build has timed out", "Task timed out after", "States.Timeout",
                "States.HeartbeatTimeout", "Execution Timed Out", "Delivery Timed Out",
                "DeliveryTimedOut", "failed to complete in * seconds", "exceeded the allotted time",
            ])
        ),
        .flaky(
            "state-lock/held",
            .minutes,
            .terraform,
            CauseCondition(says: [
                "Error acquiring the state lock", "Error locking state", "state lock",
                "ConditionalCheckFailedException", "the stack is currently locked",
                "Error locking destination state",
            ])
        ),
        .flaky(
            "asset-upload/publishing",
            .seconds,
            .cdk,
            CauseCondition(says: [
                "Failed to publish asset", "Failed to publish one or more assets",
                "Publishing assets failed", "Failed to build asset", "] fail: ", "%] fail: ",
            ])
        ),
        .flaky(
            "credentials/expired",
            .seconds,
            .commonErrors,
            CauseCondition(says: [
                "ExpiredToken", "ExpiredTokenException", "RequestExpired", "token has expired",
                "security token included in the request is expired", "credentials have expired",
                "token is expired", "RequestTimeTooSkewed",
            ])
        ),
        .flaky(
            "host-lost/agent",
            .minutes,
            .codeDeployAgent,
            CauseCondition(
                providers: agents,
                says: [
                    "execution expired",
                    "No such file or directory @ rb_sysopen*deployment-archive",
                    "after an agent restart", "not able to receive the lifecycle event",
                    "CodeDeploy agent", "codedeploy-agent", "Failing in-progress lifecycle event",
                    "Missing credentials", "Undeliverable", "not opened for reading",
                    "encountered error \"AGENT\"", "agent is disconnected",
                    "agent was disconnected",
                    "Instance became unhealthy", "InstanceTerminated", "instance * was terminated",
                    "instance has been terminated", "instance was terminated", "lost connection to",
                ]
            )
        ),
        .flaky(
            "never-started/no-answer",
            .minutes,
            .codeBuild,
            CauseCondition(
                providers: ["CodeBuild"],
                ran: false,
                says: ["send request failed"],
                also: ["i/o timeout", "connection refused"]
            )
        ),
        .flaky(
            "network/private-name",
            .minutes,
            .sockets,
            CauseCondition(says: [
                "resolve host: *.internal", "resolve host: *.local", "resolve host: *.corp",
                "resolve host: *.lan", "resolve host: localhost",
            ])
        ),
        .flaky(
            "image-pull/no-answer",
            .minutes,
            .ecsStoppedTasks,
            CauseCondition(
                says: ["CannotPullContainerError", "CannotPullImageManifestError"],
                also: [
                    "i/o timeout", "request canceled", "context deadline exceeded",
                    "Client.Timeout",
                    "connection refused", "has been retried",
                ],
                unless: [
                    "unexpected status code 5##", "connection reset by peer", "EOF", "not found$",
                ]
            )
        ),
        .flaky(
            "image-push/broken",
            .seconds,
            .docker,
            CauseCondition(says: [
                "blob upload unknown", "blob upload invalid", "blob unknown to registry",
                "unknown blob",
                "blobs/uploads/*: EOF", "push * EOF", "^EOF$", "failed commit on ref",
                "digest invalid", "failed to copy: unexpected EOF",
            ])
        ),
        .flaky(
            "docker-daemon/gone",
            .seconds,
            .docker,
            CauseCondition(says: [
                "Error response from daemon: dial unix", "Cannot connect to the Docker daemon*exit",
                "docker daemon is not running yet", "error during connect",
                "failed to start daemon", "frontend grpc server closed unexpectedly",
                "Cannot start Docker",
            ])
        ),
        .flaky(
            "disk/in-use",
            .seconds,
            .shells,
            CauseCondition(says: [
                "is apparently in use by the system", "Device or resource busy", "Text file busy",
                "resource temporarily unavailable", "EBUSY",
                "ETXTBSY", "address already in use", "EADDRINUSE", "index.lock': File exists",
            ])
        ),
    ]

    /// Providers whose work an agent on a host does.
    private static let agents: Set<String> = [
        "CodeDeploy", "EC2", "ElasticBeanstalk", "ECS", "EKS",
    ]
}
