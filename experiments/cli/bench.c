/* bench.c -- `s2s bench`: speed, share of the machine's peak, memory, and where the time goes. */
#include "experiments/bench.h"

#include "experiments/cli/load.h"
#include "experiments/json.h"
#include "experiments/precision.h"

static const s2s_option options[] = {
    { "seconds", "S", "measure training for so long, prediction for half of it (default: 4)", NULL },
    { "json", NULL, "one JSON object", NULL },
    S2S_OPTION_THREADS,
    S2S_OPTION_END
};

static json_t *figures(const s2s_bench_figures *f)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:I}", "batch_size", (json_int_t)f->batch,
                     "samples_per_second", s2s_json_number(f->samples_per_second),
                     "milliseconds_per_step", s2s_json_number(f->milliseconds_per_step), "gflops", s2s_json_number(f->gflops),
                     "peak_fraction", s2s_json_number(f->peak_fraction), "allocations", (json_int_t)f->allocations);
}

static void print_json(const s2s_line *line, const s2s_bench *bench)
{
    json_t    *phases = json_object();
    s2s_string text = { 0 };

    for (int i = 0; i < S2S_PHASE_COUNT; i++)
        json_object_set_new(phases, s2s_phase_names[i], s2s_json_number(bench->phase[i]));
    s2s_json_add(json_pack("{s:s, s:i, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "config", line->word[0], "threads", bench->threads,
                           "kernel", bench->kernel, "peak_gflops", s2s_json_number(bench->peak_gflops),
                           "float32_peak_gflops", s2s_json_number(bench->float32_gflops), "train", figures(&bench->train), "predict", figures(&bench->predict),
                           "predict_one", figures(&bench->predict_one), "phases", phases,
                           "peak_memory_bytes", (json_int_t)bench->peak_memory), &text);
    fprintf(line->terminal->out, "%s\n", s2s_string_chars(&text));
    s2s_string_release(&text);
}

static void print_row(FILE *stream, const char *name, const s2s_bench_figures *f)
{
    char shown[S2S_SHOWN_SIZE];

    fprintf(stream, "%-12s %6lld %13s %10.4g %10.4g %7.0f%% %12lld\n", name, (long long)f->batch,
            s2s_show_count((int64_t)(f->samples_per_second + 0.5), shown), f->milliseconds_per_step, f->gflops, 100 * f->peak_fraction,
            (long long)f->allocations);
}

static void print_table(const s2s_line *line, const s2s_bench *bench)
{
    FILE *stream = line->terminal->out;
    char shown[S2S_SHOWN_SIZE];

    fprintf(stream, "%s: %d thread%s, kernel %s, measured peak %.4g GFLOP/s", line->word[0], bench->threads,
            bench->threads == 1 ? "" : "s", bench->kernel, bench->peak_gflops);
    if (bench->peak_gflops != bench->float32_gflops)
        fprintf(stream, " in its products of bfloat16, %.4g in float32's", bench->float32_gflops);
    fputs("\n\n", stream);
    fprintf(stream, "%-12s %6s %13s %10s %10s %8s %12s\n", "", "batch", "samples/s", "ms a step", "GFLOP/s", "of peak", "allocations");
    print_row(stream, "training", &bench->train);
    print_row(stream, "prediction", &bench->predict);
    print_row(stream, "one answer", &bench->predict_one);
    fprintf(stream, "\nA training step's time:");
    for (int i = 0; i < S2S_PHASE_COUNT; i++)
        fprintf(stream, "%s %s %.1f%%", i > 0 ? "," : "", s2s_phase_names[i], 100 * bench->phase[i]);
    fprintf(stream, "\nPeak memory %s\n", s2s_show_bytes(bench->peak_memory, shown));
}

static s2s_status measure(const s2s_line *line, s2s_experiment *experiment, s2s_error *err)
{
    const char *given = s2s_line_option(line, "seconds");
    double      seconds = 4;
    int         threads;
    s2s_bench   bench;

    if (given != NULL && (!s2s_text_to_real(s2s_text_of(given), &seconds) || !(seconds > 0 && seconds <= 86400)))
        return s2s_fail(err, S2S_USAGE, "--seconds: expected a number above 0, got '%s'", given);
    S2S_TRY(s2s_line_threads(line, &threads, err));
    s2s_precision_note(experiment, line->terminal);
    S2S_TRY(s2s_bench_run(experiment, threads, seconds, &bench, err));
    if (s2s_line_option(line, "json") != NULL)
        print_json(line, &bench);
    else
        print_table(line, &bench);
    return S2S_OK;
}

static s2s_status run(const s2s_line *line, s2s_error_list *errors)
{
    s2s_experiment *experiment;
    s2s_error       err;

    S2S_TRY(s2s_line_load(line, true, &experiment, errors));
    return measure(line, experiment, &err) == S2S_OK ? S2S_OK : s2s_errors_take(errors, &err);
}

const s2s_command s2s_command_bench = { .options = options, .least = 1, .most = 1, .settings = true, .run = run };
