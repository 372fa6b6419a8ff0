#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

static char       folder[64];
static s2s_arena *arena;
static s2s_error  err;

static void begin(void)
{
    snprintf(folder, sizeof folder, "%s/s2s-test-XXXXXX", P_tmpdir);
    cr_assert(mkdtemp(folder) != NULL);
    arena = s2s_arena_create();
}

static void end(void)
{
    s2s_file_fail_after(-1);
    cr_assert(s2s_folder_remove(folder, &err) == S2S_OK, "%s", err.message);
    s2s_arena_free(arena);
}

static const char *in(const char *name) { return s2s_path_join(arena, folder, name); }

static void write_text(const char *path, const char *chars)
{
    const s2s_text piece = s2s_text_of(chars);

    cr_assert(s2s_file_write(path, &piece, 1, &err) == S2S_OK, "%s", err.message);
}

TestSuite(file, .init = begin, .fini = end);

Test(file, written_whole_and_read_back)
{
    const s2s_text pieces[] = { s2s_text_of("one "), s2s_text_of("two") };
    s2s_text       back;

    write_text(in("a"), "old and longer");
    cr_assert(s2s_file_write(in("a"), pieces, 2, &err) == S2S_OK);
    cr_assert(s2s_file_read(in("a"), arena, &back, &err) == S2S_OK);
    cr_assert(s2s_text_is(back, "one two") && back.chars[back.length] == '\0');
    cr_assert(s2s_file_size(in("a")) == 7);
    cr_assert(!s2s_file_exists(in("a.tmp")));
    write_text(in("empty"), "");
    cr_assert(s2s_file_read(in("empty"), arena, &back, &err) == S2S_OK && back.length == 0);
}

Test(file, what_cannot_be_read)
{
    s2s_text back = { "kept", 4 };

    cr_assert(s2s_file_read(in("missing"), arena, &back, &err) == S2S_DATA);
    cr_assert(strstr(err.message, "No such file") != NULL);
    cr_assert(s2s_file_read(folder, arena, &back, &err) == S2S_DATA);
    cr_assert(strstr(err.message, "Is a directory") != NULL, "%s", err.message);
    write_text(in("a"), "12345");
    cr_assert(s2s_file_read_limited(in("a"), 4, arena, &back, &err) == S2S_DATA);
    cr_assert(s2s_text_is(back, "kept"), "written on success only");
    cr_assert(s2s_file_read_limited(in("a"), 5, arena, &back, &err) == S2S_OK);
    cr_assert(s2s_file_read_limited("/dev/zero", 1000, arena, &back, &err) == S2S_DATA);
    s2s_memory_fail_after(1);
    cr_assert(s2s_file_read("/proc/self/status", arena, &back, &err) == S2S_MEMORY);
}

Test(file, a_full_disk_leaves_the_old_file)
{
    const s2s_text piece = s2s_text_of("new");
    s2s_text       back;
    s2s_log       *log;

    write_text(in("a"), "old");
    cr_assert(s2s_log_open(in("log"), &log, &err) == S2S_OK);
    s2s_file_fail_after(2);
    cr_assert(s2s_log_append(log, piece, &err) == S2S_OK);
    cr_assert(s2s_file_write(in("a"), &piece, 1, &err) == S2S_IO);
    cr_assert(strstr(err.message, "No space left") != NULL, "%s", err.message);
    cr_assert(s2s_log_append(log, piece, &err) == S2S_IO);
    cr_assert(s2s_log_size(log) == 3);
    s2s_log_close(log);
    cr_assert(s2s_file_read(in("a"), arena, &back, &err) == S2S_OK && s2s_text_is(back, "old"));
    cr_assert(!s2s_file_exists(in("a.tmp")));
}

Test(file, a_string_without_its_end_is_not_written)
{
    const char *path = in("string");
    s2s_string  string = { 0 };
    s2s_log    *log;

    cr_assert(s2s_file_write_string(path, &string, &err) == S2S_OK && s2s_file_size(path) == 0, "an empty one");
    s2s_string_add(&string, "all of it");
    cr_assert(s2s_file_write_string(path, &string, &err) == S2S_OK && s2s_file_size(path) == 9);
    string.failed = true;
    cr_assert(s2s_file_write_string(path, &string, &err) == S2S_MEMORY && s2s_file_size(path) == 9);
    cr_assert(s2s_log_open(path, &log, &err) == S2S_OK);
    cr_assert(s2s_log_append_string(log, &string, &err) == S2S_MEMORY && s2s_log_size(log) == 9);
    s2s_log_close(log);
    s2s_string_release(&string);
}

Test(file, a_device_is_written_to_not_replaced)
{
    write_text("/dev/null", "x");
    cr_assert(s2s_file_size("/dev/null") == -1 && s2s_file_exists("/dev/null"));
}

