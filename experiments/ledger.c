/* ledger.c -- the tables, and rows in and out of them. */
#include "experiments/ledger.h"

#include <assert.h>
#include <math.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"

#define FORMAT "1"

const char *const s2s_trial_state_names[] = {
    [S2S_TRIAL_WAITING] = "waiting", [S2S_TRIAL_RUNNING] = "running", [S2S_TRIAL_PAUSED] = "paused", [S2S_TRIAL_FINISHED] = "finished",
    [S2S_TRIAL_STOPPED] = "stopped", [S2S_TRIAL_DIVERGED] = "diverged", [S2S_TRIAL_FAILED] = "failed", NULL
};

static const char tables[] =
    "CREATE TABLE sweep (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE trials (trial INTEGER PRIMARY KEY, point INTEGER NOT NULL, seed INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,"
    " model_parameters INTEGER, epochs INTEGER NOT NULL, best REAL, best_epoch INTEGER, seconds REAL NOT NULL, directory TEXT);"
    "CREATE TABLE parameters (trial INTEGER NOT NULL REFERENCES trials, name TEXT NOT NULL, value TEXT NOT NULL, number REAL,"
    " PRIMARY KEY (trial, name)) WITHOUT ROWID;"
    "CREATE TABLE epochs (trial INTEGER NOT NULL REFERENCES trials, epoch INTEGER NOT NULL, figure TEXT NOT NULL, value REAL,"
    " PRIMARY KEY (trial, epoch, figure)) WITHOUT ROWID;"
    "INSERT INTO sweep VALUES ('format', '" FORMAT "');";

struct s2s_ledger {
    sqlite3 *database;
    bool writes;
    char path[S2S_ERROR_FILE];
};

static s2s_status no_memory(s2s_error *err) { return s2s_fail(err, S2S_MEMORY, "out of memory"); }

static s2s_status database_error(const s2s_ledger *ledger, s2s_error *err)
{
    return s2s_fail(err, S2S_IO, "'%s': %s", ledger->path, ledger->database ? sqlite3_errmsg(ledger->database) : "out of memory");
}

/* --- statements ---------------------------------------------------------------------------------------------------------- */

/* Types of the values that follow, one letter each: i int64_t, d double (NaN: null), t text (NULL: null). */
static s2s_status prepare(const s2s_ledger *ledger, sqlite3_stmt **ret, s2s_error *err, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(ledger->database, sql, -1, &statement, NULL) != SQLITE_OK)
        return database_error(ledger, err);
    for (int i = 0; types[i] != '\0'; i++) {
        int result;

        if (types[i] == 'i')
            result = sqlite3_bind_int64(statement, i + 1, va_arg(args, int64_t));
        else if (types[i] == 'd')
            result = sqlite3_bind_double(statement, i + 1, va_arg(args, double));      /* SQLite keeps NaN as NULL */
        else
            result = sqlite3_bind_text(statement, i + 1, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        if (result != SQLITE_OK) {
            sqlite3_finalize(statement);
            return database_error(ledger, err);
        }
    }
    *ret = statement;
    return S2S_OK;
}

/* A statement that gives no rows. */
static s2s_status execute(const s2s_ledger *ledger, s2s_error *err, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement;
    s2s_status    status;
    va_list       args;
    int           result;

    va_start(args, types);
    status = prepare(ledger, &statement, err, sql, types, args);
    va_end(args);
    S2S_TRY(status);
    do
        result = sqlite3_step(statement);
    while (result == SQLITE_ROW);
    return sqlite3_finalize(statement) == SQLITE_OK && result == SQLITE_DONE ? S2S_OK : database_error(ledger, err);
}

static s2s_status query(const s2s_ledger *ledger, sqlite3_stmt **ret, s2s_error *err, const char *sql, const char *types, ...)
{
    s2s_status status;
    va_list    args;

    va_start(args, types);
    status = prepare(ledger, ret, err, sql, types, args);
    va_end(args);
    return status;
}

/* End a query: what the last step said, unless something else went wrong first. */
static s2s_status finish(const s2s_ledger *ledger, sqlite3_stmt *statement, int result, bool memory, s2s_error *err)
{
    const s2s_status status = result != SQLITE_DONE ? database_error(ledger, err) : S2S_OK;

    sqlite3_finalize(statement);
    return memory ? status : no_memory(err);
}

