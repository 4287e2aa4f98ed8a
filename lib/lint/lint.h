/*
 * The linter: a document → findings, by the rules of one registry.
 */
#ifndef HJ_LINT_LINT_H
#define HJ_LINT_LINT_H

#include "base/map.h"
#include "engine/inventory.h"
#include "syntax/document.h"
#include "syntax/finding.h"

/*
 * The registry: every rule of every family, ordered by code. A rule is one row in its family's
 * table (syntax/syntax_rules.c, lint/…_rules.c).
 */
HJ_API size_t hj_rule_count(void);
HJ_API const hj_rule *hj_rule_at(size_t index);
/* By code ("R001", in any case) or by name ("undefined-tag"); NULL when there is none. */
HJ_API const hj_rule *hj_rule_find(hj_slice code_or_name);
/*
 * Sets chosen[i] for every rule that a word means: a name, a code, the beginning of a code ("R"),
 * "all", or "default" (all that are not off). False: it means none.
 */
HJ_API bool hj_rule_choose(hj_slice word, bool *chosen);
/* The name or code that is nearest to what means no rule; NULL when none is near. */
HJ_API const char *hj_rule_nearest(hj_slice word);

/* Is a document the whole policy? */
typedef enum hj_fragment {
	HJ_FRAGMENT_AUTO, /* names of a kind whose section is absent are another file's, perhaps */
	/* The whole: what it does not define is undefined, and it is a policy whatever it holds. */
	HJ_FRAGMENT_NO,
	HJ_FRAGMENT_YES, /* a part: what it does not define, another part does */
} hj_fragment;

enum { HJ_OWN_SEVERITY = 0xFF };

/* How the names that a section defines should look. */
typedef struct hj_convention {
	const char *section; /* "tagOwners", "groups", "hosts", "ipsets", "postures" */
	const char *pattern; /* as its author wrote it, for messages */
	/* Does a name, without its prefix, look so? */
	bool (*follows)(void *context, hj_slice name);
	void *context;
} hj_convention;

typedef struct hj_lint_options {
	/* One byte a rule, by index in the registry: true leaves its findings out. NULL: those that
	   are off unless selected. */
	const bool *ignored;
	/* One byte a rule: the hj_severity of its findings, or HJ_OWN_SEVERITY. NULL: their own. */
	const unsigned char *severities;
	/*
	 * Names that come from elsewhere, neither undefined nor unused: keys tag:…, group:…,
	 * ipset:…, posture:… (tags in lower case), host:NAME, user:LOGIN, domain:NAME; the values
	 * mean nothing. NULL: none.
	 */
	const hj_map *known;
	hj_fragment fragment;
	/*
	 * For headscale: users are written "name@" or are bare words, what it alone takes is right,
	 * and findings have none of the service's sentences.
	 */
	bool headscale;
	bool untested;     /* the policy's tests are not run: somebody runs them who knows more */
	bool unsuppressed; /* comments (lint/suppress.h) suppress nothing and are not judged */
	/* The tailnet's domain, or a login whose last part it is; size 0: the inventory's, and where
	   there is none what hangs on it is not judged. */
	hj_slice tailnet;
	/* What is known of the tailnet: users, devices, services. NULL: nothing, and only what is so in
	   every tailnet is found. */
	const hj_inventory *inventory;
	/* For name-convention. A kind of name without one follows the rule's own. */
	const hj_convention *conventions;
	size_t convention_count;
	/* What the document says, by hj_policy_bind, where somebody needs it anyway. NULL: it is bound for
	   the time. */
	const hj_policy *policy;
	int64_t today; /* days since 1970, where the author is; 0: not known, and no day has passed */
} hj_lint_options;

/*
 * Adds what the rules find, syntax findings first, then sorted by place. Rules that need a policy
 * are silent on a document without a known section; rules that need a good document are silent on
 * a broken one's broken parts. options may be NULL. HJ_NO_MEMORY only.
 */
HJ_API hj_status hj_lint(
	const hj_document *document, const hj_lint_options *options, hj_findings *findings);

#endif
