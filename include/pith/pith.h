/* pith.h: the one public door of libpith. A program includes this file; each of those below says what it is for. */
#ifndef PITH_PITH_H
#define PITH_PITH_H

#include <pith/digest.h>
#include <pith/export.h>
#include <pith/fetch.h>
#include <pith/home.h>
#include <pith/keeping.h>
#include <pith/learning.h>
#include <pith/mail.h>
#include <pith/papers.h>
#include <pith/ranking.h>
#include <pith/reader.h>
#include <pith/service.h>
#include <pith/votes.h>

#endif
