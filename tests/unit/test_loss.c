#include "models/loss.h"

#include <criterion/criterion.h>
#include <math.h>

static const struct loss *const losses[] = {&loss_logistic, &loss_bradley_terry};
enum { LOSSES = sizeof losses / sizeof *losses };

static void expect_near(double got, double expected, double tolerance, const char *what, double margin)
{
    cr_expect(fabs(got - expected) <= tolerance, "%s at %g: %.12g, not %.12g", what, margin, got, expected);
}

Test(loss, derivatives_are_the_differences)
{
    const double step = 1e-4;
    for (size_t i = 0; i < LOSSES; i++) {
        const struct loss *loss = losses[i];
        for (double margin = -30; margin <= 30; margin += 0.37) {
            double below = margin - step, above = margin + step;
            expect_near(loss->slope(margin), (loss->value(above) - loss->value(below)) / (2 * step), 1e-8, "slope", margin);
            expect_near(loss->curvature(margin), (loss->slope(above) - loss->slope(below)) / (2 * step), 1e-8, "curvature", margin);
            expect_near(loss->bend(margin), (loss->curvature(above) - loss->curvature(below)) / (2 * step), 1e-8, "bend", margin);
        }
    }
}

Test(loss, values_are_the_formula_where_it_can_be_computed)
{
    for (size_t i = 0; i < LOSSES; i++)
        for (double margin = -20; margin <= 20; margin += 0.25) {
            double plain = log(1 + exp(-margin));
            expect_near(losses[i]->value(margin), plain, 1e-12 * (1 + plain), "value", margin);
        }
    cr_expect_eq(losses[0]->value(0), log(2));
}

/* A small probability keeps its digits: 1 - σ would have lost them all. */
Test(loss, tails_keep_their_digits)
{
    for (size_t i = 0; i < LOSSES; i++)
        for (double margin = 40; margin <= 700; margin += 60) {
            double tail = exp(-margin);
            cr_expect(fabs(losses[i]->value(margin) / tail - 1) < 1e-12, "value at %g", margin);
            cr_expect(fabs(losses[i]->slope(margin) / -tail - 1) < 1e-12, "slope at %g", margin);
            cr_expect(fabs(losses[i]->curvature(margin) / tail - 1) < 1e-12, "curvature at %g", margin);
            cr_expect(fabs(losses[i]->curvature(-margin) / tail - 1) < 1e-12, "curvature at %g", -margin);
        }
}

Test(loss, extremes_are_finite)
{
    for (size_t i = 0; i < LOSSES; i++) {
        const struct loss *loss = losses[i];
        cr_expect_eq(loss->value(1e3), 0);
        cr_expect_eq(loss->value(-1e3), 1e3, "a margin that wrong costs just itself");
        cr_expect_eq(loss->slope(-1e3), -1);
        cr_expect_eq(fabs(loss->slope(1e3)), 0);
        cr_expect(loss->curvature(1e3) == 0 && loss->curvature(-1e3) == 0);
        for (double margin = -1e3; margin <= 1e3; margin += 9.7) {
            cr_expect(isfinite(loss->value(margin)) && loss->value(margin) >= 0, "value at %g", margin);
            cr_expect(loss->slope(margin) >= -1 && loss->slope(margin) <= 0, "slope at %g", margin);
            cr_expect(loss->curvature(margin) >= 0 && loss->curvature(margin) <= 0.25, "curvature at %g", margin);
        }
    }
    cr_expect(isfinite(loss_sigmoid(1e308)) && isfinite(loss_sigmoid(-1e308)));
}

Test(loss, both_verdicts_are_mirror_images)
{
    for (double margin = 0; margin <= 1e3; margin = margin * 1.3 + 0.1) {
        expect_near(loss_sigmoid(margin) + loss_sigmoid(-margin), 1, 1e-15, "sum of probabilities", margin);
        for (size_t i = 0; i < LOSSES; i++) {
            const struct loss *loss = losses[i];
            expect_near(loss->value(-margin) - loss->value(margin), margin, 1e-12 * margin, "log-odds", margin);
            expect_near(loss->slope(margin) + loss->slope(-margin), -1, 1e-15, "sum of slopes", margin);
            cr_expect_eq(loss->curvature(margin), loss->curvature(-margin));
        }
    }
}

Test(loss, sigmoid_rises_from_0_to_1)
{
    cr_expect_eq(loss_sigmoid(0), 0.5);
    cr_expect(loss_sigmoid(-1e3) == 0 && loss_sigmoid(1e3) == 1);
    for (double margin = -740; margin < 36; margin += 0.5) /* from where exp(-margin) overflows */
        cr_expect_lt(loss_sigmoid(margin), loss_sigmoid(margin + 0.5), "at %g", margin);
    expect_near(loss_sigmoid(log(3)), 0.75, 1e-15, "odds of three to one", log(3));
}
