/*
 * observe_checkpoints.c -- when a run is saved: after an epoch if two seconds have passed since the last time, and at the end.
 *
 * "The end" is also an interruption and NaN: the weights are then those after the last good step.
 */
#include "base/clock.h"
#include "experiments/checkpoint.h"

typedef struct checkpoints {
    const s2s_session *session;
    double saved;                  /* seconds: when */
} checkpoints;

static const double BETWEEN = 2.0;         /* seconds */

static s2s_status save(checkpoints *self, s2s_error *err)
{
    S2S_TRY(s2s_checkpoint_write(self->session, err));
    self->saved = s2s_clock_seconds();
    return S2S_OK;
}

static s2s_status epoch(void *this, const s2s_epoch_report *report, s2s_error *err)
{
    checkpoints *self = this;

    (void)report;
    return s2s_clock_seconds() - self->saved >= BETWEEN ? save(self, err) : S2S_OK;
}

/* After a failed write or without memory the last whole checkpoint stays as it is. */
static s2s_status end(void *self, s2s_status why, s2s_error *err)
{
    return why == S2S_OK || why == S2S_INTERRUPTED || why == S2S_NAN ? save(self, err) : S2S_OK;
}

s2s_status s2s_observe_checkpoints(s2s_session *session, s2s_observer *ret, s2s_error *err)
{
    checkpoints *self = S2S_NEW(session->arena, checkpoints);

    if (self == NULL)
        return s2s_fail(err, S2S_MEMORY, "out of memory");
    *self = (checkpoints){ .session = session, .saved = s2s_clock_seconds() };
    *ret = (s2s_observer){ .self = self, .epoch = epoch, .end = end };
    return S2S_OK;
}
