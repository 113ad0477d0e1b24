import Settings
import Testing

/// Errors of the settings by which causes are read, with the exact line that a person reads.
@Suite struct CauseFaultTests {
    private static let rest = "\npipelines: [{ name: a }]"

    @Test(arguments: [
        (
            "cause_role_arn: deploy",
            "c.yaml:1:24: aws.cause_role_arn: is \"deploy\"; "
                + "expected arn:aws:iam::ACCOUNT:role/NAME with an ACCOUNT of 12 digits"
        ),
        (
            "endpoint_urls: { codepipeline: 'https://example.com' }",
            "c.yaml:1:25: aws.endpoint_urls.codepipeline: unknown key; "
                + "expected endpoint_url beside endpoint_urls"
        ),
        (
            "endpoint_urls: { sts: 'https://example.com' }",
            "c.yaml:1:25: aws.endpoint_urls.sts: unknown key; "
                + "expected sts_endpoint_url beside endpoint_urls"
        ),
        (
            "endpoint_urls: { logs: 'https://example.com' }",
            "c.yaml:1:25: aws.endpoint_urls.logs: unknown key; expected codebuild, "
                + "cloudwatch_logs, cloudformation, codedeploy, ecs, sfn, elastic_beanstalk or "
                + "service_catalog"
        ),
        (
            "endpoint_urls: { codebuild: 'http://example.com' }",
            "c.yaml:1:36: aws.endpoint_urls.codebuild: is plain http to another host; "
                + "expected https, a loopback address, or allow_insecure_endpoint: true"
        ),
    ])
    func `roles and URLs`(text: String, line: String) {
        #expect(errors("aws: { \(text) }" + CauseFaultTests.rest) == [line])
    }

    @Test(arguments: [
        ("timeout: 11s", "c.yaml:1:24: root_cause.timeout: is 11s; expected 10s at most"),
        (
            "log_lines: 1001",
            "c.yaml:1:26: root_cause.log_lines: is 1001; expected a whole number from 0 to 1000"
        ),
        ("enabled: maybe", "c.yaml:1:24: root_cause.enabled: is maybe; expected true or false"),
    ])
    func `how causes are read`(text: String, line: String) {
        #expect(errors("root_cause: { \(text) }" + CauseFaultTests.rest) == [line])
    }
}
