/* loss.c -- the registry of losses.def. */
#include "train/loss.h"

#define S2S_LOSS(name) extern const s2s_loss_ops s2s_loss_##name;
#include "train/losses.def"
#undef S2S_LOSS

static const s2s_entry *const entries[] = {
#define S2S_LOSS(name) &s2s_loss_##name.entry,
#include "train/losses.def"
#undef S2S_LOSS
};

const s2s_registry s2s_losses = {
    .noun = "loss", .plural = "losses", .entries = entries, .count = sizeof(entries) / sizeof(entries[0]),
    .hint = "nll and cross_entropy are called categorical_crossentropy",
};
