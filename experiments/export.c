/*
 * export.c -- see export.h.
 *
 * keras-npz is what numpy.load reads: a ZIP archive of stored .npy files, in the order of Keras' get_weights(), under our names.
 *   member    local header, name, .npy         .npy = magic, header length (2 bytes), header padded to 64 bytes, data
 *   archive   members | central directory | end record
 * Source    PKWARE's APPNOTE 6.3 (sections 4.3.7, 4.3.12, 4.3.16) and the NPY format, version 1.0.
 */
#include "experiments/export.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

typedef struct writer { const char *ending; s2s_status (*write)(const s2s_model *model, const char *path, s2s_error *err); } writer;

/* --- bytes ----------------------------------------------------------------------------------------------------------------------- */

/* A little-endian number of `size` bytes. */
static void put(s2s_string *s, uint64_t value, int size)
{
    for (int i = 0; i < size; i++) {
        const char byte = (char)(value >> (8 * i) & 0xFF);

        s2s_string_append(s, &byte, 1);
    }
}

/* CRC-32 of ISO 3309, a bit at a time: exports are small. */
static uint32_t crc32_of(const char *bytes, size_t length)
{
    uint32_t crc = 0xFFFFFFFFu;

    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return ~crc;
}

/* --- .npy and .zip ----------------------------------------------------------------------------------------------------------------- */

enum { NPY_PREFIX = 10, NPY_ALIGN = 64, ZIP_VERSION = 20, ZIP_DATE = 0x0021 };       /* 1 January 1980: the bytes depend on the weights alone */

static void npy(const s2s_tensor *t, s2s_string *ret)
{
    char shape[96], header[256];
    const int item = strcmp(t->type, "F64") == 0 ? 8 : 4;
    size_t length;

    if (t->rank == 1)
        snprintf(shape, sizeof shape, "(%lld,)", (long long)t->shape[0]);
    else
        snprintf(shape, sizeof shape, "(%lld, %lld)", (long long)t->shape[0], (long long)t->shape[1]);
    length = (size_t)snprintf(header, sizeof header, "{'descr': '<f%d', 'fortran_order': False, 'shape': %s, }", item, shape);
    while ((NPY_PREFIX + length + 1) % NPY_ALIGN != 0)
        header[length++] = ' ';
    header[length++] = '\n';
    s2s_string_append(ret, "\x93NUMPY\x01\x00", 8);
    put(ret, length, 2);
    s2s_string_append(ret, header, length);
    s2s_string_append(ret, t->data, (size_t)t->count * (size_t)item);
}

/* What a member's local header and its entry in the directory have in common. */
static void member_header(s2s_string *ret, uint32_t crc, size_t size, size_t name_length)
{
    put(ret, ZIP_VERSION, 2);
    put(ret, 0, 2);                       /* flags */
    put(ret, 0, 2);                       /* stored */
    put(ret, 0, 2);                       /* time */
    put(ret, ZIP_DATE, 2);
    put(ret, crc, 4);
    put(ret, size, 4);
    put(ret, size, 4);
    put(ret, name_length, 2);
    put(ret, 0, 2);                       /* no extra field */
}

static void add_member(s2s_string *archive, s2s_string *directory, const char *name, const s2s_string *data)
{
    const char    *bytes = s2s_string_chars(data);
    const uint32_t crc = crc32_of(bytes, data->length);
    const size_t   offset = archive->length;

    put(archive, 0x04034B50, 4);
    member_header(archive, crc, data->length, strlen(name));
    s2s_string_add(archive, name);
    s2s_string_append(archive, bytes, data->length);

    put(directory, 0x02014B50, 4);
    put(directory, ZIP_VERSION, 2);
    member_header(directory, crc, data->length, strlen(name));
    put(directory, 0, 2);                 /* no comment */
    put(directory, 0, 2);                 /* disk */
    put(directory, 0, 2);                 /* internal attributes */
    put(directory, 0, 4);                 /* external attributes */
    put(directory, offset, 4);
    s2s_string_add(directory, name);
}

static void end_archive(s2s_string *archive, const s2s_string *directory, size_t members)
{
    const size_t offset = archive->length;

    s2s_string_append(archive, s2s_string_chars(directory), directory->length);
    put(archive, 0x06054B50, 4);
    put(archive, 0, 4);                   /* disks */
    put(archive, members, 2);
    put(archive, members, 2);
    put(archive, directory->length, 4);
    put(archive, offset, 4);
    put(archive, 0, 2);                   /* no comment */
}

/* Sizes and offsets have four bytes, the number of members two. */
static s2s_status check_room(const s2s_tensors *tensors, s2s_error *err)
{
    int64_t bytes = 0;

    for (size_t i = 0; i < tensors->count; i++)
        bytes += tensors->tensor[i].count * 8 + 1024;
    if (bytes > UINT32_MAX || tensors->count > UINT16_MAX)
        return s2s_fail(err, S2S_FAILED, "the model is too large for keras-npz (4 GB, 65,535 arrays); --format safetensors has no such bounds");
    return S2S_OK;
}

static s2s_status write_npz(const s2s_model *model, const char *path, s2s_error *err)
{
    const s2s_tensors *tensors = &model->tensors;
    s2s_string archive = { 0 }, directory = { 0 };
    s2s_status status;
    bool       failed = false;

    S2S_TRY(check_room(tensors, err));
    for (size_t i = 0; i < tensors->count; i++) {
        s2s_string name = { 0 }, array = { 0 };

        s2s_string_printf(&name, "%s.npy", tensors->tensor[i].name);
        npy(&tensors->tensor[i], &array);
        add_member(&archive, &directory, s2s_string_chars(&name), &array);
        failed = failed || name.failed || array.failed;
        s2s_string_release(&name);
        s2s_string_release(&array);
    }
    end_archive(&archive, &directory, tensors->count);
    failed = failed || archive.failed || directory.failed;
    status = failed ? s2s_fail(err, S2S_MEMORY, "out of memory")
                    : s2s_file_write_string(path, &archive, err);
    s2s_string_release(&archive);
    s2s_string_release(&directory);
    return status;
}

/* --- formats ----------------------------------------------------------------------------------------------------------------------- */

static s2s_status write_safetensors(const s2s_model *model, const char *path, s2s_error *err)
{
    return s2s_tensors_write(path, &model->tensors, err);
}

const char *const s2s_export_formats[] = { "safetensors", "keras-npz", NULL };
static const writer writers[] = { { ".safetensors", write_safetensors }, { ".npz", write_npz } };

const char *s2s_export_ending(int format) { return writers[format].ending; }

s2s_status s2s_export(const s2s_model *model, int format, const char *path, s2s_error *err)
{
    return writers[format].write(model, path, err);
}
