/* gradients.c -- `s2s gradients`: who vanishes and who explodes, as table, plot and CSV. */
#include "experiments/gradients.h"

#include <math.h>

#include "experiments/cli/command.h"
#include "experiments/cli/interrupt.h"
#include "experiments/plot.h"

enum { EXAMPLES = 128, ROWS = 26 };

static const s2s_option options[] = {
    { "examples", "N", "of the training data (default: 128)", NULL },
    { "out", "FILE", "write every figure (.csv) or the picture (.svg, .png) in place of drawing on the terminal", NULL },
    S2S_OPTION_CHECKPOINT,
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

static s2s_status read_request(const s2s_line *line, s2s_gradients_request *ret, s2s_error *err)
{
    *ret = (s2s_gradients_request){
        .source = line->word[0], .settings = line->setting, .setting_count = (size_t)line->setting_count,
        .checkpoint = s2s_line_checkpoint(line), .terminal = line->terminal,
    };
    S2S_TRY(s2s_plot_check(s2s_line_option(line, "out"), err));
    S2S_TRY(s2s_line_number(line, "examples", 1, 1000000, EXAMPLES, &ret->examples, err));
    return s2s_line_threads(line, &ret->threads, err);
}

/* Both ends of a layer, and how many times the one is the other. */
static void print_ends(FILE *stream, const s2s_state_norms *norms, const char *when)
{
    const double first = norms->norm[0], last = norms->norm[norms->steps - 1];
    char a[S2S_SHOWN_SIZE], b[S2S_SHOWN_SIZE], c[S2S_SHOWN_SIZE];

    fprintf(stream, "%-28s %-7s step 1: %-10s step %lld: %-10s first/last: %s\n", norms->layer, when, s2s_show_figure(first, a),
            (long long)norms->steps, s2s_show_figure(last, b), s2s_show_figure(first / last, c));
}

static s2s_status show(const s2s_line *line, const s2s_gradients *gradients, s2s_error *err)
{
    FILE *stream = line->terminal->out;
    s2s_string table = { 0 };
    s2s_chart  chart;

    S2S_TRY(s2s_gradients_chart(gradients, line->arena, &chart, err));
    s2s_chart_add_table(&chart, ROWS, &table);
    fprintf(stream, "%s\n", s2s_string_chars(&table));
    s2s_string_release(&table);
    for (int i = 0; i < gradients->count; i++) {
        print_ends(stream, &gradients->before[i], "before");
        print_ends(stream, &gradients->after[i], "after");
    }
    fprintf(stream, "after: %lld epochs\n\n", (long long)gradients->epochs);
    if (s2s_line_option(line, "out") == NULL && !s2s_plot_possible()) {        /* the table is there already */
        fprintf(line->terminal->err, "%s\n", S2S_PLOT_MISSING);
        return S2S_OK;
    }
    return s2s_plot_show(&chart, NULL, s2s_line_option(line, "out"), line->terminal, err);
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_gradients_request request;
    s2s_gradients gradients;
    s2s_error     err;

    if (read_request(line, &request, &err) != S2S_OK)
        return s2s_errors_take(errors, &err);
    request.interrupted = s2s_interrupt_listen();
    S2S_TRY(s2s_gradients_measure(&request, line->arena, &gradients, errors));
    return show(line, &gradients, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_gradients = { .options = options, .least = 1, .most = 1, .settings = true, .run = run };
