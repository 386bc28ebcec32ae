/* version: which pith a program was compiled for, and which it runs with. meson.build holds the same number. */
#ifndef PITH_VERSION_H
#define PITH_VERSION_H

#ifdef __cplusplus
extern "C" {
#endif

#define PITH_VERSION "0.1.0"
/* major · 10000 + minor · 100 + patch: #if PITH_VERSION_NUMBER >= 200 asks for 0.2.0 or later. */
#define PITH_VERSION_NUMBER 100

/* PITH_VERSION of the library that the program runs with. Static. */
const char *pith_version(void);

#ifdef __cplusplus
}
#endif

#endif
