#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "layers/penalty.h"
#include "tests/unit/object.h"

static void apply(const char *text, int rank, int64_t rows, int64_t columns, real *w)
{
    const s2s_object *const object = object_of(&s2s_constraints, text);

    ((const s2s_constraint_ops *)object->entry)->apply(object->options, rank, rows, columns, w);
}

static void expect_near(const char *text, int n, const real *got, const double *want)
{
    for (int i = 0; i < n; i++)
        cr_expect(fabs((double)got[i] - want[i]) < (sizeof(real) == sizeof(double) ? 1e-9 : 1e-6),
                  "%s[%d]: %.12g, not %.12g", text, i, (double)got[i], want[i]);
}

/* Keras 3.15.1 on JAX 0.10.2, float64: MaxNorm(), MaxNorm(1.5, axis=1), MinMaxNorm(0.5, 1.0, rate=0.9), UnitNorm(), NonNeg() of w. */
Test(constraint, values_are_those_of_keras)
{
    static const double w[6] = { 3.0, -0.1, 0.0, 4.0, 0.2, -1.0 };
    static const struct { const char *text; double want[6]; } cases[] = {
        { "max_norm", { 1.199999976, -0.09999995527866, 0, 1.599999968, 0.1999999105573, -0.9999999 } },
        { "{type: MaxNorm, max_value: 1.5, axis: 1}",
          { 1.499167310524, -0.04997224368414, 0, 1.453504714123, 0.07267523570616, -0.3633761785308 } },
        { "{type: MinMaxNorm, min_value: 0.5, rate: 0.9}",
          { 0.8399999832, -0.2112460235029, 0, 1.1199999776, 0.4224920470058, -0.9999999 } },
        { "unit_norm", { 0.599999988, -0.4472133955, 0, 0.799999984, 0.8944267910001, -0.9999999 } },
        { "non_neg", { 3, 0, 0, 4, 0.2, 0 } },
        { "{type: Clip, min_value: -0.5, max_value: 1.5}", { 1.5, -0.1, 0, 1.5, 0.2, -0.5 } },      /* ours */
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(cases[0]); k++) {
        real got[6];

        for (int i = 0; i < 6; i++)
            got[i] = (real)w[i];
        apply(cases[k].text, 2, 2, 3, got);
        expect_near(cases[k].text, 6, got, cases[k].want);
    }
}

/* The same: MaxNorm()([3, 4, -12]) is one vector of norm 13. */
Test(constraint, a_vector_is_one_whole)
{
    real v[3] = { 3, 4, -12 }, row[3] = { 3, 4, -12 };

    apply("max_norm", 1, 1, 3, v);
    expect_near("vector", 3, v, (const double[]){ 0.4615384579882, 0.6153846106509, -1.846153831953 });
    apply("max_norm", 2, 1, 3, row);
    expect_near("matrix of one row", 3, row, (const double[]){ 6 / 3.0000001, 8 / 4.0000001, -24 / 12.0000001 });
}

/* Columns are handled in blocks: all of them, whatever their number. */
Test(constraint, wide_matrices)
{
    enum { ROWS = 5, COLUMNS = 37 };
    real w[ROWS * COLUMNS];

    for (int i = 0; i < ROWS * COLUMNS; i++)
        w[i] = (real)(1.0 + sin(i));
    apply("unit_norm", 2, ROWS, COLUMNS, w);
    for (int c = 0; c < COLUMNS; c++) {
        double squares = 0.0;

        for (int r = 0; r < ROWS; r++)
            squares += (double)w[r * COLUMNS + c] * (double)w[r * COLUMNS + c];
        cr_expect(fabs(squares - 1.0) < 1e-6, "column %d: %g", c, squares);
    }
}

Test(constraint, a_nan_is_never_hidden)
{
    FOR_EACH_EXAMPLE(s2s_constraints, text) {
        real w[4] = { (real)NAN, 1, 2, 3 };

        apply(*text, 2, 2, 2, w);
        cr_expect(isnan((double)w[0]), "%s", *text);
    }
}
