/* interrupt.h -- Ctrl-C: the first asks for an orderly end, the second ends at once. */
#ifndef S2S_EXPERIMENTS_CLI_INTERRUPT_H
#define S2S_EXPERIMENTS_CLI_INTERRUPT_H

#include <signal.h>

/* From now on SIGINT and SIGTERM set the flag that comes back; a second one ends the program with 130. */
const volatile sig_atomic_t *s2s_interrupt_listen(void);

#endif
