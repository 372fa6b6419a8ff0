/* model_file.c -- the texts in a model's metadata, and the files that a RUN argument can mean. */
#include "experiments/model_file.h"

#include <stdio.h>
#include <string.h>

#include "experiments/json.h"
#include "experiments/run_directory.h"

/* --- writing ------------------------------------------------------------------------------------------------------------- */

static json_t *vocabulary_to_json(const s2s_vocabulary *vocabulary)
{
    json_t *symbols = json_array();

    for (int64_t i = 0; i < s2s_vocabulary_size(vocabulary); i++) {
        const s2s_text symbol = s2s_vocabulary_symbol(vocabulary, (int32_t)i);
        json_array_append_new(symbols, json_stringn(symbol.chars, symbol.length));
    }
    return json_pack("{s:o, s:i}", "symbols", symbols, "unknown", (int)s2s_vocabulary_unknown(vocabulary));
}

void s2s_vocabularies_write(const s2s_vocabulary_list *vocabularies, s2s_string *ret)
{
    json_t *map = json_object();

    for (size_t i = 0; i < vocabularies->count; i++)
        json_object_set_new(map, vocabularies->item[i].name, vocabulary_to_json(vocabularies->item[i].vocabulary));
    s2s_json_add(map, ret);
}

static json_t *stream_to_json(const s2s_stream_info *info)
{
    return json_pack("{s:I, s:I}", "width", (json_int_t)info->width, "steps", (json_int_t)info->steps);
}

