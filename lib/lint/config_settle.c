/*
 * What a configuration says of one document: its parts, one over the other.
 */
#include "lint/config.h"
#include "lint/internal.h"

static bool means(hj_slice word, const hj_rule *exact, const hj_rule *rule)
{
	if (exact)
		return exact == rule;
	return hj_slice_equal(word, HJ_SLICE("all")) ||
		(hj_slice_equal(word, HJ_SLICE("default")) && !rule->off) ||
		hj__begins_code(word, rule);
}

static void apply_choice(const hj_config_choice *choice, hj_rule_setting *rules)
{
	const hj_rule *exact = hj_rule_find(choice->word);
	size_t count = hj_rule_count();
	for (size_t i = 0; i < count; i++) {
		if (!means(choice->word, exact, hj_rule_at(i)))
			continue;
		rules[i].offset = choice->offset;
		if (choice->verb == HJ_CONFIG_SELECT)
			rules[i].on = true;
		else if (choice->verb == HJ_CONFIG_IGNORE)
			rules[i].on = false;
		else if (choice->severity == HJ_OWN_SEVERITY)
			rules[i].on = false;
		else
			rules[i].severity = choice->severity;
		if (choice->verb == HJ_CONFIG_SEVERITY && exact)
			rules[i].on = choice->severity != HJ_OWN_SEVERITY;
	}
}

/* Who writes patterns down wants them to be followed. */
static void select_convention(const hj_config_value *patterns, hj_rule_setting *rules)
{
	size_t index = hj__rule_index(hj_rule_find(HJ_SLICE("name-convention")));
	for (int i = 0; i < HJ_CONFIG_PATTERNS && !rules[index].on; i++)
		if (patterns[i].text.data)
			rules[index].on = true, rules[index].offset = patterns[i].offset;
}

/* patterns may be NULL: they belong to what holds for all. */
static void apply_part(const hj_config_part *part, const hj_config_value *patterns,
	hj_rule_setting *rules, hj_config_value values[HJ_CONFIG_VALUES])
{
	if (part->select_offset != HJ_NO_OFFSET)
		for (size_t i = 0, count = hj_rule_count(); i < count; i++) {
			rules[i].on = false;
			rules[i].offset = part->select_offset;
		}
	if (patterns)
		select_convention(patterns, rules);
	for (int verb = HJ_CONFIG_SELECT; verb <= HJ_CONFIG_IGNORE; verb++)
		for (size_t i = 0; i < part->choice_count; i++)
			if ((int)part->choices[i].verb == verb)
				apply_choice(&part->choices[i], rules);
	for (int i = 0; i < HJ_CONFIG_VALUES; i++)
		if (part->values[i].text.data)
			values[i] = part->values[i];
}

/* Table by table: each rule by its number would be looked for in all of them, at every start. */
static void set_own(hj_rule_setting *rules)
{
	size_t family_count, at = 0, count;
	const hj_family *families = hj__families(&family_count);
	for (size_t i = 0; i < family_count; i++) {
		const hj_rule *own = families[i].rules(&count);
		for (size_t k = 0; k < count; k++)
			rules[at++] = (hj_rule_setting){!own[k].off, HJ_OWN_SEVERITY, HJ_NO_OFFSET};
	}
}

void hj_config_settle(const hj_config *config, hj_slice path, hj_rule_setting *rules,
	hj_config_value values[HJ_CONFIG_VALUES])
{
	set_own(rules);
	for (int i = 0; i < HJ_CONFIG_VALUES; i++)
		values[i] = (hj_config_value){{NULL, 0}, HJ_NO_OFFSET};
	if (!config)
		return;
	apply_part(&config->all, config->patterns, rules, values);
	for (const hj_config_part *part = config->all.next; part; part = part->next)
		for (size_t i = 0; i < part->glob_count; i++)
			if (hj_glob_fits(part->globs[i], path)) {
				apply_part(part, NULL, rules, values);
				break;
			}
}