static const char *text_of(sqlite3_stmt *statement, int column, s2s_arena *arena)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? s2s_arena_strdup(arena, (const char *)text) : NULL;
}

static double number_of(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_type(statement, column) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, column);
}

/* --- opening ------------------------------------------------------------------------------------------------------------- */

static s2s_status connect(const char *path, int flags, s2s_ledger **ret, s2s_error *err)
{
    enum { PATIENCE = 10000 };                 /* milliseconds that a lock of another process is waited for */
    s2s_ledger *ledger = s2s_memory_zeroed(sizeof *ledger);
    s2s_status  status = S2S_OK;

    if (ledger == NULL)
        return no_memory(err);
    snprintf(ledger->path, sizeof ledger->path, "%s", path);
    if (sqlite3_open_v2(path, &ledger->database, flags | SQLITE_OPEN_FULLMUTEX, NULL) != SQLITE_OK)
        status = database_error(ledger, err);
    else
        sqlite3_busy_timeout(ledger->database, PATIENCE);
    if (status != S2S_OK)
        s2s_ledger_close(ledger);
    else
        *ret = ledger;
    return status;
}

/* A log that is written ahead: changes need no sync of the whole file, and readers are never in the way. */
static s2s_status write_ahead(s2s_ledger *ledger, s2s_error *err)
{
    ledger->writes = true;
    S2S_TRY(execute(ledger, err, "PRAGMA journal_mode = WAL", ""));
    return execute(ledger, err, "PRAGMA synchronous = NORMAL", "");
}

s2s_status s2s_ledger_create(const char *path, s2s_ledger **ret, s2s_error *err)
{
    s2s_ledger *ledger;
    s2s_status  status;

    if (s2s_file_exists(path))
        return s2s_fail(err, S2S_IO, "'%s' exists", path);
    S2S_TRY(connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &ledger, err));
    status = write_ahead(ledger, err);
    if (status == S2S_OK && sqlite3_exec(ledger->database, tables, NULL, NULL, NULL) != SQLITE_OK)
        status = database_error(ledger, err);
    if (status != S2S_OK)
        s2s_ledger_close(ledger);
    else
        *ret = ledger;
    return status;
}

static s2s_status check_format(s2s_ledger *ledger, s2s_error *err)
{
    s2s_arena  *arena = s2s_arena_create();
    const char *format = NULL;
    s2s_status  status = arena ? s2s_ledger_get(ledger, "format", arena, &format, err) : no_memory(err);

    if (status == S2S_IO)
        status = s2s_fail(err, S2S_DATA, "'%s' is no ledger of a sweep: %s", ledger->path, sqlite3_errmsg(ledger->database));
    else if (status == S2S_OK && (format == NULL || strcmp(format, FORMAT) != 0))
        status = s2s_fail(err, S2S_DATA, "'%s' has format %s; this program reads " FORMAT, ledger->path, format ? format : "unknown");
    s2s_arena_free(arena);
    return status;
}

s2s_status s2s_ledger_open(const char *path, bool to_write, s2s_ledger **ret, s2s_error *err)
{
    s2s_ledger *ledger;
    s2s_status  status;

    if (!s2s_file_exists(path))
        return s2s_fail(err, S2S_DATA, "there is no '%s'", path);
    S2S_TRY(connect(path, to_write ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY, &ledger, err));
    status = check_format(ledger, err);
    if (status == S2S_OK && to_write)
        status = write_ahead(ledger, err);
    if (status != S2S_OK)
        s2s_ledger_close(ledger);
    else
        *ret = ledger;
    return status;
}

