/* weights_file.c -- safetensors, read with distrust and written in one piece. */
#include "graph/weights_file.h"

#include <assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "safetensors are little-endian; this machine needs bytes swapped here"
#endif

enum { LENGTH_BYTES = 8, HEADER_MAX = 100000000, RANK_MAX = 4 };

/* --- element types ------------------------------------------------------------------------------------------------------- */

static double f64_value(const unsigned char *bytes)
{
    double value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

static double f32_value(const unsigned char *bytes)
{
    float value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* The upper half of a float32. */
static double bf16_value(const unsigned char *bytes)
{
    const unsigned char wide[4] = { 0, 0, bytes[0], bytes[1] };

    return f32_value(wide);
}

static double f16_value(const unsigned char *bytes)
{
    const int    exponent = (bytes[1] >> 2) & 0x1F;
    const int    mantissa = (bytes[1] & 3) << 8 | bytes[0];
    const double sign = bytes[1] & 0x80 ? -1.0 : 1.0;

    if (exponent == 0x1F)
        return mantissa ? NAN : sign * INFINITY;
    return sign * (exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24));
}

typedef struct element_type {
    const char *name;
    int64_t size;                                        /* bytes */
    double (*value)(const unsigned char *bytes);         /* NULL: not a real number */
} element_type;

static const element_type element_types[] = {
    { "F32", 4, f32_value }, { "F64", 8, f64_value }, { "BF16", 2, bf16_value }, { "F16", 2, f16_value },
    { "I64", 8, NULL }, { "U64", 8, NULL }, { "I32", 4, NULL }, { "U32", 4, NULL }, { "I16", 2, NULL }, { "U16", 2, NULL },
    { "I8", 1, NULL }, { "U8", 1, NULL }, { "BOOL", 1, NULL }, { "F8_E4M3", 1, NULL }, { "F8_E5M2", 1, NULL },
};

static const element_type *element_type_named(const char *name)
{
    for (size_t i = 0; i < sizeof element_types / sizeof element_types[0]; i++)
        if (strcmp(element_types[i].name, name) == 0)
            return &element_types[i];
    return NULL;
}

static int64_t tensor_bytes(const s2s_tensor *tensor)
{
    const element_type *type = element_type_named(tensor->type);

    assert(type != NULL);
    return tensor->count * type->size;
}

void s2s_tensor_to_real(const s2s_tensor *tensor, real *ret)
{
    const element_type  *type = element_type_named(tensor->type);
    const unsigned char *bytes = tensor->data;

    assert(type != NULL && type->value != NULL);
    for (int64_t i = 0; i < tensor->count; i++)
        ret[i] = (real)type->value(bytes + i * type->size);
}

/* --- writing ------------------------------------------------------------------------------------------------------------- */

static json_t *tensor_to_json(const s2s_tensor *tensor, int64_t offset)
{
    json_t *shape = json_array();

    for (int i = 0; i < tensor->rank; i++)
        json_array_append_new(shape, json_integer(tensor->shape[i]));
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", tensor->type, "shape", shape,
                     "data_offsets", (json_int_t)offset, (json_int_t)(offset + tensor_bytes(tensor)));
}

static json_t *metadata_to_json(const s2s_tensors *tensors)
{
    json_t *map = json_object();

    for (size_t i = 0; i < tensors->metadata_count; i++)
        if (json_object_set_new(map, tensors->metadata[i].key, json_string(tensors->metadata[i].value)) != 0) {
            json_decref(map);
            return NULL;
        }
    return map;
}

static int add_to_string(const char *chars, size_t length, void *string)
{
    s2s_string_append(string, chars, length);
    return 0;
}

/* Length, JSON and the spaces behind it. False when memory is out or a text is not UTF-8. */
static bool header_bytes(const s2s_tensors *tensors, s2s_string *ret)
{
    json_t  *header = json_object();
    int64_t  offset = 0;
    uint64_t length = 0;
    bool     whole = true;

    if (tensors->metadata_count > 0)
        whole = json_object_set_new(header, "__metadata__", metadata_to_json(tensors)) == 0;
    for (size_t i = 0; whole && i < tensors->count; i++) {
        const s2s_tensor *tensor = &tensors->tensor[i];

        assert(json_object_get(header, tensor->name) == NULL);
        whole = json_object_set_new(header, tensor->name, tensor_to_json(tensor, offset)) == 0;
        offset += tensor_bytes(tensor);
    }
    s2s_string_append(ret, (const char *)&length, LENGTH_BYTES);
    whole = whole && json_dump_callback(header, add_to_string, ret, JSON_COMPACT) == 0;
    json_decref(header);
    while (ret->length % LENGTH_BYTES != 0 && !ret->failed)
        s2s_string_add(ret, " ");
    if (!whole || ret->failed)
        return false;
    length = ret->length - LENGTH_BYTES;
    memcpy(ret->chars, &length, LENGTH_BYTES);
    return true;
}

