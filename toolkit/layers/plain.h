/*
 * plain.h -- layers that no config names: what wrappers and the graph put in by themselves.
 */
#ifndef S2S_LAYERS_PLAIN_H
#define S2S_LAYERS_PLAIN_H

#include "layers/layer.h"

/* Tokens or a constant as a dense sequence. The only place where a one-hot matrix can come into being. */
extern const s2s_layer_ops s2s_plain_to_dense;

/* Groups as ordinary tokens, one sequence for each row of the outer sequence; and (B',D) results put back in the outer order:
 * inputs {results, the groups they came from}. */
extern const s2s_layer_ops s2s_plain_fold, s2s_plain_unfold;

/* The Activation layer's node, for layers that take an activation as an option. */
s2s_status s2s_plain_activation(s2s_expander *out, s2s_object *activation, int input, int *ret, s2s_error *err);

#endif