Test(file, logs_append_and_are_cut)
{
    s2s_log *log;
    s2s_text back;

    for (int i = 0; i < 2; i++) {
        cr_assert(s2s_log_open(in("log"), &log, &err) == S2S_OK);
        cr_assert(s2s_log_append(log, s2s_text_of("line\n"), &err) == S2S_OK);
        cr_assert(s2s_log_sync(log, &err) == S2S_OK);
        cr_assert(s2s_log_size(log) == 5 * (i + 1));
        s2s_log_close(log);
    }
    cr_assert(s2s_log_truncate(in("log"), 5, &err) == S2S_OK);
    cr_assert(s2s_file_read(in("log"), arena, &back, &err) == S2S_OK && s2s_text_is(back, "line\n"));
    s2s_log_close(NULL);
}

Test(file, folders)
{
    const char *const *names;
    size_t             count;

    cr_assert(s2s_folder_make(in("x/y/z"), &err) == S2S_OK);
    cr_assert(s2s_folder_make(in("x/y/z"), &err) == S2S_OK, "there already is fine");
    cr_assert(s2s_folder_exists(in("x/y/z")) && !s2s_file_exists(in("x/y/z")));
    write_text(in("x/b"), "");
    write_text(in("x/a"), "");
    cr_assert(s2s_folder_make(in("x/a"), &err) == S2S_IO);
    cr_assert(s2s_folder_list(in("x"), arena, &names, &count, &err) == S2S_OK);
    cr_assert(count == 3);
    cr_assert_str_eq(names[0], "a");
    cr_assert_str_eq(names[2], "y");
    cr_assert(s2s_rename(in("x/a"), in("x/b"), &err) == S2S_IO, "never replaces");
    cr_assert(s2s_rename(in("x/a"), in("x/c"), &err) == S2S_OK);
    cr_assert(s2s_file_remove(in("x/c"), &err) == S2S_OK);
    cr_assert(s2s_file_remove(in("x/c"), &err) == S2S_IO);
    cr_assert(s2s_folder_remove(in("x"), &err) == S2S_OK && !s2s_folder_exists(in("x")));
}

Test(file, paths)
{
    char here[4096];

    cr_assert_str_eq(s2s_path_join(arena, "a", "b"), "a/b");
    cr_assert_str_eq(s2s_path_join(arena, "a/", "b"), "a/b");
    cr_assert_str_eq(s2s_path_join(arena, ".", "b"), "b");
    cr_assert_str_eq(s2s_path_join(arena, "a", "/b"), "/b");
    cr_assert_str_eq(s2s_path_folder(arena, "a/b.yaml"), "a");
    cr_assert_str_eq(s2s_path_folder(arena, "b"), ".");
    cr_assert_str_eq(s2s_path_folder(arena, "/b"), "/");
    cr_assert_str_eq(s2s_path_name("a/b.yaml"), "b.yaml");
    cr_assert_str_eq(s2s_path_absolute(arena, "/a/./b//../c/"), "/a/c");
    cr_assert_str_eq(s2s_path_absolute(arena, "/../.."), "/");
    cr_assert(getcwd(here, sizeof here) != NULL);
    cr_assert_str_eq(s2s_path_absolute(arena, "."), here);
    cr_assert_str_eq(s2s_path_relative(arena, "runs/a", "configs/x.txt"), "../../configs/x.txt");
    cr_assert_str_eq(s2s_path_relative(arena, "runs", "runs/x"), "x");
    cr_assert_str_eq(s2s_path_relative(arena, "runs", "runs-2/x"), "../runs-2/x");
    cr_assert_str_eq(s2s_path_relative(arena, "runs", "runs"), ".");
    cr_assert_str_eq(s2s_path_relative(arena, "runs", "/x"), "/x");
}

Test(file, sha256)
{
    char digest[65], text[129] = "";

    write_text(in("abc"), "abc");
    cr_assert(s2s_file_sha256(in("abc"), digest, &err) == S2S_OK);
    cr_assert_str_eq(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    write_text(in("empty"), "");
    cr_assert(s2s_file_sha256(in("empty"), digest, &err) == S2S_OK);
    cr_assert_str_eq(digest, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    write_text(in("two"), "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    cr_assert(s2s_file_sha256(in("two"), digest, &err) == S2S_OK);
    cr_assert_str_eq(digest, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    memset(text, 'a', 128);
    write_text(in("a"), text);
    cr_assert(s2s_file_sha256(in("a"), digest, &err) == S2S_OK);
    cr_assert_str_eq(digest, "6836cf13bac400e9105071cd6af47084dfacad4e5e302c94bfed24e013afb73e");
    cr_assert(s2s_file_sha256(in("missing"), digest, &err) == S2S_DATA);
}

Test(clock, tells_time)
{
    const double start = s2s_clock_seconds();
    char         date[21], tiny[3];

    s2s_clock_date(date, sizeof date);
    cr_assert(strlen(date) == 20 && date[4] == '-' && date[19] == 'Z');
    s2s_clock_date(tiny, sizeof tiny);
    cr_assert(strlen(tiny) < sizeof tiny);
    cr_assert(s2s_clock_seconds() >= start);
}