s2s_status s2s_tensors_write(const char *path, const s2s_tensors *tensors, s2s_error *err)
{
    s2s_arena *arena = s2s_arena_create();
    s2s_text  *pieces = arena ? S2S_NEW_ARRAY(arena, s2s_text, tensors->count + 1) : NULL;
    s2s_string header = { 0 };
    s2s_status status;

    if (pieces == NULL || !header_bytes(tensors, &header)) {
        status = s2s_fail(err, S2S_MEMORY, "out of memory for the header of %s, or a text in it is not UTF-8", path);
    } else {
        pieces[0] = (s2s_text){ header.chars, header.length };
        for (size_t i = 0; i < tensors->count; i++)
            pieces[1 + i] = (s2s_text){ tensors->tensor[i].data, (size_t)tensor_bytes(&tensors->tensor[i]) };
        status = s2s_file_write(path, pieces, tensors->count + 1, err);
    }
    s2s_string_release(&header);
    s2s_arena_free(arena);
    return status;
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

typedef struct reader {
    s2s_position at;
    s2s_arena   *arena;
    s2s_text     data;            /* behind the header */
    s2s_tensors *tensors;
    s2s_error   *err;
} reader;

#define BAD(reader, ...) s2s_fail_at((reader)->err, S2S_DATA, (reader)->at, "not a safetensors file that can be used: " __VA_ARGS__)

/* Shape and the number of elements that it stands for; no product may overflow. */
static s2s_status read_shape(reader *in, const json_t *shape, s2s_tensor *tensor)
{
    if (!json_is_array(shape))
        return BAD(in, "tensor '%s' has no shape", tensor->name);
    if (json_array_size(shape) > RANK_MAX)
        return BAD(in, "tensor '%s' has more than %d dimensions", tensor->name, RANK_MAX);

    tensor->rank = (int)json_array_size(shape);
    tensor->count = 1;
    for (int i = 0; i < tensor->rank; i++) {
        const json_t *size = json_array_get(shape, (size_t)i);

        if (!json_is_integer(size) || json_integer_value(size) < 0)
            return BAD(in, "tensor '%s' has a dimension that is no whole number", tensor->name);
        tensor->shape[i] = json_integer_value(size);
        if (__builtin_mul_overflow(tensor->count, tensor->shape[i], &tensor->count))
            return BAD(in, "tensor '%s' is too large", tensor->name);
    }
    return S2S_OK;
}

static s2s_status read_offsets(reader *in, const json_t *offsets, int64_t element_size, s2s_tensor *tensor)
{
    const json_t *first = json_array_get(offsets, 0), *last = json_array_get(offsets, 1);
    int64_t begin, end, bytes;

    if (json_array_size(offsets) != 2 || !json_is_integer(first) || !json_is_integer(last))
        return BAD(in, "tensor '%s' has no data_offsets", tensor->name);
    begin = json_integer_value(first);
    end = json_integer_value(last);
    if (begin < 0 || end < begin || (uint64_t)end > in->data.length)
        return BAD(in, "the data of tensor '%s' lie outside the file", tensor->name);
    if (__builtin_mul_overflow(tensor->count, element_size, &bytes) || bytes != end - begin)
        return BAD(in, "the data of tensor '%s' do not have the size of its shape", tensor->name);
    tensor->data = in->data.chars + begin;
    return S2S_OK;
}

static s2s_status read_tensor(reader *in, const char *name, const json_t *entry, s2s_tensor *tensor)
{
    const char *type_name = json_string_value(json_object_get(entry, "dtype"));
    const element_type *type = type_name ? element_type_named(type_name) : NULL;

    tensor->name = s2s_arena_strdup(in->arena, name);
    if (tensor->name == NULL)
        return s2s_fail(in->err, S2S_MEMORY, "out of memory");
    if (type == NULL)
        return BAD(in, "tensor '%s' has the unknown type '%.20s'", tensor->name, type_name ? type_name : "");
    tensor->type = type->name;
    S2S_TRY(read_shape(in, json_object_get(entry, "shape"), tensor));
    return read_offsets(in, json_object_get(entry, "data_offsets"), type->size, tensor);
}

static s2s_status read_metadata(reader *in, json_t *map)
{
    s2s_tensors *tensors = in->tensors;
    const char  *key;
    json_t      *value;

    if (!json_is_object(map))
        return BAD(in, "__metadata__ is no map");
    tensors->metadata = S2S_NEW_ARRAY(in->arena, s2s_metadata, json_object_size(map));
    if (tensors->metadata == NULL)
        return s2s_fail(in->err, S2S_MEMORY, "out of memory");
    json_object_foreach(map, key, value) {
        if (!json_is_string(value))
            return BAD(in, "metadata '%s' is no text", key);
        tensors->metadata[tensors->metadata_count++] = (s2s_metadata){
            s2s_arena_strdup(in->arena, key),
            s2s_arena_strndup(in->arena, json_string_value(value), json_string_length(value)),
        };
    }
    return S2S_OK;
}

static int compare_offsets(const void *a, const void *b)
{
    const s2s_tensor *x = *(const s2s_tensor *const *)a, *y = *(const s2s_tensor *const *)b;
    const char *x_data = x->data, *y_data = y->data;

    if (x_data != y_data)
        return x_data < y_data ? -1 : 1;
    return (x->count > y->count) - (x->count < y->count);       /* empty tensors first */
}

/* Data must follow each other without gap or overlap, to the end of the file. */
static s2s_status check_layout(reader *in)
{
    const size_t count = in->tensors->count;
    const s2s_tensor **order = S2S_NEW_ARRAY(in->arena, const s2s_tensor *, count);
    const char *next = in->data.chars;

    if (order == NULL)
        return s2s_fail(in->err, S2S_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++)
        order[i] = &in->tensors->tensor[i];
    qsort(order, count, sizeof *order, compare_offsets);
    for (size_t i = 0; i < count; i++) {
        if ((const char *)order[i]->data != next)
            return BAD(in, "the data of tensor '%s' do not start where those before end", order[i]->name);
        next += tensor_bytes(order[i]);
    }
    if (next != in->data.chars + in->data.length)
        return BAD(in, "bytes are left over behind the last tensor");
    return S2S_OK;
}

static s2s_status read_header(reader *in, json_t *header)
{
    s2s_tensors *tensors = in->tensors;
    const char  *name;
    json_t      *entry;

    if (!json_is_object(header))
        return BAD(in, "its header is no map");
    tensors->tensor = S2S_NEW_ARRAY(in->arena, s2s_tensor, json_object_size(header));
    if (tensors->tensor == NULL)
        return s2s_fail(in->err, S2S_MEMORY, "out of memory");
    json_object_foreach(header, name, entry) {
        if (strcmp(name, "__metadata__") == 0)
            S2S_TRY(read_metadata(in, entry));
        else
            S2S_TRY(read_tensor(in, name, entry, &tensors->tensor[tensors->count++]));
    }
    S2S_TRY(check_layout(in));
    return s2s_arena_failed(in->arena) ? s2s_fail(in->err, S2S_MEMORY, "out of memory") : S2S_OK;
}

s2s_status s2s_tensors_read(const char *path, s2s_arena *arena, s2s_tensors *ret, s2s_error *err)
{
    s2s_tensors  tensors = { 0 };
    reader       in = { .at = { .file = path }, .arena = arena, .tensors = &tensors, .err = err };
    s2s_text     file;
    uint64_t     length = 0;
    json_t      *header;
    json_error_t mistake;
    s2s_status   status;

    S2S_TRY(s2s_file_read(path, arena, &file, err));
    if (file.length >= LENGTH_BYTES)
        memcpy(&length, file.chars, LENGTH_BYTES);
    if (length < 2 || length > HEADER_MAX || length > file.length - LENGTH_BYTES)
        return BAD(&in, "it does not start with the length of a header");
    in.data = (s2s_text){ file.chars + LENGTH_BYTES + length, file.length - LENGTH_BYTES - length };

    header = json_loadb(file.chars + LENGTH_BYTES, length, JSON_REJECT_DUPLICATES, &mistake);
    if (header == NULL)
        return BAD(&in, "its header is no JSON: %s", mistake.text);
    status = read_header(&in, header);
    json_decref(header);
    if (status == S2S_OK)
        *ret = tensors;
    return status;
}

const s2s_tensor *s2s_tensors_find(const s2s_tensors *tensors, const char *name)
{
    for (size_t i = 0; i < tensors->count; i++)
        if (strcmp(tensors->tensor[i].name, name) == 0)
            return &tensors->tensor[i];
    return NULL;
}

const char *s2s_metadata_find(const s2s_tensors *tensors, const char *key)
{
    for (size_t i = 0; i < tensors->metadata_count; i++)
        if (strcmp(tensors->metadata[i].key, key) == 0)
            return tensors->metadata[i].value;
    return NULL;
}

/* --- the weights of a graph ---------------------------------------------------------------------------------------------- */

static s2s_tensor weight_tensor(const s2s_weight *weight, const real *weights)
{
    s2s_tensor tensor = {
        .name = weight->name, .type = S2S_REAL_SAFETENSORS, .rank = weight->spec->rank, .count = weight->count,
        .data = weights ? weights + weight->offset : NULL,
    };

    for (int i = 0; i < tensor.rank; i++)
        tensor.shape[i] = weight->spec->shape[i];
    return tensor;
}

s2s_status s2s_tensors_of_weights(const s2s_graph *graph, const real *weights, s2s_arena *arena, s2s_tensors *ret, s2s_error *err)
{
    s2s_tensor *tensor = S2S_NEW_ARRAY(arena, s2s_tensor, graph->weight_count);

    if (tensor == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    for (int i = 0; i < graph->weight_count; i++)
        tensor[i] = weight_tensor(&graph->weight[i], weights);
    *ret = (s2s_tensors){ .count = (size_t)graph->weight_count, .tensor = tensor };
    return S2S_OK;
}

/* "(128,512)"; one number has no comma behind it. */
static const char *shape_text(const s2s_tensor *tensor, char buffer[96])
{
    int length = snprintf(buffer, 96, "(");

    for (int i = 0; i < tensor->rank; i++)
        length += snprintf(buffer + length, 96 - (size_t)length, "%s%lld", i ? "," : "", (long long)tensor->shape[i]);
    snprintf(buffer + length, 96 - (size_t)length, ")");
    return buffer;
}

static bool same_shape(const s2s_tensor *a, const s2s_tensor *b)
{
    return a->rank == b->rank && memcmp(a->shape, b->shape, (size_t)a->rank * sizeof a->shape[0]) == 0;
}

/* Why `found` cannot be the weight `wanted`, as a sentence; false when it can. */
static bool mismatch_text(const s2s_tensor *wanted, const s2s_tensor *found, char *buffer, size_t size)
{
    char here[96], there[96];

    if (found == NULL)
        snprintf(buffer, size, "weight '%s' %s is not in the file", wanted->name, shape_text(wanted, here));
    else if (!same_shape(wanted, found))
        snprintf(buffer, size, "weight '%s' is %s here and %s in the file", wanted->name, shape_text(wanted, here),
                 shape_text(found, there));
    else if (element_type_named(found->type)->value == NULL)
        snprintf(buffer, size, "weight '%s' is of type %s in the file, which is no real number", wanted->name, found->type);
    else
        return false;
    return true;
}

static bool graph_has_weight(const s2s_graph *graph, const char *name)
{
    for (int i = 0; i < graph->weight_count; i++)
        if (strcmp(graph->weight[i].name, name) == 0)
            return true;
    return false;
}

/* The tensor becomes the weight's values. */
static s2s_status take_weight(const s2s_weight *weight, const s2s_tensor *tensor, real *weights, s2s_error *err)
{
    real *values = weights + weight->offset;

    s2s_tensor_to_real(tensor, values);
    for (int64_t i = 0; i < weight->count; i++)
        if (!isfinite(values[i]))
            return s2s_fail(err, S2S_NAN, "weight '%s' holds NaN or infinity", weight->name);
    return S2S_OK;
}

s2s_status s2s_weights_load(const s2s_graph *graph, const s2s_tensors *tensors, s2s_mismatch mismatch, real *weights,
                            s2s_string *notice, s2s_error *err)
{
    char text[512];

    for (int i = 0; i < graph->weight_count; i++) {
        const s2s_tensor  wanted = weight_tensor(&graph->weight[i], NULL);
        const s2s_tensor *found = s2s_tensors_find(tensors, wanted.name);

        if (!mismatch_text(&wanted, found, text, sizeof text))
            continue;
        if (mismatch == S2S_MISMATCH_ERROR)
            return s2s_fail(err, S2S_DATA, "%s", text);
        s2s_string_printf(notice, "%s; it keeps its first values\n", text);
    }
    for (size_t i = 0; i < tensors->count; i++) {
        if (graph_has_weight(graph, tensors->tensor[i].name))
            continue;
        if (mismatch == S2S_MISMATCH_ERROR)
            return s2s_fail(err, S2S_DATA, "the file holds '%s', which is no weight of this model", tensors->tensor[i].name);
        s2s_string_printf(notice, "the file's '%s' is no weight of this model; it is left out\n", tensors->tensor[i].name);
    }
    for (int i = 0; i < graph->weight_count; i++) {
        const s2s_tensor  wanted = weight_tensor(&graph->weight[i], NULL);
        const s2s_tensor *found = s2s_tensors_find(tensors, wanted.name);

        if (!mismatch_text(&wanted, found, text, sizeof text))
            S2S_TRY(take_weight(&graph->weight[i], found, weights, err));
    }
    return S2S_OK;
}
