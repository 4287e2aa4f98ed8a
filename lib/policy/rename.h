/*
 * Renaming: a tag, group, host, IP set, posture, service or user, everywhere it is meant.
 *
 *     hj_rename(document, HJ_SLICE("group:dev"), HJ_SLICE("group:eng"), &edits, &why)
 *
 * What a text means hangs on where it stands (schema.h): definitions, rules, tests, owners, approvers,
 * IP sets, with or without ports. Comments, accounts in "users" of SSH rules, attributes and
 * capabilities are never touched, and neither are addresses. Only the name's own bytes change.
 *
 * Letter case does not count for tags, and for nothing that stands before a port (policy language
 * 5.2), unless the policy defines the other spelling as well.
 */
#ifndef HJ_POLICY_RENAME_H
#define HJ_POLICY_RENAME_H

#include "syntax/document.h"

/*
 * Adds the edits that rename to `edits`, which is empty. The old name says what it is: tag:NAME,
 * group:NAME, group:NAME@DOMAIN, ipset:NAME, posture:NAME, svc:NAME, LOGIN@REALM, or a host's name
 * (with or without "host:"). The new one has to be of the same kind.
 *
 * HJ_NOT_FOUND: nothing has the old name. HJ_INVALID: one of the names is none, or the new one is
 * defined or used already: two things would become one, which may change access, and for which no
 * edit of names is the means. For both a sentence is appended to `why`; where something is near to
 * the old name it says so. HJ_SYNTAX: the document does not parse. HJ_NO_MEMORY. Linear.
 */
HJ_API hj_status hj_rename(const hj_document *document, hj_slice old_name, hj_slice new_name,
	hj_edits *edits, hj_text *why);

#endif
