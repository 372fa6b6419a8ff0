/* test_weights_file.c -- safetensors come back as they were written; nothing in a hostile file does harm. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "graph/weights_file.h"

static const char *scratch(void)
{
    static char path[64];

    snprintf(path, sizeof path, "weights-%d.safetensors", (int)getpid());
    return path;
}

/* As it stands and without waiting for the disk: these tests write thousands of files. */
static void write_bytes(s2s_text bytes)
{
    FILE *file = fopen(scratch(), "wb");

    cr_assert(file != NULL && fwrite(bytes.chars, 1, bytes.length, file) == bytes.length);
    fclose(file);
}

/* The header's length in front, then header and `data_bytes` zeros. `length` 0: the true one. */
static void write_raw(const char *header, uint64_t length, size_t data_bytes)
{
    static const char zeros[64];
    s2s_string file = { 0 };

    if (length == 0)
        length = strlen(header);
    s2s_string_append(&file, (const char *)&length, sizeof length);
    s2s_string_add(&file, header);
    s2s_string_append(&file, zeros, data_bytes);
    write_bytes((s2s_text){ file.chars, file.length });
    s2s_string_release(&file);
}

static s2s_status read_back(s2s_error *err)
{
    s2s_arena   *arena = s2s_arena_create();
    s2s_tensors  tensors;
    s2s_status   status = s2s_tensors_read(scratch(), arena, &tensors, err);

    s2s_arena_free(arena);
    unlink(scratch());
    return status;
}

Test(weights_file, comes_back_as_written)
{
    const float  a[6] = { 1, -2, 3.5f, 0, INFINITY, 1e-30f };
    const double b[2] = { 0.1, -1e300 };
    const int64_t c[1] = { INT64_MIN };
    s2s_tensor   tensor[] = {
        { "encoder/kernel", "F32", 2, { 2, 3 }, 6, a }, { "empty", "F32", 2, { 0, 7 }, 0, a },
        { "b", "F64", 1, { 2 }, 2, b }, { "scalar", "I64", 0, { 0 }, 1, c },
    };
    s2s_metadata metadata[] = { { "config", "name: \"x\"\nseed: 1\n" }, { "empty", "" } };
    s2s_tensors  out = { 4, 2, tensor, metadata }, in;
    s2s_arena   *arena = s2s_arena_create();
    s2s_error    err;

    cr_assert(s2s_tensors_write(scratch(), &out, &err) == S2S_OK, "%s", err.message);
    cr_assert(s2s_tensors_read(scratch(), arena, &in, &err) == S2S_OK, "%s", err.message);
    unlink(scratch());
    cr_assert(in.count == 4 && in.metadata_count == 2);
    for (size_t i = 0; i < 4; i++) {
        cr_assert(strcmp(in.tensor[i].name, tensor[i].name) == 0 && strcmp(in.tensor[i].type, tensor[i].type) == 0);
        cr_assert(in.tensor[i].rank == tensor[i].rank && in.tensor[i].count == tensor[i].count);
    }
    cr_assert(memcmp(in.tensor[0].data, a, sizeof a) == 0);
    cr_assert(memcmp(s2s_tensors_find(&in, "b")->data, b, sizeof b) == 0);
    cr_assert(memcmp(s2s_tensors_find(&in, "scalar")->data, c, sizeof c) == 0);
    cr_assert(s2s_tensors_find(&in, "none") == NULL && s2s_metadata_find(&in, "none") == NULL);
    cr_assert(strcmp(s2s_metadata_find(&in, "config"), metadata[0].value) == 0);
    s2s_arena_free(arena);
}

Test(weights_file, header_is_padded_and_bytes_depend_on_the_tensors_alone)
{
    const float a[1] = { 1 };
    s2s_tensor  tensor = { "a", "F32", 1, { 1 }, 1, a };
    s2s_tensors out = { 1, 0, &tensor, NULL };
    s2s_arena  *arena = s2s_arena_create();
    s2s_text    first, second;
    uint64_t    length;

    cr_assert(s2s_tensors_write(scratch(), &out, NULL) == S2S_OK);
    cr_assert(s2s_file_read(scratch(), arena, &first, NULL) == S2S_OK);
    cr_assert(s2s_tensors_write(scratch(), &out, NULL) == S2S_OK);
    cr_assert(s2s_file_read(scratch(), arena, &second, NULL) == S2S_OK);
    unlink(scratch());
    memcpy(&length, first.chars, sizeof length);
    cr_assert(length % 8 == 0 && first.length == 8 + length + 4);
    cr_assert(s2s_text_equal(first, second));
    s2s_arena_free(arena);
}

