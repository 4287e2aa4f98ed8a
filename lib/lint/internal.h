/*
 * What the files of lint/ share with each other and show nobody else.
 *
 * A family is a table of rules and one function that runs them; registry.c lists the families.
 */
#ifndef HJ_LINT_INTERNAL_H
#define HJ_LINT_INTERNAL_H

#include "lint/lint.h"
#include "policy/policy.h"
#include "policy/references.h"

/* What a family is given. */
typedef struct hj_lint_run {
	const hj_document *document;
	const hj_lint_options *options; /* never NULL */
	hj_findings *findings;
	hj_references *references; /* who defines and uses what */
	const hj_policy *policy;   /* what the document says, typed */
	hj_slice tailnet;          /* as in hj_lint_options */
	const bool *ignored;       /* likewise; ask hj__wants */
	bool is_policy;            /* what it holds says so, or the options do */
	bool balanced;             /* every bracket has its partner: nesting can be trusted */
	const hj_allocator *allocator;
	/* The rules of the family at hand, of which it asks most, and the index of the first. */
	const hj_rule *own;
	size_t own_count, own_index;
} hj_lint_run;

typedef struct hj_family {
	const hj_rule *(*rules)(size_t *count); /* ordered by code */
	/* HJ_NO_MEMORY only; NULL: others find them. */
	hj_status (*run)(hj_lint_run *run);
	bool alone; /* it finds rules of its own table only, so it may rest when none is wanted */
} hj_family;

const hj_family *hj__families(size_t *count);
/* The place of a rule in the registry. */
size_t hj__rule_index(const hj_rule *rule);
/* Is a word the beginning of a rule's code, not all of it? */
bool hj__begins_code(hj_slice word, const hj_rule *rule);
/* Does a name (with its prefix; hosts have none) come from elsewhere, as the options say? */
bool hj__is_known(const hj_lint_run *run, hj_name_kind kind, hj_slice name);
/*
 * The name from elsewhere that differs from one in letter case alone, without the mark of its kind,
 * or size 0: several names are looked through, so ask for what is undefined anyway.
 */
hj_slice hj__known_folded(const hj_lint_run *run, hj_name_kind kind, hj_slice name);
/* Does a login come from elsewhere, as the options say? */
bool hj__is_known_user(const hj_lint_run *run, hj_slice login);
/* Will findings of the rule be kept? A rule that costs time asks before it starts. */
bool hj__wants(const hj_lint_run *run, const hj_rule *rule);

/*
 * Runs the policy's tests and adds those that fail. Last of all: what the families found already is
 * not found again.
 */
hj_status hj__run_tests(hj_lint_run *run);

const hj_rule *hj__structure_rules(size_t *count);
hj_status hj__check_structure(hj_lint_run *run);
const hj_rule *hj__reference_rules(size_t *count);
hj_status hj__check_references(hj_lint_run *run);
const hj_rule *hj__unused_rules(size_t *count);
hj_status hj__check_unused(hj_lint_run *run);
const hj_rule *hj__repeated_rules(size_t *count);
hj_status hj__check_repeated(hj_lint_run *run);
const hj_rule *hj__redundant_rules(size_t *count);
hj_status hj__check_redundant(hj_lint_run *run);
const hj_rule *hj__legacy_rules(size_t *count);
hj_status hj__check_legacy(hj_lint_run *run);
const hj_rule *hj__tailnet_rules(size_t *count);
hj_status hj__check_tailnet(hj_lint_run *run);
const hj_rule *hj__exposure_rules(size_t *count);
hj_status hj__check_exposure(hj_lint_run *run);
const hj_rule *hj__trust_rules(size_t *count);
hj_status hj__check_trust(hj_lint_run *run);
const hj_rule *hj__style_rules(size_t *count);
hj_status hj__check_style(hj_lint_run *run);
const hj_rule *hj__note_rules(size_t *count);
hj_status hj__check_note(hj_lint_run *run);
const hj_rule *hj__secret_rules(size_t *count);
hj_status hj__check_secret(hj_lint_run *run);
const hj_rule *hj__spelling_rules(size_t *count);
hj_status hj__check_spelling(hj_lint_run *run);

#endif
