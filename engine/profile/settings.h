/* settings: what a reader wants of the daily digest, as the bytes that are sealed (FORMAT.md, "Settings"). */
#ifndef PITH_ENGINE_PROFILE_SETTINGS_H
#define PITH_ENGINE_PROFILE_SETTINGS_H

#include "engine/base/bytes.h"
#include <pith/pith.h>

/* Of a reader who never set any. */
struct pith_settings settings_default(void);
/* PITH_USAGE names what is out of range. */
enum pith_status settings_check(const struct pith_settings *settings, struct pith_error *reterr);
/* `bytes` is cleared first. */
enum pith_status settings_write(const struct pith_settings *settings, struct bytes *bytes, struct pith_error *reterr);
/* PITH_CORRUPT for bytes that are none, or out of range. */
enum pith_status settings_read(const struct bytes *bytes, struct pith_settings *ret_settings, struct pith_error *reterr);

#endif
