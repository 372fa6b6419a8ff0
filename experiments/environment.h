/*
 * environment.h -- environment.json: on what, with what and when a run was made. Nothing that is computed depends on it.
 */
#ifndef S2S_EXPERIMENTS_ENVIRONMENT_H
#define S2S_EXPERIMENTS_ENVIRONMENT_H

#include "experiments/session.h"

/* Before a run goes on. Errors: S2S_DATA when a file of the data set has another SHA-256 than the run began with. */
s2s_status s2s_environment_check_data(const s2s_session *session, s2s_error *err);

/* A new file, or the old one brought up to date: `start` stays, all else is of now. `status`: "running". */
s2s_status s2s_environment_write(const s2s_session *session, s2s_error *err);

/* At the end of a session: "finished", "interrupted", "diverged" or "failed", and the date. */
s2s_status s2s_environment_finish(const s2s_session *session, s2s_status why, s2s_error *err);

#endif
