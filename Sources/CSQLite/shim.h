// What the AttemptLedger module needs from SQLite: its C interface, and the two calls that Swift
// cannot make, since one takes a cast of -1 for a function and one a list of any length.

#ifndef PIPELINE_RETRYD_CSQLITE_SHIM_H
#define PIPELINE_RETRYD_CSQLITE_SHIM_H

#include <sqlite3.h>

#include <stddef.h>

/// Binds a copy of a text of UTF-8; an empty one may have no address, which would be bound as NULL.
static inline int retryd_sqlite_bind_text(
    sqlite3_stmt *statement, int index, const char *text, size_t length
) {
    return sqlite3_bind_text64(
        statement, index, text == NULL ? "" : text, length, SQLITE_TRANSIENT, SQLITE_UTF8
    );
}

/// Makes "a name" in double quotes a name always, never a text when there is no such column.
static inline int retryd_sqlite_refuse_quoted_texts(sqlite3 *database) {
    int code = sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    return code != SQLITE_OK
        ? code : sqlite3_db_config(database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
}

#endif
