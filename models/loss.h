/* loss: what one observation costs, as a function of its margin m = row · w. Each loss one const record. */
#ifndef PITH_MODELS_LOSS_H
#define PITH_MODELS_LOSS_H

struct loss {
    const char *name;
    double (*value)(double margin);
    double (*slope)(double margin);     /* d value / d margin */
    double (*curvature)(double margin); /* second derivative, >= 0 */
    double (*bend)(double margin);      /* third derivative */
};

/* log(1 + exp(-m)): a thumb seen as a logistic observation of y·u(x); the row carries the sign y. */
extern const struct loss loss_logistic;
/* The same function read as Bradley & Terry (1952): P(a over b) = σ(u(a) - u(b)); the row is the difference of the two. */
extern const struct loss loss_bradley_terry;

/* σ(m), without overflow at either end. */
double loss_sigmoid(double margin);

#endif
