#include "engine/crypto/credentials.h"
#include "engine/digest/trail.h"
#include "engine/profile/profile.h"
#include "tests/lib/testing.h"
#include <pith/pith.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY = 20000, LAST = DAY + 45, TODAY = DAY + 1, NOW = 1000 };

/* A home with papers and one reader, whose profile is locked, and another handle on the same store. */
struct home {
    struct pith *pith;
    struct store *store;
    struct store_profile whose;
    unsigned char key[STORE_TICKET_KEY];
};

static struct home make_home(void)
{
    struct home home;
    struct pith_import_report report;
    struct pith_error error;
    const char *folder = testing_folder();
    size_t length;
    char *lines = testing_papers(3, &length);
    cr_assert_eq(pith_open(folder, true, &home.pith, &error), PITH_OK, "%s", error.message);
    cr_assert_eq(pith_import(home.pith, lines, length, 0, &report, NULL), PITH_OK);
    cr_assert_eq(pith_create_profile(home.pith, "word", 4, PITH_INTERACTIVE, NULL), PITH_OK);
    cr_assert_eq(store_open(folder, false, &home.store, NULL), PITH_OK);
    cr_assert_eq(profile_find(home.store, NULL, &home.whose, NULL), PITH_OK);
    cr_assert_eq(store_ticket_key(home.store, home.key, NULL), PITH_OK);
    free(lines);
    return home;
}

static void close_home(struct home *home)
{
    pith_close(home->pith);
    store_close(home->store);
}

static struct ticket mail_ticket(const struct home *home)
{
    struct ticket ticket = {.kind = PITH_TICKET_MAIL, .day = DAY, .last = LAST};
    memcpy(ticket.profile, home->whose.id, VAULT_ID);
    return ticket;
}

/* A thumb's text; static buffers, eight at a time. */
static const char *thumb(const struct home *home, unsigned paper, int verdict)
{
    static char text[8][PITH_TICKET_TEXT];
    static unsigned next;
    struct ticket ticket = mail_ticket(home);
    ticket.kind = PITH_TICKET_THUMB;
    ticket.verdict = verdict;
    ticket.paper = ticket_paper(testing_paper_key(paper));
    cr_assert_eq(store_find_key(home->store, testing_paper_key(paper), &ticket.number, NULL), PITH_OK);
    char *at = text[next++ % 8];
    ticket_write(home->key, &ticket, at);
    return at;
}

static void unlock(struct home *home)
{
    struct pith_error error;
    cr_assert_eq(pith_unlock(home->pith, PITH_PASSPHRASE, "word", 4, NOW, &error), PITH_OK, "%s", error.message);
}

static void lock(struct home *home)
{
    cr_assert_eq(pith_set_reader(home->pith, NULL, NULL), PITH_OK);
}

/* The digest of what stands after all that waits was taken in; static buffers, eight at a time. */
static const char *standing(struct home *home)
{
    static struct pith_summary summary[8];
    static unsigned next;
    struct pith_summary *at = &summary[next++ % 8];
    unlock(home);
    cr_assert_eq(pith_summarise(home->pith, at, NULL), PITH_OK);
    lock(home);
    return at->digest;
}

static void vote(struct home *home, unsigned paper, int verdict)
{
    struct pith_vote change = {.paper = testing_paper_key(paper), .verdict = verdict, .day = TODAY};
    unlock(home);
    cr_assert_eq(pith_record(home->pith, &change, 1, NULL, NULL), PITH_OK);
    lock(home);
}

