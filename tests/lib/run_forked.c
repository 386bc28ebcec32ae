/* Runs a suite's tests one after another, each in a process of its own, in place of Criterion's runner: that asks for memory at addresses
 * which ThreadSanitizer keeps for itself. The functions are those that Criterion's macros call. */
#include <criterion/criterion.h>
#include <criterion/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern struct criterion_test *__start_cr_tst[], *__stop_cr_tst[]; /* by the linker: Test() puts a pointer there */

static const struct criterion_test *now;
static bool failed;

void criterion_internal_test_setup(void)
{
    if (now->data->init)
        now->data->init();
}

void criterion_internal_test_main(void (*test)(void))
{
    test();
}

void criterion_internal_test_teardown(void)
{
    if (now->data->fini)
        now->data->fini();
}

void criterion_send_assert(struct criterion_assert_stats *stats)
{
    if (!stats->passed)
        fprintf(stderr, "%s:%u: %s::%s: %s\n", stats->file, stats->line, now->category, now->name, stats->message);
}

void cri_asserts_passed_incr(void)
{
}

void criterion_continue_test(void)
{
    failed = true;
}

void criterion_abort_test(void)
{
    exit(1);
}

static bool passes(const struct criterion_test *test)
{
    int state;
    now = test;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        test->test();
        exit(failed ? 1 : 0);
    }
    if (child < 0 || waitpid(child, &state, 0) != child)
        return false;
    return test->data->signal ? WIFSIGNALED(state) && WTERMSIG(state) == test->data->signal
                              : WIFEXITED(state) && WEXITSTATUS(state) == test->data->exit_code;
}

int main(void)
{
    size_t ran = 0, broken = 0;
    for (struct criterion_test **test = __start_cr_tst; test < __stop_cr_tst; test++) {
        if (!*test || (*test)->data->disabled)
            continue;
        ran++;
        if (!passes(*test)) {
            fprintf(stderr, "%s::%s failed\n", (*test)->category, (*test)->name);
            broken++;
        }
    }
    printf("%zu tests, %zu failed\n", ran, broken);
    return ran && !broken ? 0 : 1;
}
