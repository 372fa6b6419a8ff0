/* test_tensorboard.c -- event files byte by byte. (tests/tensorboard/check.py has TensorBoard itself read them.) */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "experiments/tensorboard.h"

/* CRC-32C of "123456789" is 0xE3069283 (RFC 3720's polynomial); the mask is (crc >> 15 | crc << 17) + 0xa282ead8. */
Test(tensorboard, crc_is_the_masked_one)
{
    const uint32_t crc = 0xE3069283u;

    cr_assert(s2s_events_crc("123456789", 9) == ((crc >> 15 | crc << 17) + 0xA282EAD8u));
}

Test(tensorboard, a_number_is_a_framed_protocol_buffer)
{
    const s2s_event_scalar scalar[] = { { "a", 1.5 }, { "b", NAN } };
    static const unsigned char event[] = {
        0x09, 0, 0, 0, 0, 0, 0, 0, 0x40,               /* 1: 2.0 */
        0x10, 0xAC, 0x02,                              /* 2: 300 */
        0x2A, 10,                                      /* 5: summary of 10 bytes */
        0x0A, 8,                                       /*   1: value of 8 */
        0x0A, 1, 'a', 0x15, 0, 0, 0xC0, 0x3F,          /*     1: "a"  2: 1.5 */
    };
    s2s_string file = { 0 };

    s2s_events_add_scalars(&file, 2.0, 300, scalar, 2);
    cr_assert(file.length == 12 + sizeof event + 4, "%zu bytes", file.length);
    cr_assert(file.chars[0] == sizeof event && file.chars[7] == 0);
    cr_assert(memcmp(file.chars + 12, event, sizeof event) == 0);
    s2s_string_release(&file);
}

static s2s_string file_of(int steps)
{
    const s2s_event_scalar scalar[] = { { "loss", 0.5 } };
    s2s_string file = { 0 };

    s2s_events_add_version(&file, 1);
    s2s_events_add_start(&file, 1, &(s2s_pair){ .key = "units", .value = "8" }, 1);
    for (int i = 1; i <= steps; i++) {
        s2s_events_add_scalars(&file, 1, i, scalar, 1);
        s2s_events_add_text(&file, 1, i, "samples", "| a | b |");
    }
    return file;
}

Test(tensorboard, a_file_is_cut_behind_a_step)
{
    s2s_string all = file_of(200), some = file_of(130);

    cr_assert(s2s_events_until((s2s_text){ all.chars, all.length }, 130) == (int64_t)some.length);
    cr_assert(s2s_events_until((s2s_text){ all.chars, all.length }, 1000) == (int64_t)all.length);
    s2s_string_release(&all);
    s2s_string_release(&some);
}

/* Whatever is broken off or changed, only whole events before it count. */
Test(tensorboard, broken_files_are_cut_where_they_break)
{
    s2s_string all = file_of(3), two = file_of(2);

    for (size_t length = two.length; length < all.length; length++) {
        const int64_t whole = s2s_events_until((s2s_text){ all.chars, length }, 9);
        cr_assert(whole >= (int64_t)two.length && whole <= (int64_t)length);
    }
    all.chars[two.length + 20] ^= 1;
    cr_assert(s2s_events_until((s2s_text){ all.chars, all.length }, 9) == (int64_t)two.length);
    cr_assert(s2s_events_until((s2s_text){ "", 0 }, 9) == 0);
    s2s_string_release(&all);
    s2s_string_release(&two);
}
