// Stands in for the programs that people give as credential_process; prints the proof's keys.
// scripts/prove-systemd builds it thrice: as one static program (aws_signing_helper), as one that
// opens a library of its own tree (the AWS CLI v2), and as that library.
#include <dlfcn.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(AS_LIBRARY)

const char *stand_in_key(void) { return "AKIDPROOF"; }

#elif defined(AS_TREE)

int main(int count, char **arguments) {
    if (count < 3 || strcmp(arguments[1], "configure") || strcmp(arguments[2], "export-credentials"))
        return fprintf(stderr, "aws: unknown command\n"), 2;
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 20);
    if (length < 0)
        return perror("aws: /proc/self/exe"), 1;
    path[length] = 0;
    strcat(dirname(path), "/libstandin.so");
    void *library = dlopen(path, RTLD_NOW);
    if (library == NULL)
        return fprintf(stderr, "[PYI-1:ERROR] Failed to load shared library: %s\n", dlerror()), 255;
    const char *(*key)(void) = (const char *(*)(void))dlsym(library, "stand_in_key");
    printf("{\"Version\": 1, \"AccessKeyId\": \"%s\", \"SecretAccessKey\": \"proof-secret\"}\n", key());
    return 0;
}

#else

static const char *named[] = {
    "--certificate", "--private-key", "--trust-anchor-arn", "--profile-arn", "--role-arn",
};

int main(int count, char **arguments) {
    if (count < 2 || strcmp(arguments[1], "credential-process"))
        return fprintf(stderr, "aws_signing_helper: unknown command\n"), 2;
    for (size_t index = 0; index < sizeof named / sizeof *named; index++) {
        int at = 2;
        while (at + 1 < count && strcmp(arguments[at], named[index]))
            at += 2;
        if (at + 1 >= count)
            return fprintf(stderr, "aws_signing_helper: no %s\n", named[index]), 1;
        if (index < 2 && open(arguments[at + 1], O_RDONLY) < 0)
            return perror(arguments[at + 1]), 1;
    }
    printf("{\"Version\": 1, \"AccessKeyId\": \"AKIDPROOF\", \"SecretAccessKey\": \"proof-secret\"}\n");
    return 0;
}

#endif
