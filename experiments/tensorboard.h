/*
 * tensorboard.h -- events in TensorBoard's file format: a chain of framed records, each a protocol buffer.
 *
 *   record   length (8 bytes, little-endian) | CRC of the length (4) | event | CRC of the event (4)
 *   CRC      CRC-32C, turned right by 15 bits, plus 0xa282ead8
 *   event    1: wall time (double)  2: step  3: "brain.Event:2" (the first event)  5: summary of values
 *   value    1: tag  2: a number (float)  8: tensor  9: metadata with the name and the data of a plugin
 *
 * Functions add whole events to a string of bytes; nothing is read or written but by the last one.
 *
 * Units    wall times in seconds since 1970.
 * Source   the .proto files of TensorFlow (event, summary, tensor) and of TensorBoard's hparams plugin.
 */
#ifndef S2S_EXPERIMENTS_TENSORBOARD_H
#define S2S_EXPERIMENTS_TENSORBOARD_H

#include "config/config.h"

#define S2S_RUN_EVENTS "events.out.tfevents"       /* TensorBoard looks for "tfevents" in names */

/* Where the events of a sweep's trials lie, in its directory: tensorboard/trial-0001/... */
#define S2S_SWEEP_EVENTS "tensorboard"

/* The first event of a file. */
void s2s_events_add_version(s2s_string *ret, double wall);

/* Numbers of one step; NaN and infinity are left out. */
typedef struct s2s_event_scalar { const char *tag; double value; } s2s_event_scalar;
void s2s_events_add_scalars(s2s_string *ret, double wall, int64_t step, const s2s_event_scalar *scalar, size_t count);

/* A text, shown as Markdown. */
void s2s_events_add_text(s2s_string *ret, double wall, int64_t step, const char *tag, const char *markdown);

/* Beginning and end of a run, for the table of hyperparameters: what it was given, and how it ended. */
void s2s_events_add_start(s2s_string *ret, double wall, const s2s_pair *pair, size_t count);
void s2s_events_add_end(s2s_string *ret, double wall, int64_t step, bool success);

/* Bytes of the whole events from the start with steps up to `step`: where a file is cut when its run goes on from there. */
int64_t s2s_events_until(s2s_text bytes, int64_t step);

/* The masked CRC of a record. */
uint32_t s2s_events_crc(const char *bytes, size_t length);

/* Write a file for each trial of a sweep, from its ledger: figures by epoch, parameters, how it ended. */
s2s_status s2s_tensorboard_sweep(const char *folder, s2s_error *err);

#endif
