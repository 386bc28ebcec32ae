#include "models/loss.h"

#include <math.h>

double loss_sigmoid(double margin)
{
    if (margin >= 0)
        return 1.0 / (1.0 + exp(-margin));
    double e = exp(margin);
    return e / (1.0 + e);
}

static double logistic_value(double margin)
{
    return margin >= 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
}

static double logistic_slope(double margin)
{
    return -loss_sigmoid(-margin);
}

static double logistic_curvature(double margin)
{
    return loss_sigmoid(margin) * loss_sigmoid(-margin);
}

static double logistic_bend(double margin)
{
    return logistic_curvature(margin) * (loss_sigmoid(-margin) - loss_sigmoid(margin));
}

const struct loss loss_logistic = {"logistic", logistic_value, logistic_slope, logistic_curvature, logistic_bend};
const struct loss loss_bradley_terry = {"Bradley-Terry", logistic_value, logistic_slope, logistic_curvature, logistic_bend};
