/*
 * hujson: everything in one include.
 *
 * The installed hujson.h is this file with the headers below copied in, in this order.
 */
#ifndef HUJSON_H
#define HUJSON_H

#define HJ_VERSION "0.1.0"

#include "base/status.h"
#include "base/alloc.h"
#include "base/text.h"
#include "base/arena.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/address.h"
#include "base/file.h"
#include "syntax/source.h"
#include "syntax/rule.h"
#include "syntax/edit.h"
#include "syntax/finding.h"
#include "syntax/document.h"
#include "syntax/string.h"
#include "syntax/pointer.h"
#include "syntax/patch.h"
#include "syntax/emit.h"
#include "format/format.h"
#include "format/verify.h"
#include "policy/duration.h"
#include "policy/selector.h"
#include "policy/policy.h"
#include "policy/accept.h"
#include "policy/rename.h"
#include "engine/inventory.h"
#include "engine/world.h"
#include "engine/compile.h"
#include "engine/reach.h"
#include "engine/login.h"
#include "engine/tests.h"
#include "engine/coverage.h"
#include "engine/snapshot.h"
#include "engine/preview.h"
#include "engine/difference.h"
#include "engine/convert.h"
#include "engine/guard.h"
#include "engine/access.h"
#include "engine/matrix.h"
#include "lint/lint.h"
#include "lint/secret.h"
#include "lint/judge.h"
#include "lint/suppress.h"
#include "lint/config.h"
#include "lint/fix.h"

/* The version of the library in use; a test holds it against HJ_VERSION. */
HJ_API const char *hj_version(void);

#endif
