#include "base/fold.h"
#include "lint/internal.h"
#include "syntax/syntax_rules.h"

/* Ordered by the codes of their rules, so that the registry is. */
static const hj_family families[] = {
	{hj__structure_rules, hj__check_structure},
	{hj__reference_rules, hj__check_references},
	{hj_syntax_rules, NULL},
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
		for (size_t j = 0; j < count; j++)
			if (&rules[j] == rule)
				return base + j;
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
