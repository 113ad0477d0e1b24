// What the Settings module needs from PCRE2: to compile a pattern, and to look for it in a text
// within fixed bounds. The 8-bit library, UTF-8 only, no JIT (it ignores the depth bound).

#ifndef PIPELINE_RETRYD_CPCRE2_SHIM_H
#define PIPELINE_RETRYD_CPCRE2_SHIM_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <stddef.h>
#include <stdint.h>

/// Compiles a pattern of valid UTF-8; NULL with an error code and a byte offset when it is bad.
///
/// \C could split a character and is refused. Patterns nest 100 groups deep at most.
static inline pcre2_code *retryd_pattern_compile(
    const uint8_t *text, size_t length, int *code, size_t *offset
) {
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    if (context == NULL) {
        *code = PCRE2_ERROR_NOMEMORY;
        *offset = 0;
        return NULL;
    }
    pcre2_set_parens_nest_limit(context, 100);
    pcre2_code *pattern = pcre2_compile(
        text, length, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, code, offset, context
    );
    pcre2_compile_context_free(context);
    return pattern;
}

/// Writes PCRE2's text of an error code, such as "missing closing parenthesis".
static inline int retryd_pattern_error(int code, uint8_t *text, size_t size) {
    return pcre2_get_error_message(code, text, size);
}

static inline void retryd_pattern_free(pcre2_code *pattern) {
    pcre2_code_free(pattern);
}

/// Looks for a pattern: 1 found, 0 not found, otherwise the negative error code of PCRE2.
static inline int retryd_pattern_find(
    const pcre2_code *pattern, const uint8_t *text, size_t length,
    uint32_t match_limit, uint32_t depth_limit, uint32_t heap_limit_kib
) {
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    // One pair of offsets: where the groups matched is not asked.
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    int result = PCRE2_ERROR_NOMEMORY;
    if (context != NULL && data != NULL) {
        pcre2_set_match_limit(context, match_limit);
        pcre2_set_depth_limit(context, depth_limit);
        pcre2_set_heap_limit(context, heap_limit_kib);
        result = pcre2_match(pattern, text, length, 0, 0, data, context);
    }
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    return result >= 0 ? 1 : result == PCRE2_ERROR_NOMATCH ? 0 : result;
}

#endif
