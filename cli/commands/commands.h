/* commands: the pith commands, as main.c calls them. A file holds those of one subject. */
#ifndef PITH_CLI_COMMANDS_COMMANDS_H
#define PITH_CLI_COMMANDS_COMMANDS_H

#include "cli/call.h"

enum pith_status command_config(struct call *call, struct pith_error *reterr);
enum pith_status command_setup(struct call *call, struct pith_error *reterr);
enum pith_status command_import(struct call *call, struct pith_error *reterr);
enum pith_status command_fetch(struct call *call, struct pith_error *reterr);
enum pith_status command_update(struct call *call, struct pith_error *reterr);
enum pith_status command_receipts(struct call *call, struct pith_error *reterr);
enum pith_status command_learn_embedding(struct call *call, struct pith_error *reterr);
enum pith_status command_init(struct call *call, struct pith_error *reterr);
enum pith_status command_rank(struct call *call, struct pith_error *reterr);
enum pith_status command_review(struct call *call, struct pith_error *reterr);
enum pith_status command_search(struct call *call, struct pith_error *reterr);
enum pith_status command_seed(struct call *call, struct pith_error *reterr);
enum pith_status command_up(struct call *call, struct pith_error *reterr);
enum pith_status command_down(struct call *call, struct pith_error *reterr);
enum pith_status command_prefer(struct call *call, struct pith_error *reterr);
enum pith_status command_redo(struct call *call, struct pith_error *reterr);
enum pith_status command_undo(struct call *call, struct pith_error *reterr);
enum pith_status command_votes(struct call *call, struct pith_error *reterr);
enum pith_status command_vote(struct call *call, struct pith_error *reterr);
enum pith_status command_show(struct call *call, struct pith_error *reterr);
enum pith_status command_open(struct call *call, struct pith_error *reterr);
enum pith_status command_days(struct call *call, struct pith_error *reterr);
enum pith_status command_later(struct call *call, struct pith_error *reterr);
enum pith_status command_review(struct call *call, struct pith_error *reterr);
enum pith_status command_why(struct call *call, struct pith_error *reterr);
enum pith_status command_replay(struct call *call, struct pith_error *reterr);
enum pith_status command_export(struct call *call, struct pith_error *reterr);
enum pith_status command_import_profile(struct call *call, struct pith_error *reterr);
enum pith_status command_status(struct call *call, struct pith_error *reterr);
enum pith_status command_list(struct call *call, struct pith_error *reterr);
enum pith_status command_diff(struct call *call, struct pith_error *reterr);
enum pith_status command_key(struct call *call, struct pith_error *reterr);
enum pith_status command_token(struct call *call, struct pith_error *reterr);
enum pith_status command_unlock(struct call *call, struct pith_error *reterr);
enum pith_status command_lock(struct call *call, struct pith_error *reterr);
enum pith_status command_check(struct call *call, struct pith_error *reterr);
enum pith_status command_backup(struct call *call, struct pith_error *reterr);
enum pith_status command_restore(struct call *call, struct pith_error *reterr);
enum pith_status command_reader(struct call *call, struct pith_error *reterr);
enum pith_status command_readers(struct call *call, struct pith_error *reterr);
enum pith_status command_erase(struct call *call, struct pith_error *reterr);
enum pith_status command_digest(struct call *call, struct pith_error *reterr);
enum pith_status command_settings(struct call *call, struct pith_error *reterr);
enum pith_status command_serve(struct call *call, struct pith_error *reterr);
enum pith_status command_web(struct call *call, struct pith_error *reterr);
enum pith_status command_mail(struct call *call, struct pith_error *reterr);

#endif
