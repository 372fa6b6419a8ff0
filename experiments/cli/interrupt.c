/* interrupt.c -- a flag set by SIGINT and SIGTERM. */
#include "experiments/cli/interrupt.h"

#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    if (interrupted)
        _exit(130);
    interrupted = 1;
}

const volatile sig_atomic_t *s2s_interrupt_listen(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };

    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    return &interrupted;
}
