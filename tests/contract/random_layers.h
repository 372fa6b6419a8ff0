/*
 * random_layers.h -- YAML for random layers, drawn from the registry and its field tables: a new layer or key takes part by itself.
 */
#ifndef TESTS_CONTRACT_RANDOM_LAYERS_H
#define TESTS_CONTRACT_RANDOM_LAYERS_H

#include "base/random.h"
#include "base/text.h"

typedef struct random_source { s2s_stream stream; uint64_t next; } random_source;

random_source random_source_make(uint64_t seed);
uint64_t random_below(random_source *r, uint64_t n);

/* One layer as flow YAML with random options. It may well not fit where it is put: the graph says so. */
void random_layer(random_source *r, s2s_string *ret);

#endif
