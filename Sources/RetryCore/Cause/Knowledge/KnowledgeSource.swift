/// Where a row comes from: a document, an API, or the retry list of a maintained tool.
enum KnowledgeSource: String, Hashable, Sendable {
    // AWS's documents and APIs.
    case cloudFormationHandlers =
        "https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html"
    case cloudFormationStates =
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/troubleshooting.html"
    case codeBuild = "https://docs.aws.amazon.com/codebuild/latest/userguide/troubleshooting.html"
    case codeBuildPhases =
        "https://docs.aws.amazon.com/codebuild/latest/APIReference/API_BuildPhase.html"
    case codeDeployCodes =
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/error-codes.html"
    case codeDeployAgent = "https://github.com/aws/aws-codedeploy-agent (issues 276, 307, 380, 383)"
    case codeDeployDeployments =
        "https://docs.aws.amazon.com/codedeploy/latest/userguide/troubleshooting-deployments.html"
    case codePipeline =
        "https://docs.aws.amazon.com/codepipeline/latest/userguide/troubleshooting.html"
    case codePipelineStructure =
        "https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ErrorDetails.html"
    case ecsStopCodes = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html"
    case ecsStoppedTasks =
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html"
    case ecsEvents =
        "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html"
    case beanstalk =
        "https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/troubleshooting.html"
    case stepFunctions =
        "https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html"
    case lambdaErrors = "https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html"
    case ec2Errors = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html"
    case s3Errors = "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"
    case dynamoDBErrors =
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html"
    case commonErrors =
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html"
    case systemsManager =
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html"

    // Tools that call AWS.
    case sdkRetries = "boto/botocore, botocore/retries/standard.py and data/_retry.json"
    case sdkExceptions = "boto/botocore, botocore/exceptions.py"
    case sdkWaiters = "boto/botocore, botocore/waiter.py; smithy, waiters"
    case terraformProvider =
        "hashicorp/terraform-provider-aws, retried errors of internal/service; issues 776, 7628"
    case terraform = "hashicorp/terraform, internal/getproviders/errors.go and states/statemgr"
    case terragrunt = "gruntwork-io/terragrunt, options/auto_retry_options.go"
    case cdkDirect = "go-to-k/cdkd, src/deployment/retryable-errors.ts"
    case cdk = "aws/aws-cdk, issues 19930, 24298, 24870; aws/aws-cdk-cli, cdk-assets"

    // Tools of builds.
    case git = "chromium depot_tools, git_common.py; npm/pacote, lib/util/git.js"
    case docker = "moby/moby, distribution/errors.go; moby/moby issue 28596"
    case dockerHub = "https://docs.docker.com/docker-hub/usage/pulls/"
    case registryAPI =
        "https://distribution.github.io/distribution/spec/api/#on-failure-too-many-requests"
    case npm = "npm/make-fetch-happen, lib/remote.js; npm/cli, lib/utils/error-message.js"
    case gradle = "gradle/gradle, NetworkingIssueVerifier and HttpErrorStatusCodeException"
    case maven = "apache/maven-resolver, transport-http; maven-wagon retry handler"
    case pip = "pypa/pip, network/session.py; urllib3 Retry"
    case apt = "apt-pkg/acquire-item.cc; Debian bug 972010"
    case nuget = "NuGet/NuGet.Client, HttpRetryHandler; NU1301"
    case golang = "golang/go, cmd/go/internal/modfetch; proxy.golang.org"
    case sockets = "POSIX errno; Go net, OpenSSL, libcurl, Node.js and Java texts of them"
    case certificates = "Go crypto/x509, OpenSSL verify(1), Node.js tls"
    case helm = "helm/helm, pkg/kube/wait.go; kubernetes apimachinery, util/wait"
    case migrations = "Prisma P3009, Flyway, Liquibase, golang-migrate: failed migrations stay"
    case publishing = "npm, PyPI, Maven Central, ECR immutable tags: a version is published once"
    case compilers = "javac, tsc, rustc, gcc, Go, .NET, Python, ESLint: their own error forms"
    case testRunners = "JUnit, Jest, Mocha, pytest, go test, Cypress: their summaries"
    case kernel = "Linux OOM killer; JVM, V8: their texts"
    case shells = "POSIX shell command language, exit status 126 and 127; bash, dash"
}
