#include "base/fold.h"
#include "base/suggest.h"
#include "engine/inventory.h"
#include "engine/tests.h"
#include "lint/advice.h"
#include "lint/config_rules.h"
#include "lint/ignores.h"
#include "lint/internal.h"
#include "policy/accept.h"
#include "policy/shape.h"
#include "syntax/syntax_rules.h"

static hj_status check_shape(hj_lint_run *run)
{
	/* A missing brace makes strangers of neighbours and neighbours of strangers. */
	if (!run->balanced)
		return HJ_OK;
	return hj_check_shape(run->policy, run->is_policy, run->options->headscale, run->findings);
}

/* Acceptance finds the rules of seven tables; when none of them is wanted it may rest. */
static bool wants_acceptance(const hj_lint_run *run)
{
	static const hj_rule *(*const tables[])(size_t *) = {hj_acl_rules, hj_posture_rules,
		hj_test_rules, hj_name_rules, hj_ssh_rules, hj_ipset_rules, hj_node_rules};
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
		size_t count;
		const hj_rule *rules = tables[i](&count);
		for (size_t k = 0; k < count; k++)
			if (hj__wants(run, &rules[k]))
				return true;
	}
	return false;
}

static hj_status check_acceptance(hj_lint_run *run)
{
	if (!wants_acceptance(run))
		return HJ_OK;
	/* A broken value is no missing one, and a broken list not an empty one. */
	if (!run->is_policy || hj_document_error(run->document))
		return HJ_OK;
	hj_tailnet tailnet = {.name = run->tailnet,
		.headscale = run->options->headscale,
		.known = run->options->known};
	return hj_accept(run->policy, &tailnet, run->findings);
}

/* Ordered by the codes of their rules, so that the registry is. */
static const hj_family families[] = {
	{hj_acl_rules, check_acceptance, false}, /* and the six others of policy/accept.h */
	{hj__access_advice, hj__check_access, true},
	{hj__port_advice, hj__check_ports, true},
	{hj__address_advice, hj__check_addresses, true},
	{hj_posture_rules, NULL, false},
	{hj__posture_advice, hj__check_postures, true},
	{hj__structure_rules, hj__check_structure, true},
	{hj_test_rules, NULL, false},
	{hj_assertion_rules, NULL, false},
	{hj__test_advice, hj__check_tests, true},
	{hj__style_rules, hj__check_style, true},
	{hj__note_rules, hj__check_note, true},
	{hj_name_rules, NULL, false},
	{hj_ssh_rules, NULL, false},
	{hj__ssh_advice, hj__check_ssh, true},
	{hj_ipset_rules, NULL, false},
	{hj__ipset_advice, hj__check_ipsets, true},
	{hj__comment_rules, NULL, false},
	{hj__config_rules, NULL, false},
	{hj__legacy_rules, hj__check_legacy, true},
	{hj__derp_advice, hj__check_derp, true},
	{hj_node_rules, NULL, false},
	{hj__node_advice, hj__check_nodes, true},
	{hj__approver_advice, hj__check_approvers, true},
	{hj_section_rules, NULL, false},
	{hj__reference_rules, hj__check_references, false},
	{hj__spelling_rules, hj__check_spelling, false},
	{hj_syntax_rules, NULL, false},
	{hj_shape_rules, check_shape, false},
	{hj__unused_rules, hj__check_unused, true},
	{hj__repeated_rules, hj__check_repeated, true},
	{hj__redundant_rules, hj__check_redundant, true},
	{hj_inventory_rules, NULL, false}, /* in inventories, by hj_inventory_bind */
	{hj__tailnet_rules, hj__check_tailnet, true},
	{hj__exposure_rules, hj__check_exposure, true},
	{hj__trust_rules, hj__check_trust, true},
	{hj__secret_rules, hj__check_secret, true},
};

const hj_family *hj__families(size_t *count)
{
	*count = sizeof families / sizeof *families;
	return families;
}

size_t hj_rule_count(void)
{
	size_t total = 0, count;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		families[i].rules(&count);
		total += count;
	}
	return total;
}

const hj_rule *hj_rule_at(size_t index)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t count;
		const hj_rule *rules = families[i].rules(&count);
		if (index < count)
			return &rules[index];
		index -= count;
	}
	return NULL;
}

size_t hj__rule_index(const hj_rule *rule)
{
	size_t base = 0;
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t count;
		const hj_rule *rules = families[i].rules(&count);
		/* Is it in this table? Pointers into different arrays compare as numbers only. */
		uintptr_t at = (uintptr_t)rule - (uintptr_t)rules;
		if (at < count * sizeof *rules)
			return base + at / sizeof *rules;
		base += count;
	}
	return base;
}

const hj_rule *hj_rule_find(hj_slice code_or_name)
{
	for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
		size_t count;
		const hj_rule *rules = families[i].rules(&count);
		for (size_t j = 0; j < count; j++)
			if (hj_slice_equal_folded(code_or_name, hj_slice_str(rules[j].code)) ||
				hj_slice_equal(code_or_name, hj_slice_str(rules[j].name)))
				return &rules[j];
	}
	return NULL;
}

/* "R" and "R0", but not "undefined" of "undefined-tag": names are written out. */
bool hj__begins_code(hj_slice word, const hj_rule *rule)
{
	return word.size && word.size < strlen(rule->code) &&
		hj_slice_equal_folded(word, hj_slice_of(rule->code, word.size));
}

bool hj_rule_choose(hj_slice word, bool *chosen)
{
	bool any = false, all = hj_slice_equal(word, HJ_SLICE("all"));
	bool usual = hj_slice_equal(word, HJ_SLICE("default"));
	const hj_rule *exact = hj_rule_find(word);
	for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
		const hj_rule *rule = hj_rule_at(i);
		if (exact ? rule == exact
			  : all || (usual && !rule->off) || hj__begins_code(word, rule))
			any = chosen[i] = true;
	}
	return any;
}

const char *hj_rule_nearest(hj_slice word)
{
	hj_suggest suggest;
	hj_suggest_begin(&suggest, word);
	const hj_rule *rule;
	for (size_t i = 0; (rule = hj_rule_at(i)); i++) {
		hj_suggest_offer(&suggest, hj_slice_str(rule->name));
		hj_suggest_offer(&suggest, hj_slice_str(rule->code));
	}
	/* The offers are strings, so the best of them ends in NUL. */
	return suggest.best.data;
}
