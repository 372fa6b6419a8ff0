/* version.h -- what `s2s --version` prints and a run records. */
#ifndef S2S_EXPERIMENTS_VERSION_H
#define S2S_EXPERIMENTS_VERSION_H

#define S2S_VERSION "0.1.0"

#endif
