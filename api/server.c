#include "api/server_inside.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum { MOST_WAITING = 4096 /* requests that wait for a worker */ };

int64_t server_microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- workers ---- */

static void *work(void *user)
{
    struct worker *worker = user;
    struct server *server = worker->server;
    pthread_mutex_lock(&server->lock);
    for (;;) {
        while (!server->first && !server->done)
            pthread_cond_wait(&server->wanted, &server->lock);
        struct job *job = server->first;
        if (!job)
            break;
        server->first = job->next;
        server->waiting--;
        pthread_mutex_unlock(&server->lock);
        service_answers(server->service, worker->pith, &job->request, &job->reply);
        job->done = true;
        MHD_resume_connection(job->connection);
        pthread_mutex_lock(&server->lock);
    }
    pthread_mutex_unlock(&server->lock);
    return NULL;
}

bool server_hand_over(struct job *job)
{
    struct server *server = job->server;
    pthread_mutex_lock(&server->lock);
    bool room = server->waiting < MOST_WAITING && !server->done;
    if (room) {
        MHD_suspend_connection(job->connection);
        job->next = NULL;
        if (server->first)
            server->last->next = job;
        else
            server->first = job;
        server->last = job;
        server->waiting++;
        pthread_cond_signal(&server->wanted);
    }
    pthread_mutex_unlock(&server->lock);
    return room;
}

/* ---- start and stop ---- */

static enum pith_status start_workers(struct server *server, struct pith_error *reterr)
{
    enum pith_status status = PITH_OK;
    for (unsigned i = 0; !status && i < server->options.workers; i++) {
        struct worker *worker = &server->worker[i];
        worker->server = server;
        status = pith_open(server->options.home, true, &worker->pith, reterr);
        if (!status && pthread_create(&worker->thread, NULL, work, worker) != 0) {
            pith_close(worker->pith);
            status = pith_fail(reterr, PITH_IO, "cannot start a thread");
        }
        server->workers += !status;
    }
    if (!status) {
        server->reaping = pthread_create(&server->reaper, NULL, server_reap, server) == 0;
        status = server->reaping ? PITH_OK : pith_fail(reterr, PITH_IO, "cannot start a thread");
    }
    return status;
}

enum pith_status server_start(const struct server_options *options, struct service *service, struct server **ret_server,
                              struct pith_error *reterr)
{
    struct server *server = pith_calloc(1, sizeof *server);
    if (!server)
        return pith_no_memory(reterr);
    server->options = *options;
    server->service = service;
    server->lines.next = server->lines.previous = &server->lines;
    pthread_mutex_init(&server->lock, NULL);
    for (size_t i = 0; i < SERVER_HANDLES; i++)
        pthread_mutex_init(&server->handle[i].lock, NULL);
    pthread_cond_init(&server->wanted, NULL);
    pthread_cond_init(&server->idle, NULL);
    pthread_cond_init(&server->ending, NULL);
    server->closing = eventfd(0, EFD_CLOEXEC);
    enum pith_status status = server->closing < 0 ? pith_fail(reterr, PITH_IO, "cannot start: %s", strerror(errno))
                              : options->workers < 1 || options->workers > SERVER_WORKERS
                                  ? pith_fail(reterr, PITH_USAGE, "there are 1 to %d workers", SERVER_WORKERS)
                                  : start_workers(server, reterr);
    if (!status)
        status = server_start_lanes(server, reterr);
    if (status) {
        server_stop(server);
        return status;
    }
    *ret_server = server;
    return PITH_OK;
}

/* Until all that was accepted is answered, or the deadline is over. */
static void wait_for_answers(struct server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += server->options.deadline;
    pthread_mutex_lock(&server->lock);
    int error = 0;
    while (server->active && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&server->idle, &server->lock, &until);
    pthread_mutex_unlock(&server->lock);
}

void server_stop(struct server *server)
{
    if (server->admitting) {
        eventfd_write(server->closing, 1);
        pthread_join(server->doorman, NULL);
        close(server->options.socket);
        wait_for_answers(server);
    }
    pthread_mutex_lock(&server->lock);
    server->done = true;
    pthread_cond_broadcast(&server->wanted);
    pthread_cond_broadcast(&server->ending);
    pthread_mutex_unlock(&server->lock);
    for (unsigned i = 0; i < server->workers; i++)
        pthread_join(server->worker[i].thread, NULL);
    if (server->reaping)
        pthread_join(server->reaper, NULL);
    for (unsigned i = 0; i < server->lanes; i++)
        if (server->lane[i].daemon)
            MHD_stop_daemon(server->lane[i].daemon);
    for (unsigned i = 0; i < server->workers; i++)
        pith_close(server->worker[i].pith);
    for (size_t i = 0; i < SERVER_HANDLES; i++) {
        if (server->handle[i].pith)
            pith_close(server->handle[i].pith);
        pthread_mutex_destroy(&server->handle[i].lock);
    }
    if (server->places)
        room_free(server->places);
    free(server->lane);
    if (server->closing >= 0)
        close(server->closing);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->wanted);
    pthread_cond_destroy(&server->idle);
    pthread_cond_destroy(&server->ending);
    free(server);
}