static void expect_use(struct home *home, const char *text, bool expected)
{
    struct pith_error error;
    bool done = !expected;
    cr_assert_eq(pith_use_ticket(home->pith, text, TODAY, &done, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(done, expected);
}

static void expect_return(struct home *home, const char *text, bool expected)
{
    struct pith_error error;
    bool done = !expected;
    cr_assert_eq(pith_return_ticket(home->pith, text, TODAY, &done, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(done, expected);
}

Test(ticket, says_what_it_was_made_for_and_is_the_same_each_time)
{
    struct home home = make_home();
    struct pith_ticket *read;
    struct pith_error error;
    char again[PITH_TICKET_TEXT];
    strcpy(again, thumb(&home, 101, -1));
    cr_expect_str_eq(again, thumb(&home, 101, -1), "made again, the same");
    cr_expect_str_neq(again, thumb(&home, 101, 1));
    cr_assert_eq(pith_read_ticket(home.pith, again, LAST, &read, &error), PITH_OK, "%s", error.message);
    cr_expect_eq(read->kind, PITH_TICKET_THUMB);
    cr_expect_eq(read->day, DAY);
    cr_expect_eq(read->last, LAST);
    cr_expect_eq(read->verdict, -1);
    cr_expect_str_eq(read->paper.key, testing_paper_key(101));
    cr_expect(read->paper.title[0] && !read->spent);
    pith_ticket_free(read);
    cr_expect_eq(pith_read_ticket(home.pith, again, LAST + 1, &read, &error), PITH_LOCKED);
    cr_expect(strstr(error.message, "good until"), "%s", error.message);
    close_home(&home);
}

Test(ticket, every_changed_character_or_another_store_is_refused)
{
    struct home home = make_home(), other = make_home();
    struct pith_ticket *read;
    char text[PITH_TICKET_TEXT], longer[PITH_TICKET_TEXT + 1];
    strcpy(text, thumb(&home, 0, 1));
    for (size_t i = 0; text[i]; i++) {
        char kept = text[i];
        for (const char *wrong = "A-_0 =\x7f"; *wrong; wrong++) {
            text[i] = *wrong;
            if (*wrong != kept)
                cr_assert_eq(pith_read_ticket(home.pith, text, TODAY, &read, NULL), PITH_NOT_FOUND, "character %zu", i);
        }
        text[i] = kept;
    }
    snprintf(longer, sizeof longer, "%sA", text);
    cr_expect_eq(pith_read_ticket(home.pith, longer, TODAY, &read, NULL), PITH_NOT_FOUND);
    cr_expect_eq(pith_read_ticket(home.pith, "", TODAY, &read, NULL), PITH_NOT_FOUND);
    cr_expect_eq(pith_read_ticket(other.pith, text, TODAY, &read, NULL), PITH_NOT_FOUND, "another store has another key");
    close_home(&home);
    close_home(&other);
}

Test(ticket, every_flipped_bit_of_its_bytes_is_refused)
{
    unsigned char key[STORE_TICKET_KEY] = "a key that only this test has", name[STORE_TICKET], raw[96];
    const struct ticket made = {.kind = PITH_TICKET_REPLY, .number = 12, .day = TICKET_FIRST_DAY, .last = TICKET_LAST_DAY};
    struct ticket read;
    char text[PITH_TICKET_TEXT];
    cr_assert_eq(vault_start(NULL), PITH_OK);
    ticket_write(key, &made, text);
    cr_assert_eq(ticket_read(key, text, &read, name, NULL), PITH_OK);
    cr_expect_eq(read.number, 12);
    cr_expect_eq(read.day, TICKET_FIRST_DAY);
    cr_expect_eq(read.last, TICKET_LAST_DAY);
    size_t length = strlen(text) * 6 / 8;
    cr_assert(credentials_read_base64url(text, raw, length));
    for (size_t bit = 0; bit < 8 * length; bit++) {
        raw[bit / 8] ^= (unsigned char)(1U << bit % 8);
        credentials_write_base64url(raw, length, text);
        cr_expect_eq(ticket_read(key, text, &read, name, NULL), PITH_NOT_FOUND, "bit %zu", bit);
        raw[bit / 8] ^= (unsigned char)(1U << bit % 8);
    }
}

Test(ticket, records_once_while_the_profile_is_locked)
{
    struct home home = make_home();
    struct pith_ticket *read;
    const char *up = thumb(&home, 0, 1);
    expect_use(&home, up, true);
    expect_use(&home, up, false);
    cr_assert_eq(pith_read_ticket(home.pith, up, TODAY, &read, NULL), PITH_OK);
    cr_expect(read->spent);
    pith_ticket_free(read);
    struct pith_votes *votes;
    unlock(&home);
    cr_assert_eq(pith_list_votes(home.pith, &votes, NULL), PITH_OK);
    cr_assert_eq(votes->count, 1);
    cr_expect_str_eq(votes->item[0].key, testing_paper_key(0));
    cr_expect_eq(votes->item[0].verdict, 1);
    cr_expect_eq(votes->item[0].day, TODAY);
    pith_votes_free(votes);
    lock(&home);
    expect_use(&home, up, false);
    unlock(&home);
    cr_assert_eq(pith_list_votes(home.pith, &votes, NULL), PITH_OK);
    cr_expect_eq(votes->count, 1);
    pith_votes_free(votes);
    close_home(&home);
}

Test(ticket, taken_back_leaves_no_trace_waiting_or_taken_in)
{
    struct home home = make_home();
    const char *up = thumb(&home, 0, 1);
    vote(&home, 0, -1);
    const char *before = standing(&home);
    expect_return(&home, up, false);
    expect_use(&home, up, true);
    expect_return(&home, up, true);
    cr_expect_str_eq(standing(&home), before, "it still waited");
    expect_use(&home, up, true);
    cr_expect_str_neq(standing(&home), before);
    expect_return(&home, up, true);
    expect_return(&home, up, false);
    cr_expect_str_eq(standing(&home), before, "it had been taken in");
    expect_use(&home, up, true);
    const char *used = standing(&home);
    expect_return(&home, up, true);
    expect_use(&home, up, true);
    cr_expect_str_eq(standing(&home), used, "used again before the undo was taken in");
    close_home(&home);
}

Test(ticket, taken_back_spares_what_the_reader_voted_otherwise)
{
    struct home home = make_home();
    const char *up = thumb(&home, 0, 1), *down = thumb(&home, 0, -1);
    expect_use(&home, up, true);
    const char *liked = standing(&home);
    vote(&home, 0, -1);
    const char *since = standing(&home);
    expect_return(&home, up, true);
    cr_expect_str_eq(standing(&home), since, "the later vote stands");
    vote(&home, 1, 1);
    const char *own = standing(&home);
    const char *same = thumb(&home, 1, 1);
    expect_use(&home, same, true);
    expect_return(&home, same, true);
    cr_expect_str_eq(standing(&home), own, "the reader's own vote, which the ticket only repeated, stands");
    vote(&home, 0, 0);
    vote(&home, 1, 0);
    expect_use(&home, up, true);
    expect_use(&home, down, true);
    expect_return(&home, down, true);
    cr_expect_str_eq(standing(&home), liked, "the ticket before it counts again");
    close_home(&home);
}

Test(ticket, random_uses_agree_with_a_plain_table)
{
    struct home home = make_home();
    enum { TICKETS = 6 };
    static char text[TICKETS][PITH_TICKET_TEXT];
    size_t order[TICKETS], used = 0; /* tickets in use, the last used last */
    srand(7);
    for (size_t i = 0; i < TICKETS; i++)
        strcpy(text[i], thumb(&home, (unsigned)(i / 2), i % 2 ? 1 : -1));
    for (int step = 0; step < 120; step++) {
        size_t i = (size_t)rand() % TICKETS, at = 0;
        while (at < used && order[at] != i)
            at++;
        if (rand() % 2) {
            expect_use(&home, text[i], at == used);
            if (at == used)
                order[used++] = i;
        } else {
            expect_return(&home, text[i], at < used);
            if (at < used)
                memmove(&order[at], &order[at + 1], (--used - at) * sizeof *order);
        }
        if (rand() % 4)
            continue;
        int expected[TICKETS / 2] = {0};
        for (size_t k = 0; k < used; k++)
            expected[order[k] / 2] = order[k] % 2 ? 1 : -1;
        struct pith_votes *votes;
        unlock(&home);
        cr_assert_eq(pith_list_votes(home.pith, &votes, NULL), PITH_OK);
        for (size_t k = 0; k < votes->count; k++)
            for (unsigned paper = 0; paper < TICKETS / 2; paper++)
                if (strcmp(votes->item[k].key, testing_paper_key(paper)) == 0)
                    expected[paper] -= votes->item[k].verdict;
        for (size_t paper = 0; paper < TICKETS / 2; paper++)
            cr_expect_eq(expected[paper], 0, "step %d, paper %zu", step, paper);
        pith_votes_free(votes);
        lock(&home);
    }
    close_home(&home);
}

Test(ticket, survives_the_joining_of_its_paper)
{
    struct home home = make_home();
    struct pith_ticket *read;
    struct pith_error error;
    struct ticket ticket = mail_ticket(&home);
    char text[PITH_TICKET_TEXT];
    int64_t keep, drop;
    strcpy(text, thumb(&home, 1, 1));
    cr_assert_eq(store_find_key(home.store, testing_paper_key(0), &keep, NULL), PITH_OK);
    cr_assert_eq(store_find_key(home.store, testing_paper_key(1), &drop, NULL), PITH_OK);
    cr_assert_eq(store_begin(home.store, false, NULL), PITH_OK);
    cr_assert_eq(store_join_papers(home.store, keep, drop, NULL), PITH_OK);
    cr_assert_eq(store_commit(home.store, NULL), PITH_OK);
    cr_assert_eq(pith_read_ticket(home.pith, text, TODAY, &read, &error), PITH_OK, "%s", error.message);
    cr_expect_str_eq(read->paper.key, testing_paper_key(0));
    pith_ticket_free(read);
    ticket.kind = PITH_TICKET_THUMB;
    ticket.verdict = 1;
    ticket.number = keep;
    ticket.paper = ticket_paper("arxiv:9999.00001");
    ticket_write(home.key, &ticket, text);
    cr_expect_eq(pith_read_ticket(home.pith, text, TODAY, &read, &error), PITH_NOT_FOUND, "a number that means another paper now");
    close_home(&home);
}

Test(ticket, of_a_reader_who_is_gone_or_for_another_purpose)
{
    struct home home = make_home();
    struct pith_ticket *read;
    bool done;
    char text[PITH_TICKET_TEXT];
    struct ticket ticket = mail_ticket(&home);
    ticket.kind = PITH_TICKET_REPLY;
    ticket_write(home.key, &ticket, text);
    cr_expect_eq(pith_use_ticket(home.pith, text, TODAY, &done, NULL), PITH_USAGE);
    cr_assert_eq(pith_read_ticket(home.pith, text, TODAY, &read, NULL), PITH_OK);
    cr_expect_eq(read->kind, PITH_TICKET_REPLY);
    pith_ticket_free(read);
    cr_assert_eq(pith_erase(home.pith, NULL), PITH_OK);
    cr_expect_eq(pith_read_ticket(home.pith, text, TODAY, &read, NULL), PITH_NOT_FOUND);
    close_home(&home);
}

static bool wants_mail(struct home *home)
{
    struct pith_settings settings;
    unlock(home);
    cr_assert_eq(pith_get_settings(home->pith, &settings, NULL), PITH_OK);
    lock(home);
    return settings.mail;
}

Test(ticket, unsubscribes_and_takes_that_back)
{
    struct home home = make_home();
    char text[PITH_TICKET_TEXT];
    struct ticket ticket = mail_ticket(&home);
    ticket_write(home.key, &ticket, text);
    cr_expect(wants_mail(&home));
    expect_use(&home, text, true);
    expect_use(&home, text, false);
    cr_expect_not(wants_mail(&home));
    expect_return(&home, text, true);
    cr_expect(wants_mail(&home));
    expect_use(&home, text, true);
    expect_return(&home, text, true);
    cr_expect(wants_mail(&home), "neither was taken in");
    close_home(&home);
}

/* Two handles on one profile: what one wrote is not written over by the other, which knows an older state. */
Test(ticket, a_change_over_an_older_state_keeps_what_stands)
{
    struct home home = make_home();
    struct profile *stale;
    struct vault_secret secret = {PITH_PASSPHRASE, "word", 4};
    struct profile_change change = {.paper = testing_paper_key(5), .verdict = VERDICT_UP, .day = TODAY};
    cr_assert_eq(profile_unlock(home.store, home.whose.id, &secret, 0, &stale, NULL), PITH_OK);
    vote(&home, 0, 1);
    cr_expect_eq(profile_record(stale, &change, 1, NULL, NULL), PITH_OK);
    cr_expect_eq(profile_verdict(stale, testing_paper_key(0)), VERDICT_UP);
    cr_expect_eq(profile_verdict(stale, testing_paper_key(5)), VERDICT_UP);
    profile_lock(stale);
    close_home(&home);
}

/* ---- trails ---- */

static struct trail trail_of(const unsigned *papers, size_t count)
{
    struct trail trail = {.count = count};
    for (size_t i = 0; i < count; i++) {
        char key[PAPER_KEY_SIZE];
        snprintf(key, sizeof key, "arxiv:2401.%05u", papers[i]);
        trail.item[i].number = papers[i];
        trail.item[i].paper = ticket_paper(key);
    }
    return trail;
}

Test(trail, comes_back_as_it_was_written_and_beside_its_own_tickets_alone)
{
    struct home home = make_home();
    struct ticket beside = mail_ticket(&home), other = beside;
    static const unsigned papers[TRAIL_MOST] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    for (size_t count = 1; count <= TRAIL_MOST; count++) {
        struct trail trail = trail_of(papers, count), read;
        char text[PITH_TRAIL_TEXT], again[PITH_TRAIL_TEXT];
        trail_write(home.key, &beside, &trail, text);
        trail_write(home.key, &beside, &trail, again);
        cr_expect_str_eq(text, again);
        cr_assert_eq(trail_read(home.key, &beside, text, &read, NULL), PITH_OK);
        cr_assert_eq(read.count, count);
        for (size_t i = 0; i < count; i++)
            cr_expect(read.item[i].number == trail.item[i].number && read.item[i].paper == trail.item[i].paper);
        other.day = beside.day + 1;
        cr_expect_eq(trail_read(home.key, &other, text, &read, NULL), PITH_NOT_FOUND, "of another day");
        other.day = beside.day;
        other.profile[0] = (unsigned char)(beside.profile[0] + 1);
        cr_expect_eq(trail_read(home.key, &other, text, &read, NULL), PITH_NOT_FOUND, "of another reader");
        other.profile[0] = beside.profile[0];
        for (size_t i = 0; text[i]; i++) {
            char was = text[i];
            text[i] = was == 'A' ? 'B' : 'A';
            cr_expect_eq(trail_read(home.key, &beside, text, &read, NULL), PITH_NOT_FOUND, "changed at %zu", i);
            text[i] = was;
        }
        text[strlen(text) - 1] = '\0';
        cr_expect_eq(trail_read(home.key, &beside, text, &read, NULL), PITH_NOT_FOUND, "cut short");
    }
    struct trail none = {0}, read;
    char text[PITH_TRAIL_TEXT];
    trail_write(home.key, &beside, &none, text);
    cr_expect_str_eq(text, "");
    cr_expect_eq(trail_read(home.key, &beside, "", &read, NULL), PITH_NOT_FOUND);
    cr_expect_eq(trail_read(home.key, &beside, thumb(&home, 1, 1), &read, NULL), PITH_NOT_FOUND, "a ticket is no trail");
    close_home(&home);
}

Test(trail, leads_from_paper_to_paper_past_those_that_are_gone)
{
    struct home home = make_home();
    struct ticket beside = mail_ticket(&home);
    PITH_AUTO(pith_next_free_p) struct pith_next *next = NULL, *last = NULL;
    struct trail trail = trail_of((const unsigned[]){2, 9999, 3}, 3);
    int64_t id;
    for (size_t i = 0; i < 3; i += 2) {
        char key[PAPER_KEY_SIZE];
        cr_assert_eq(store_paper_key(home.store, trail.item[i].number, key, NULL), PITH_OK);
        trail.item[i].paper = ticket_paper(key);
        cr_assert_eq(store_find_key(home.store, key, &id, NULL), PITH_OK);
    }
    char text[PITH_TRAIL_TEXT];
    trail_write(home.key, &beside, &trail, text);
    cr_assert_eq(pith_next_paper(home.pith, thumb(&home, 1, 1), text, TODAY, &next, NULL), PITH_OK);
    cr_expect(*next->paper.title && *next->trail);
    cr_assert_eq(pith_next_paper(home.pith, next->up, next->trail, TODAY, &last, NULL), PITH_OK);
    cr_expect_str_neq(last->paper.key, next->paper.key);
    cr_expect_str_eq(last->trail, "");
    bool done = false;
    cr_assert_eq(pith_use_ticket(home.pith, last->down, TODAY, &done, NULL), PITH_OK);
    cr_expect(done, "its thumbs are tickets as any");
    struct pith_next *none = NULL;
    cr_expect_eq(pith_next_paper(home.pith, last->up, "nonsense", TODAY, &none, NULL), PITH_NOT_FOUND);
    cr_expect_eq(pith_next_paper(home.pith, next->up, next->trail, LAST + 1, &none, NULL), PITH_LOCKED, "past its last day");
    cr_expect_null(none);
    close_home(&home);
}