void s2s_signature_write(const s2s_signature *signature, s2s_string *ret)
{
    json_t *streams = json_array();

    for (int i = 0; i < signature->stream_count; i++)
        json_array_append_new(streams, stream_to_json(&signature->stream[i]));
    s2s_json_add(json_pack("{s:o, s:o}", "streams", streams, "target", stream_to_json(&signature->target)), ret);
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

static s2s_status broken(s2s_error *err, const char *key) { return s2s_fail(err, S2S_DATA, "the model's %s cannot be read", key); }

/* The JSON object under a metadata key; NULL where there is none, or it is something else. */
static json_t *metadata_object(const s2s_tensors *tensors, const char *key)
{
    const char *text = s2s_metadata_find(tensors, key);
    json_t     *json = text ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;

    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

static s2s_status read_vocabulary(const json_t *json, s2s_arena *arena, s2s_vocabulary **ret, s2s_error *err)
{
    const json_t   *symbols = json_object_get(json, "symbols"), *unknown = json_object_get(json, "unknown");
    const json_int_t count = (json_int_t)json_array_size(symbols);
    s2s_vocabulary *vocabulary;

    if (!json_is_array(symbols) || !json_is_integer(unknown) || json_integer_value(unknown) < -1 || json_integer_value(unknown) >= count)
        return broken(err, S2S_METADATA_VOCABULARIES);
    S2S_TRY(s2s_vocabulary_create(arena, &vocabulary, err));
    for (json_int_t i = 0; i < count; i++) {
        const json_t  *symbol = json_array_get(symbols, (size_t)i);
        const s2s_text text = { json_string_value(symbol), json_string_length(symbol) };

        if (!json_is_string(symbol) || s2s_vocabulary_add(vocabulary, text) != i)
            return broken(err, S2S_METADATA_VOCABULARIES);
    }
    s2s_vocabulary_set_unknown(vocabulary, (int32_t)json_integer_value(unknown));
    *ret = vocabulary;
    return S2S_OK;
}

static s2s_status read_vocabularies(json_t *map, s2s_arena *arena, s2s_vocabulary_list *ret, s2s_error *err)
{
    s2s_vocabulary_list list = { 0 };
    const char *name;
    json_t     *value;

    list.item = s2s_arena_alloc(arena, json_object_size(map), sizeof *list.item);
    if (list.item == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    json_object_foreach(map, name, value) {
        list.item[list.count].name = s2s_arena_strdup(arena, name);
        S2S_TRY(read_vocabulary(value, arena, &list.item[list.count++].vocabulary, err));
    }
    *ret = list;
    return S2S_OK;
}

s2s_status s2s_model_file_vocabularies(const s2s_tensors *tensors, s2s_arena *arena, s2s_vocabulary_list *ret, s2s_error *err)
{
    json_t    *map;
    s2s_status status;

    *ret = (s2s_vocabulary_list){ 0 };
    if (s2s_metadata_find(tensors, S2S_METADATA_VOCABULARIES) == NULL)
        return S2S_OK;
    map = metadata_object(tensors, S2S_METADATA_VOCABULARIES);
    status = map ? read_vocabularies(map, arena, ret, err) : broken(err, S2S_METADATA_VOCABULARIES);
    json_decref(map);
    return status;
}

static bool read_stream(const json_t *json, s2s_stream_info *info)
{
    const json_t *width = json_object_get(json, "width"), *steps = json_object_get(json, "steps");

    if (!json_is_integer(width) || !json_is_integer(steps))
        return false;
    info->width = json_integer_value(width);
    info->steps = json_integer_value(steps);
    return info->width >= 1 && info->steps >= S2S_LENGTH_ANY;
}

s2s_status s2s_model_file_signature(const s2s_tensors *tensors, s2s_signature *signature, s2s_error *err)
{
    json_t       *json = metadata_object(tensors, S2S_METADATA_SIGNATURE);
    const json_t *streams = json_object_get(json, "streams");
    s2s_signature copy = *signature;
    bool good = json_array_size(streams) == (size_t)copy.stream_count && read_stream(json_object_get(json, "target"), &copy.target);

    for (int i = 0; good && i < copy.stream_count; i++)
        good = read_stream(json_array_get(streams, (size_t)i), &copy.stream[i]);
    json_decref(json);
    if (!good)
        return broken(err, S2S_METADATA_SIGNATURE);
    *signature = copy;
    return S2S_OK;
}

/* --- checking ------------------------------------------------------------------------------------------------------------ */

static const char *steps_text(int64_t steps, char buffer[32])
{
    if (steps == S2S_LENGTH_ANY)
        return "any length";
    snprintf(buffer, 32, "%lld step%s", (long long)steps, steps == 1 ? "" : "s");
    return steps == 0 ? "no steps" : buffer;
}

/* `which` is "stream " or "". */
static s2s_status check_stream(const char *which, const s2s_stream_info *file, const s2s_stream_info *made, s2s_error *err)
{
    static const char misfit[] = "its signature does not fit its data set";
    const char *unit = made->kind == S2S_STREAM_REALS ? "columns" : "symbols";
    char has[32], wants[32];

    if (file->width != made->width)
        return s2s_fail(err, S2S_DATA, "%s: %s'%s' has %lld %s, the data set says %lld", misfit, which, made->name, (long long)file->width, unit,
                        (long long)made->width);
    if (file->steps != made->steps)
        return s2s_fail(err, S2S_DATA, "%s: %s'%s' has %s, the data set says %s", misfit, which, made->name, steps_text(file->steps, has),
                        steps_text(made->steps, wants));
    return S2S_OK;
}

static s2s_status check_vocabulary(const char *name, const s2s_vocabulary *file, const s2s_vocabulary *made, s2s_error *err)
{
    static const char misfit[] = "its vocabularies do not fit its data set";
    const int64_t     count = s2s_vocabulary_size(made);

    if (s2s_vocabulary_size(file) != count)
        return s2s_fail(err, S2S_DATA, "%s: '%s' has %lld symbols, the data set says %lld", misfit, name, (long long)s2s_vocabulary_size(file),
                        (long long)count);
    for (int32_t i = 0; i < count; i++) {
        const s2s_text has = s2s_vocabulary_symbol(file, i), wants = s2s_vocabulary_symbol(made, i);

        if (!s2s_text_equal(has, wants))
            return s2s_fail(err, S2S_DATA, "%s: symbol %d of '%s' is '%.*s', the data set says '%.*s'", misfit, (int)i, name, S2S_TEXT_ARGS(has),
                            S2S_TEXT_ARGS(wants));
    }
    return S2S_OK;
}

s2s_status s2s_model_file_check(const s2s_tensors *tensors, const s2s_vocabulary_list *saved, const s2s_dataset *dataset, s2s_error *err)
{
    const s2s_signature *made = &dataset->signature;
    s2s_signature        file = *made;

    for (size_t i = 0; i < saved->count; i++) {
        const s2s_vocabulary *own = s2s_vocabulary_named(&dataset->vocabularies, saved->item[i].name);

        if (own == NULL)
            return s2s_fail(err, S2S_DATA, "its vocabularies do not fit its data set, which has none named '%s'", saved->item[i].name);
        S2S_TRY(check_vocabulary(saved->item[i].name, saved->item[i].vocabulary, own, err));
    }
    S2S_TRY(s2s_model_file_signature(tensors, &file, err));
    for (int i = 0; i < made->stream_count; i++)
        S2S_TRY(check_stream("stream ", &file.stream[i], &made->stream[i], err));
    return check_stream("", &file.target, &made->target, err);
}

/* --- finding ------------------------------------------------------------------------------------------------------------- */

s2s_status s2s_model_find(const char *run, s2s_arena *arena, s2s_model_place *ret, s2s_error *err)
{
    s2s_model_place place = { .folder = run };

    if (strcmp(run, "latest") == 0 && !s2s_folder_exists(run)) {
        S2S_TRY(s2s_run_latest(arena, &place.folder, err));
    } else if (s2s_folder_exists(run)) {
        if (!s2s_run_is_directory(run))
            return s2s_fail(err, S2S_DATA, "'%s' is no run directory: it holds no %s", run, S2S_RUN_STATE);
    } else if (s2s_file_exists(run)) {
        place.file = run;
        place.folder = s2s_path_folder(arena, run);
        if (place.folder == NULL)
            return s2s_fail(err, S2S_MEMORY, "out of memory");
        if (!s2s_run_is_directory(place.folder))
            place.folder = NULL;
    } else {
        return s2s_fail(err, S2S_DATA, "there is no run or model '%s'", run);
    }
    *ret = place;
    return S2S_OK;
}

s2s_status s2s_model_file_read(const char *run, s2s_checkpoint checkpoint, s2s_arena *arena, s2s_tensors *ret, s2s_error *err)
{
    s2s_model_place place = { 0 };

    S2S_TRY(s2s_model_find(run, arena, &place, err));
    if (place.file == NULL)
        place.file = s2s_path_join(arena, place.folder, checkpoint == S2S_CHECKPOINT_LAST ? S2S_RUN_LAST : S2S_RUN_BEST);
    if (place.file == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    return s2s_tensors_read(place.file, arena, ret, err);
}
