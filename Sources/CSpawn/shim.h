// What the AWSClient module needs from C to start a process: two functions of glibc that Swift's
// own module does not show, since they are GNU's.

#ifndef PIPELINE_RETRYD_CSPAWN_SHIM_H
#define PIPELINE_RETRYD_CSPAWN_SHIM_H

#include <errno.h>
#include <fcntl.h>

// Both are declared here, since the headers hide them from who does not ask for GNU's part; to ask
// for it would give structures another form than Swift's module of them has. <spawn.h> is left out:
// an optimised build would take its sigset_t for this module's own and hide it from the rest.
#if defined(__GLIBC_PREREQ)
#if __GLIBC_PREREQ(2, 34)
extern int posix_spawn_file_actions_addclosefrom_np(void *, int);
#define RETRYD_HAS_CLOSEFROM 1
#endif
#endif

extern int pipe2(int[2], int);

/// Lets a child close every descriptor from this one on; 0 or a negated errno.
///
/// A glibc before 2.34 cannot: then only those marked to be closed are.
///
/// The actions are a posix_spawn_file_actions_t.
static inline int retryd_close_from(void *actions, int first) {
#ifdef RETRYD_HAS_CLOSEFROM
    return -posix_spawn_file_actions_addclosefrom_np(actions, first);
#else
    (void)actions;
    (void)first;
    return 0;
#endif
}

/// Makes a pipe that no child inherits; 0 or a negated errno.
static inline int retryd_pipe(int ends[2]) {
    return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
}

#endif