/* Whoever has written puts everything into the one file, unless another process has it open just now. */
void s2s_ledger_close(s2s_ledger *ledger)
{
    if (ledger == NULL)
        return;
    if (ledger->writes)
        execute(ledger, NULL, "PRAGMA journal_mode = DELETE", "");
    sqlite3_close(ledger->database);
    s2s_memory_free(ledger);
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */

/* A change that failed half way is undone here at the latest. */
s2s_status s2s_ledger_begin(s2s_ledger *ledger, s2s_error *err)
{
    if (!sqlite3_get_autocommit(ledger->database))
        S2S_TRY(execute(ledger, err, "ROLLBACK", ""));
    return execute(ledger, err, "BEGIN IMMEDIATE", "");
}

s2s_status s2s_ledger_commit(s2s_ledger *ledger, s2s_error *err) { return execute(ledger, err, "COMMIT", ""); }

s2s_status s2s_ledger_set(s2s_ledger *ledger, const char *key, const char *value, s2s_error *err)
{
    return execute(ledger, err, "INSERT OR REPLACE INTO sweep VALUES (?, ?)", "tt", key, value);
}

s2s_status s2s_ledger_put(s2s_ledger *ledger, const s2s_trial_record *record, s2s_error *err)
{
    return execute(ledger, err, "INSERT OR REPLACE INTO trials VALUES (?, ?, ?, ?, ?, nullif(?, 0), ?, ?, nullif(?, 0), ?, ?)", "iiittiididt",
                   record->trial, record->point, record->seed, s2s_trial_state_names[record->state], record->reason,
                   record->model_parameters, record->epochs, record->best, record->best_epoch, record->seconds, record->directory);
}

s2s_status s2s_ledger_put_value(s2s_ledger *ledger, int64_t trial, const char *name, const s2s_node *value, const char *text, s2s_error *err)
{
    double number = NAN;

    s2s_node_to_real(value, &number);
    return execute(ledger, err, "INSERT OR REPLACE INTO parameters VALUES (?, ?, ?, ?)", "ittd", trial, name, text, number);
}

static s2s_status put_figure(s2s_ledger *ledger, int64_t trial, int64_t epoch, const char *prefix, const char *name, double value, s2s_error *err)
{
    char figure[128];

    snprintf(figure, sizeof figure, "%s%s", prefix, name);
    return execute(ledger, err, "INSERT OR REPLACE INTO epochs VALUES (?, ?, ?, ?)", "iitd", trial, epoch, figure, value);
}

static s2s_status put_figures(s2s_ledger *ledger, int64_t trial, int64_t epoch, const char *prefix, const s2s_figures *figures, s2s_error *err)
{
    for (int i = 0; i < figures->count; i++)
        S2S_TRY(put_figure(ledger, trial, epoch, prefix, figures->name[i], figures->value[i], err));
    return S2S_OK;
}

s2s_status s2s_ledger_put_epoch(s2s_ledger *ledger, int64_t trial, const s2s_epoch_report *report, s2s_error *err)
{
    const double rate = report->seconds > 0 ? (double)report->examples / report->seconds : NAN;

    S2S_TRY(put_figure(ledger, trial, report->epoch, "", "seconds", report->seconds, err));
    S2S_TRY(put_figure(ledger, trial, report->epoch, "", "samples_per_second", rate, err));
    S2S_TRY(put_figure(ledger, trial, report->epoch, "", "learning_rate", report->learning_rate, err));
    if (report->level > 0)
        S2S_TRY(put_figure(ledger, trial, report->epoch, "", "level", (double)report->level, err));
    S2S_TRY(put_figures(ledger, trial, report->epoch, "", &report->train, err));
    return put_figures(ledger, trial, report->epoch, "val_", &report->validation, err);
}

s2s_status s2s_ledger_forget_epochs(s2s_ledger *ledger, int64_t trial, s2s_error *err)
{
    return execute(ledger, err, "DELETE FROM epochs WHERE trial = ?", "i", trial);
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

s2s_status s2s_ledger_get(s2s_ledger *ledger, const char *key, s2s_arena *arena, const char **ret, s2s_error *err)
{
    sqlite3_stmt *statement;
    const char   *value = NULL;
    int           result;

    S2S_TRY(query(ledger, &statement, err, "SELECT value FROM sweep WHERE key = ?", "t", key));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        value = text_of(statement, 0, arena);
    S2S_TRY(finish(ledger, statement, result, !s2s_arena_failed(arena), err));
    *ret = value;
    return S2S_OK;
}

static s2s_trial_state state_named(const char *name)
{
    for (int i = 0; name != NULL && s2s_trial_state_names[i] != NULL; i++)
        if (strcmp(s2s_trial_state_names[i], name) == 0)
            return (s2s_trial_state)i;
    return S2S_TRIAL_WAITING;
}

s2s_status s2s_ledger_trials(s2s_ledger *ledger, s2s_arena *arena, s2s_trial_record **ret, size_t *count, s2s_error *err)
{
    s2s_trial_record *records = NULL, *record;
    size_t            length = 0, capacity = 0;
    sqlite3_stmt     *statement;
    int               result;

    S2S_TRY(query(ledger, &statement, err, "SELECT trial, point, seed, state, reason, model_parameters, epochs, best, best_epoch, seconds, directory"
                                           " FROM trials ORDER BY trial", ""));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && (record = s2s_arena_grow(arena, &records, &length, &capacity, sizeof *record)) != NULL)
        *record = (s2s_trial_record){
            .trial = sqlite3_column_int64(statement, 0), .point = sqlite3_column_int64(statement, 1), .seed = sqlite3_column_int64(statement, 2),
            .state = state_named((const char *)sqlite3_column_text(statement, 3)), .reason = text_of(statement, 4, arena),
            .model_parameters = sqlite3_column_int64(statement, 5), .epochs = sqlite3_column_int64(statement, 6),
            .best = number_of(statement, 7), .best_epoch = sqlite3_column_int64(statement, 8), .seconds = number_of(statement, 9),
            .directory = text_of(statement, 10, arena),
        };
    S2S_TRY(finish(ledger, statement, result, !s2s_arena_failed(arena), err));
    *ret = records;
    *count = length;
    return S2S_OK;
}

s2s_status s2s_ledger_values(s2s_ledger *ledger, s2s_arena *arena, s2s_trial_value **ret, size_t *count, s2s_error *err)
{
    s2s_trial_value *values = NULL, *value;
    size_t           length = 0, capacity = 0;
    sqlite3_stmt    *statement;
    int              result;

    S2S_TRY(query(ledger, &statement, err, "SELECT trial, name, value FROM parameters ORDER BY trial, name", ""));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && (value = s2s_arena_grow(arena, &values, &length, &capacity, sizeof *value)) != NULL)
        *value = (s2s_trial_value){ sqlite3_column_int64(statement, 0), text_of(statement, 1, arena), text_of(statement, 2, arena) };
    S2S_TRY(finish(ledger, statement, result, !s2s_arena_failed(arena), err));
    *ret = values;
    *count = length;
    return S2S_OK;
}

