// Functions of which glibc 2.35 and GCC 12 brought a newer version, in their oldest one. Swift's
// runtime and Foundation refer to the newest that the libraries of the build have; with these in the
// program they refer to these, and these to a version that every later library keeps.
// scripts/portable says which versions those are.

double older_hypot(double x, double y);
float older_hypotf(float x, float y);
__asm__(".symver older_hypot, hypot@" OLDEST_HYPOT);
__asm__(".symver older_hypotf, hypotf@" OLDEST_HYPOT);

double hypot(double x, double y) {
    return older_hypot(x, y);
}

float hypotf(float x, float y) {
    return older_hypotf(x, y);
}

// std::condition_variable::wait(std::unique_lock<std::mutex> &)
void older_wait(void *variable, void *lock);
__asm__(".symver older_wait, _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@" OLDEST_WAIT);

void _ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE(void *variable, void *lock) {
    older_wait(variable, lock);
}