Test(weights_file, real_types_become_real)
{
    static const unsigned char half[] = { 0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0xFF, 0x7B, 0x00, 0x7C, 0x01, 0x7C };
    static const unsigned char brain[] = { 0x80, 0x3F, 0x49, 0xC0 };
    const s2s_tensor f16 = { "h", "F16", 1, { 6 }, 6, half }, bf16 = { "b", "BF16", 1, { 2 }, 2, brain };
    real x[6];

    s2s_tensor_to_real(&f16, x);
    cr_assert(x[0] == 1 && x[1] == -2 && x[2] == (real)0x1p-24 && x[3] == 65504 && isinf(x[4]) && isnan(x[5]));
    s2s_tensor_to_real(&bf16, x);
    cr_assert(x[0] == 1 && x[1] == (real)-3.140625);
}

/* --- hostile files ------------------------------------------------------------------------------------------------------- */

typedef struct hostile { const char *what, *header; uint64_t length; size_t data_bytes; } hostile;

#define TENSOR(shape, first, last) "{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":[" #first "," #last "]}"

static const hostile hostiles[] = {
    { "a length beyond the file", "{}", 1000, 0 },
    { "a length that wraps around", "{}", UINT64_MAX, 0 },
    { "a length just under the wrap", "{}", UINT64_MAX - 7, 0 },
    { "a length of one", "{}", 1, 0 },
    { "no JSON", "{\"a\":", 0, 0 },
    { "a list", "[]", 0, 0 },
    { "text behind the JSON", "{}x", 0, 0 },
    { "not UTF-8", "{\"\xff\":1}", 0, 0 },
    { "a tensor that is a number", "{\"a\":1}", 0, 0 },
    { "a tensor twice", "{\"a\":" TENSOR("[1]", 0, 4) ",\"a\":" TENSOR("[1]", 0, 4) "}", 0, 4 },
    { "an unknown type", "{\"a\":{\"dtype\":\"F99\",\"shape\":[1],\"data_offsets\":[0,4]}}", 0, 4 },
    { "no type", "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 0, 4 },
    { "no shape", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 0, 4 },
    { "a negative dimension", "{\"a\":" TENSOR("[-1]", 0, 4) "}", 0, 4 },
    { "a real dimension", "{\"a\":" TENSOR("[1.0]", 0, 4) "}", 0, 4 },
    { "a NaN dimension", "{\"a\":" TENSOR("[NaN]", 0, 4) "}", 0, 4 },
    { "a dimension of text", "{\"a\":" TENSOR("[\"1\"]", 0, 4) "}", 0, 4 },
    { "five dimensions", "{\"a\":" TENSOR("[1,1,1,1,1]", 0, 4) "}", 0, 4 },
    { "a product that overflows", "{\"a\":" TENSOR("[4294967296,4294967296]", 0, 0) "}", 0, 0 },
    { "bytes that overflow", "{\"a\":" TENSOR("[4611686018427387904]", 0, 0) "}", 0, 0 },
    { "an integer beyond 64 bits", "{\"a\":" TENSOR("[99999999999999999999]", 0, 4) "}", 0, 4 },
    { "a shape larger than its data", "{\"a\":" TENSOR("[2]", 0, 4) "}", 0, 4 },
    { "no offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0, 4 },
    { "three offsets", "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 0, 4 },
    { "offsets beyond the file", "{\"a\":" TENSOR("[2]", 0, 8) "}", 0, 4 },
    { "offsets in front of the data", "{\"a\":" TENSOR("[1]", -4, 0) "}", 0, 4 },
    { "offsets in reverse", "{\"a\":" TENSOR("[1]", 4, 0) "}", 0, 4 },
    { "tensors that overlap", "{\"a\":" TENSOR("[2]", 0, 8) ",\"b\":" TENSOR("[2]", 4, 12) "}", 0, 12 },
    { "tensors in the same place", "{\"a\":" TENSOR("[1]", 0, 4) ",\"b\":" TENSOR("[1]", 0, 4) "}", 0, 4 },
    { "a gap", "{\"a\":" TENSOR("[1]", 0, 4) ",\"b\":" TENSOR("[1]", 8, 12) "}", 0, 12 },
    { "bytes left over", "{\"a\":" TENSOR("[1]", 0, 4) "}", 0, 8 },
    { "metadata that are a list", "{\"__metadata__\":[]}", 0, 0 },
    { "metadata with a number", "{\"__metadata__\":{\"a\":1}}", 0, 0 },
};

ParameterizedTestParameters(weights_file, refuses)
{
    static int index[sizeof hostiles / sizeof hostiles[0]];

    for (size_t i = 0; i < sizeof hostiles / sizeof hostiles[0]; i++)
        index[i] = (int)i;
    return cr_make_param_array(int, index, sizeof hostiles / sizeof hostiles[0]);
}

ParameterizedTest(int *index, weights_file, refuses)
{
    const hostile *file = &hostiles[*index];
    s2s_error      err = { 0 };

    write_raw(file->header, file->length, file->data_bytes);
    cr_assert(read_back(&err) == S2S_DATA, "%s was read", file->what);
    cr_assert(strcmp(err.file, scratch()) == 0 && err.message[0] != '\0', "%s: an error without place or text", file->what);
}

Test(weights_file, refuses_deep_nesting_at_once)
{
    enum { DEPTH = 1000000 };
    char *header = s2s_memory_resize(NULL, DEPTH + 16, 1);

    memset(header, '[', DEPTH);
    header[DEPTH] = '\0';
    write_raw(header, 0, 0);
    cr_assert(read_back(NULL) == S2S_DATA);
    memcpy(header, "{\"a\":", 5);
    write_raw(header, 0, 0);
    cr_assert(read_back(NULL) == S2S_DATA);
    s2s_memory_free(header);
}

Test(weights_file, refuses_every_shortened_file)
{
    const float a[8] = { 0 };
    s2s_tensor  tensor[] = { { "a", "F32", 1, { 4 }, 4, a }, { "b", "F32", 2, { 2, 2 }, 4, a } };
    s2s_tensors out = { 2, 0, tensor, NULL };
    s2s_arena  *arena = s2s_arena_create();
    s2s_text    whole;

    cr_assert(s2s_tensors_write(scratch(), &out, NULL) == S2S_OK);
    cr_assert(s2s_file_read(scratch(), arena, &whole, NULL) == S2S_OK);
    for (size_t length = 0; length < whole.length; length++) {
        write_bytes((s2s_text){ whole.chars, length });
        cr_assert(read_back(NULL) == S2S_DATA, "%zu bytes of %zu were read", length, whole.length);
    }
    s2s_arena_free(arena);
}

Test(weights_file, no_flipped_byte_does_harm)
{
    const float a[2] = { 0 };
    s2s_tensor  tensor = { "a", "F32", 2, { 1, 2 }, 2, a };
    s2s_metadata metadata = { "k", "v" };
    s2s_tensors out = { 1, 1, &tensor, &metadata };
    s2s_arena  *arena = s2s_arena_create();
    s2s_text    whole;

    cr_assert(s2s_tensors_write(scratch(), &out, NULL) == S2S_OK);
    cr_assert(s2s_file_read(scratch(), arena, &whole, NULL) == S2S_OK);
    char *bytes = s2s_arena_strndup(arena, whole.chars, whole.length);
    for (size_t i = 0; i < whole.length; i++)
        for (int bit = 0; bit < 8; bit++) {
            s2s_status status;

            bytes[i] ^= (char)(1 << bit);
            write_bytes((s2s_text){ bytes, whole.length });
            status = read_back(NULL);
            cr_assert(status == S2S_OK || status == S2S_DATA);
            bytes[i] ^= (char)(1 << bit);
        }
    s2s_arena_free(arena);
}

/* --- into a graph -------------------------------------------------------------------------------------------------------- */

static s2s_weight_spec spec[] = { { .name = "kernel", .rank = 2, .shape = { 2, 3 } }, { .name = "bias", .rank = 1, .shape = { 3 } } };
static s2s_weight weight[] = {
    { .name = "dense/kernel", .spec = &spec[0], .rows = 2, .columns = 3, .count = 6, .offset = 0 },
    { .name = "dense/bias", .spec = &spec[1], .rows = 1, .columns = 3, .count = 3, .offset = 16 },
};
static const s2s_graph graph = { .weight_count = 2, .weight = weight, .weight_elements = 32 };

static s2s_status load(const s2s_tensor *tensor, size_t count, s2s_mismatch mismatch, real *weights, s2s_string *notice, s2s_error *err)
{
    s2s_tensor copy[4];

    memcpy(copy, tensor, count * sizeof *tensor);
    const s2s_tensors tensors = { .count = count, .tensor = copy };

    return s2s_weights_load(&graph, &tensors, mismatch, weights, notice, err);
}

Test(weights_file, weights_go_out_and_come_in)
{
    s2s_arena  *arena = s2s_arena_create();
    s2s_tensors tensors;
    real from[32], to[32] = { 0 };

    for (int i = 0; i < 32; i++)
        from[i] = (real)i;
    cr_assert(s2s_tensors_of_weights(&graph, from, arena, &tensors, NULL) == S2S_OK);
    cr_assert(tensors.count == 2 && tensors.tensor[0].rank == 2 && tensors.tensor[1].rank == 1);
    cr_assert(s2s_weights_load(&graph, &tensors, S2S_MISMATCH_ERROR, to, NULL, NULL) == S2S_OK);
    cr_assert(to[5] == 5 && to[6] == 0 && to[16] == 16 && to[18] == 18 && to[19] == 0);
    s2s_arena_free(arena);
}

Test(weights_file, mismatches_are_named_or_skipped)
{
    const float data[6] = { 1, 2, 3, 4, 5, 6 };
    const s2s_tensor good[] = { { "dense/kernel", "F32", 2, { 2, 3 }, 6, data }, { "dense/bias", "F32", 1, { 3 }, 3, data } };
    const s2s_tensor turned[] = { { "dense/kernel", "F32", 2, { 3, 2 }, 6, data }, good[1] };
    const s2s_tensor more[] = { good[0], good[1], { "other", "F32", 1, { 1 }, 1, data } };
    const s2s_tensor integers[] = { good[0], { "dense/bias", "I32", 1, { 3 }, 3, data } };
    s2s_string notice = { 0 };
    s2s_error  err;
    real       w[32] = { 0 };

    cr_assert(load(good, 1, S2S_MISMATCH_ERROR, w, NULL, &err) == S2S_DATA && strstr(err.message, "dense/bias") != NULL);
    cr_assert(load(turned, 2, S2S_MISMATCH_ERROR, w, NULL, &err) == S2S_DATA);
    cr_assert(strstr(err.message, "(2,3)") != NULL && strstr(err.message, "(3,2)") != NULL, "%s", err.message);
    cr_assert(load(more, 3, S2S_MISMATCH_ERROR, w, NULL, &err) == S2S_DATA && strstr(err.message, "other") != NULL);
    cr_assert(load(integers, 2, S2S_MISMATCH_ERROR, w, NULL, &err) == S2S_DATA && strstr(err.message, "I32") != NULL);
    cr_assert(w[0] == 0 && w[16] == 0, "a refused file changed weights");

    cr_assert(load(turned, 2, S2S_MISMATCH_INITIALISE, w, &notice, &err) == S2S_OK);
    cr_assert(w[0] == 0 && w[16] == 1 && strstr(s2s_string_chars(&notice), "dense/kernel") != NULL);
    s2s_string_release(&notice);
}

Test(weights_file, what_is_no_finite_number_is_no_weight)
{
    static const float bad[] = { NAN, INFINITY, -INFINITY };

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const float data[6] = { 1, 2, 3, 4, 5, bad[i] };
        const s2s_tensor tensor[] = { { "dense/kernel", "F32", 2, { 2, 3 }, 6, data }, { "dense/bias", "F32", 1, { 3 }, 3, data } };
        s2s_error err;
        real      to[32];

        cr_assert(load(tensor, 2, S2S_MISMATCH_ERROR, to, NULL, &err) == S2S_NAN);
        cr_expect_str_eq(err.message, "weight 'dense/kernel' holds NaN or infinity");
        cr_assert(load(tensor, 2, S2S_MISMATCH_INITIALISE, to, NULL, &err) == S2S_NAN);
    }
}