/* The table's columns: `epoch`, then the trial's figures by name; and room for its rows. */
static s2s_status history_init(s2s_ledger *ledger, int64_t trial, s2s_arena *arena, s2s_history *history, s2s_error *err)
{
    sqlite3_stmt *statement;
    const char  **name;
    size_t        columns = 0, capacity = 0;
    int64_t       rows = 0;
    int           result;

    S2S_TRY(query(ledger, &statement, err, "SELECT 'epoch' UNION ALL SELECT * FROM (SELECT DISTINCT figure FROM epochs WHERE trial = ? ORDER BY figure)",
                  "i", trial));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW && (name = s2s_arena_grow(arena, &history->name, &columns, &capacity, sizeof *name)) != NULL)
        *name = text_of(statement, 0, arena);
    S2S_TRY(finish(ledger, statement, result, !s2s_arena_failed(arena), err));
    S2S_TRY(query(ledger, &statement, err, "SELECT count(DISTINCT epoch) FROM epochs WHERE trial = ?", "i", trial));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW)
        rows = sqlite3_column_int64(statement, 0);
    S2S_TRY(finish(ledger, statement, result, true, err));
    history->columns = (int)columns;
    history->value = S2S_NEW_ARRAY(arena, double, rows * history->columns);
    return history->value ? S2S_OK : no_memory(err);
}

s2s_status s2s_ledger_history(s2s_ledger *ledger, int64_t trial, s2s_arena *arena, s2s_history *ret, s2s_error *err)
{
    s2s_history   history = { 0 };
    sqlite3_stmt *statement;
    int           result;

    S2S_TRY(history_init(ledger, trial, arena, &history, err));
    S2S_TRY(query(ledger, &statement, err, "SELECT epoch, figure, value FROM epochs WHERE trial = ? ORDER BY epoch", "i", trial));
    while ((result = sqlite3_step(statement)) == SQLITE_ROW) {
        const double epoch = sqlite3_column_double(statement, 0);
        const int    column = s2s_history_find(&history, (const char *)sqlite3_column_text(statement, 1));

        if (history.rows == 0 || s2s_history_at(&history, history.rows - 1, 0) != epoch) {
            double *row = history.value + history.rows++ * history.columns;

            row[0] = epoch;
            for (int i = 1; i < history.columns; i++)
                row[i] = NAN;
        }
        assert(column > 0);
        history.value[(history.rows - 1) * history.columns + column] = number_of(statement, 2);
    }
    S2S_TRY(finish(ledger, statement, result, true, err));
    *ret = history;
    return S2S_OK;
}
