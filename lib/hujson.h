/*
 * hujson: everything in one include.
 *
 * The installed hujson.h is this file with the headers below copied in, in this order.
 */
#ifndef HUJSON_H
#define HUJSON_H

#define HJ_VERSION "0.1.0"

#include "access/access.h"
#include "access/matrix.h"
#include "access/preview.h"
#include "base/address.h"
#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/map.h"
#include "base/status.h"
#include "base/text.h"
#include "base/utf8.h"
#include "change/convert.h"
#include "change/difference.h"
#include "change/guard.h"
#include "compile/compile.h"
#include "engine/coverage.h"
#include "engine/inventory.h"
#include "engine/login.h"
#include "engine/reach.h"
#include "engine/snapshot.h"
#include "engine/tests.h"
#include "engine/world.h"
#include "format/format.h"
#include "format/verify.h"
#include "lint/config.h"
#include "lint/fix.h"
#include "lint/judge.h"
#include "lint/lint.h"
#include "lint/secret.h"
#include "lint/suppress.h"
#include "policy/accept.h"
#include "policy/duration.h"
#include "policy/policy.h"
#include "policy/rename.h"
#include "policy/selector.h"
#include "syntax/document.h"
#include "syntax/edit.h"
#include "syntax/emit.h"
#include "syntax/finding.h"
#include "syntax/patch.h"
#include "syntax/pointer.h"
#include "syntax/rule.h"
#include "syntax/source.h"
#include "syntax/string.h"

/* The version of the library in use; a test holds it against HJ_VERSION. */
HJ_API const char *hj_version(void);

#endif
