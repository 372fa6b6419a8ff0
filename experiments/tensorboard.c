/* tensorboard.c -- see tensorboard.h. Protocol buffers by hand: a field is its number and wire type, then its value. */
#include "experiments/tensorboard.h"

#include <math.h>
#include <string.h>

/* --- frames -------------------------------------------------------------------------------------------------------------- */

enum { HEAD = 12, TAIL = 4 };          /* bytes around an event */

/* CRC-32C of one byte after another; the polynomial 0x1EDC6F41, reflected. */
static uint32_t crc32c(const char *bytes, size_t length)
{
    static const uint32_t POLYNOMIAL = 0x82F63B78u;
    uint32_t crc = 0xFFFFFFFFu;

    for (size_t i = 0; i < length; i++) {
        crc ^= (unsigned char)bytes[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    }
    return ~crc;
}

uint32_t s2s_events_crc(const char *bytes, size_t length)
{
    const uint32_t crc = crc32c(bytes, length);

    return ((crc >> 15) | (crc << 17)) + 0xA282EAD8u;
}

/* The low `count` bytes of a number, little end first. */
static void add_bytes(s2s_string *ret, uint64_t value, int count)
{
    for (int i = 0; i < count; i++)
        s2s_string_append(ret, &(const char){ (char)(value >> (8 * i)) }, 1);
}

static uint64_t read_bytes(const char *bytes, int count)
{
    uint64_t value = 0;

    for (int i = count; i-- > 0;)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

/* The event becomes a record of the file; it is released. */
static void add_record(s2s_string *ret, s2s_string *event)
{
    s2s_string length = { 0 };

    add_bytes(&length, event->length, 8);
    ret->failed = ret->failed || length.failed || event->failed;
    if (!ret->failed) {
        s2s_string_append(ret, length.chars, length.length);
        add_bytes(ret, s2s_events_crc(length.chars, length.length), 4);
        s2s_string_append(ret, s2s_string_chars(event), event->length);
        add_bytes(ret, s2s_events_crc(event->chars, event->length), TAIL);
    }
    s2s_string_release(&length);
    s2s_string_release(event);
}

/* --- protocol buffers ---------------------------------------------------------------------------------------------------- */

enum { VARINT = 0, EIGHT_BYTES = 1, RUN_OF_BYTES = 2, FOUR_BYTES = 5 };       /* wire types */

static void add_varint(s2s_string *ret, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        s2s_string_append(ret, &(const char){ (char)(value | 0x80) }, 1);
    s2s_string_append(ret, &(const char){ (char)value }, 1);
}

static void add_key(s2s_string *ret, int field, int type) { add_varint(ret, (uint64_t)(field << 3 | type)); }

static void add_int(s2s_string *ret, int field, int64_t value)
{
    add_key(ret, field, VARINT);
    add_varint(ret, (uint64_t)value);
}

static void add_double(s2s_string *ret, int field, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    add_key(ret, field, EIGHT_BYTES);
    add_bytes(ret, bits, 8);
}

static void add_float(s2s_string *ret, int field, double value)
{
    const float narrow = (float)value;
    uint32_t    bits;

    memcpy(&bits, &narrow, sizeof bits);
    add_key(ret, field, FOUR_BYTES);
    add_bytes(ret, bits, 4);
}

static void add_run(s2s_string *ret, int field, const char *bytes, size_t length)
{
    add_key(ret, field, RUN_OF_BYTES);
    add_varint(ret, length);
    s2s_string_append(ret, bytes, length);
}

static void add_text(s2s_string *ret, int field, const char *text) { add_run(ret, field, text, strlen(text)); }

/* A message inside another; it is released. */
static void add_message(s2s_string *ret, int field, s2s_string *message)
{
    ret->failed = ret->failed || message->failed;
    add_run(ret, field, s2s_string_chars(message), message->length);
    s2s_string_release(message);
}

/* --- events -------------------------------------------------------------------------------------------------------------- */

enum { EVENT_TIME = 1, EVENT_STEP = 2, EVENT_VERSION = 3, EVENT_SUMMARY = 5 };
enum { SUMMARY_VALUE = 1 };
enum { VALUE_TAG = 1, VALUE_NUMBER = 2, VALUE_TENSOR = 8, VALUE_METADATA = 9 };
enum { METADATA_PLUGIN = 1, METADATA_CLASS = 4, PLUGIN_NAME = 1, PLUGIN_CONTENT = 2, CLASS_TENSOR = 2 };
enum { TENSOR_TYPE = 1, TENSOR_SHAPE = 2, TENSOR_FLOATS = 5, TENSOR_TEXTS = 8, TYPE_FLOAT = 1, TYPE_TEXT = 7, SHAPE_DIM = 2, DIM_SIZE = 1 };
enum { HPARAMS_START = 3, HPARAMS_END = 4, START_PARAMETERS = 1, START_TIME = 5, END_STATUS = 1, END_TIME = 2 };
enum { ENTRY_KEY = 1, ENTRY_VALUE = 2, ANY_NUMBER = 2, ANY_TEXT = 3, ANY_BOOL = 4 };
enum { STATUS_SUCCESS = 1, STATUS_FAILURE = 2 };

/* Time and step come first in every event: s2s_events_until relies on it. */
static s2s_string event_at(double wall, int64_t step)
{
    s2s_string event = { 0 };

    add_double(&event, EVENT_TIME, wall);
    add_int(&event, EVENT_STEP, step);
    return event;
}

/* An event whose summary has one value. */
static void add_value_event(s2s_string *ret, double wall, int64_t step, s2s_string *value)
{
    s2s_string event = event_at(wall, step), summary = { 0 };

    add_message(&summary, SUMMARY_VALUE, value);
    add_message(&event, EVENT_SUMMARY, &summary);
    add_record(ret, &event);
}

static void add_metadata(s2s_string *value, const char *plugin, s2s_string *content, int class)
{
    s2s_string metadata = { 0 }, data = { 0 };

    add_text(&data, PLUGIN_NAME, plugin);
    if (content != NULL)
        add_message(&data, PLUGIN_CONTENT, content);
    add_message(&metadata, METADATA_PLUGIN, &data);
    if (class != 0)
        add_int(&metadata, METADATA_CLASS, class);
    add_message(value, VALUE_METADATA, &metadata);
}

/* A vector of one element: a text, or 0. */
static void add_tensor(s2s_string *value, const char *text)
{
    s2s_string tensor = { 0 }, shape = { 0 }, dim = { 0 };

    add_int(&tensor, TENSOR_TYPE, text ? TYPE_TEXT : TYPE_FLOAT);
    add_int(&dim, DIM_SIZE, 1);
    add_message(&shape, SHAPE_DIM, &dim);
    add_message(&tensor, TENSOR_SHAPE, &shape);
    if (text != NULL)
        add_text(&tensor, TENSOR_TEXTS, text);
    else
        add_float(&tensor, TENSOR_FLOATS, 0);
    add_message(value, VALUE_TENSOR, &tensor);
}

void s2s_events_add_version(s2s_string *ret, double wall)
{
    s2s_string event = event_at(wall, 0);

    add_text(&event, EVENT_VERSION, "brain.Event:2");
    add_record(ret, &event);
}

void s2s_events_add_scalars(s2s_string *ret, double wall, int64_t step, const s2s_event_scalar *scalar, size_t count)
{
    s2s_string event = event_at(wall, step), summary = { 0 };

    for (size_t i = 0; i < count; i++) {
        s2s_string value = { 0 };

        if (!isfinite(scalar[i].value))
            continue;
        add_text(&value, VALUE_TAG, scalar[i].tag);
        add_float(&value, VALUE_NUMBER, scalar[i].value);
        add_message(&summary, SUMMARY_VALUE, &value);
    }
    add_message(&event, EVENT_SUMMARY, &summary);
    add_record(ret, &event);
}

void s2s_events_add_text(s2s_string *ret, double wall, int64_t step, const char *tag, const char *markdown)
{
    s2s_string value = { 0 };

    add_text(&value, VALUE_TAG, tag);
    add_tensor(&value, markdown);
    add_metadata(&value, "text", NULL, CLASS_TENSOR);
    add_value_event(ret, wall, step, &value);
}

/* --- hyperparameters ----------------------------------------------------------------------------------------------------- */

/* google.protobuf.Value: what a key's text is, a number, true or false, or a text. */
static void add_any(s2s_string *ret, int field, const char *text)
{
    s2s_string any = { 0 };
    double     number;

    if (s2s_text_to_real(s2s_text_of(text), &number) && isfinite(number))
        add_double(&any, ANY_NUMBER, number);
    else if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
        add_int(&any, ANY_BOOL, *text == 't');
    else
        add_text(&any, ANY_TEXT, text);
    add_message(ret, field, &any);
}

static void add_hparams_event(s2s_string *ret, double wall, int64_t step, const char *tag, int field, s2s_string *message)
{
    s2s_string value = { 0 }, data = { 0 };

    add_message(&data, field, message);
    add_text(&value, VALUE_TAG, tag);
    add_tensor(&value, NULL);
    add_metadata(&value, "hparams", &data, 0);
    add_value_event(ret, wall, step, &value);
}

void s2s_events_add_start(s2s_string *ret, double wall, const s2s_pair *pair, size_t count)
{
    s2s_string start = { 0 };

    for (size_t i = 0; i < count; i++) {
        s2s_string entry = { 0 };

        add_text(&entry, ENTRY_KEY, pair[i].key);
        add_any(&entry, ENTRY_VALUE, pair[i].value ? pair[i].value : "null");
        add_message(&start, START_PARAMETERS, &entry);
    }
    add_double(&start, START_TIME, wall);
    add_hparams_event(ret, wall, 0, "_hparams_/session_start_info", HPARAMS_START, &start);
}

void s2s_events_add_end(s2s_string *ret, double wall, int64_t step, bool success)
{
    s2s_string end = { 0 };

    add_int(&end, END_STATUS, success ? STATUS_SUCCESS : STATUS_FAILURE);
    add_double(&end, END_TIME, wall);
    add_hparams_event(ret, wall, step, "_hparams_/session_end_info", HPARAMS_END, &end);
}

/* --- reading ------------------------------------------------------------------------------------------------------------- */

/* The step of an event that was written here; -1 for anything else. */
static int64_t step_of(const char *event, size_t length)
{
    enum { TIME_BYTES = 9 };
    uint64_t step = 0;
    size_t   at = TIME_BYTES;

    if (length < at + 2 || event[0] != (EVENT_TIME << 3 | EIGHT_BYTES) || event[at++] != (EVENT_STEP << 3 | VARINT))
        return -1;
    for (int shift = 0; at < length && shift < 63; shift += 7) {
        step |= (uint64_t)(event[at] & 0x7F) << shift;
        if (!(event[at++] & 0x80))
            return (int64_t)step;
    }
    return -1;
}

int64_t s2s_events_until(s2s_text bytes, int64_t step)
{
    size_t at = 0;

    while (bytes.length - at >= HEAD + TAIL) {
        const char    *record = bytes.chars + at;
        const uint64_t length = read_bytes(record, 8);
        int64_t        found;

        if (read_bytes(record + 8, 4) != s2s_events_crc(record, 8) || length > bytes.length - at - HEAD - TAIL
            || read_bytes(record + HEAD + length, TAIL) != s2s_events_crc(record + HEAD, length))
            break;
        found = step_of(record + HEAD, length);
        if (found < 0 || found > step)
            break;
        at += HEAD + length + TAIL;
    }
    return (int64_t)at;
}
