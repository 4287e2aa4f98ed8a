#include "lint/config_rules.h"
#include "lint/ignores.h"

static const hj_rule rules[] = {
	[HJ_K_UNUSED_IGNORE] =
		{
			.code = "K001",
			.name = "unused-ignore",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a comment ignores findings that are not there",
			.why = "What it once excused has been mended, or the comment stands in "
			       "the wrong place. Left alone it will hide the next mistake that "
			       "somebody makes there.",
			.bad = "{\n"
			       "\t// hujson: ignore[undefined-tag]\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"ssh\": [{\"action\": \"check\", \"src\": "
			       "[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"users\": "
			       "[\"autogroup:nonroot\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"ssh\": [{\"action\": \"check\", \"src\": "
				"[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"users\": "
				"[\"autogroup:nonroot\"]}],\n"
				"}\n",
			.fix = "remove the comment, or the rule from its list",
		},
	[HJ_K_UNKNOWN_IGNORE] =
		{
			.code = "K002",
			.name = "unknown-ignore",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a comment for ignoring findings names no rule",
			.why = "The comment is without effect. It was misspelt, or the rule never "
			       "existed under that name: see `hujson rules`.",
			.bad = "{\n"
			       "\t// hujson: ignore[undefined-tgas]\n"
			       "\t\"tagOwners\": {\"tag:web\": []},\n"
			       "\t\"ssh\": [{\"action\": \"check\", \"src\": "
			       "[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"users\": "
			       "[\"autogroup:nonroot\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t// These belong to the platform team.\n"
				"\t\"tagOwners\": {\"tag:web\": []},\n"
				"\t\"ssh\": [{\"action\": \"check\", \"src\": "
				"[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"users\": "
				"[\"autogroup:nonroot\"]}],\n"
				"}\n",
			.fix = "correct the word, or remove it",
		},
	[2 + HJ_K_UNKNOWN_SETTING] =
		{
			.code = "K003",
			.name = "unknown-setting",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the configuration has a name that means nothing",
			.why = "The setting is without effect, and what was meant is not set.",
			.fix = "correct the name, or remove it",
		},
	[2 + HJ_K_BAD_SETTING] =
		{
			.code = "K004",
			.name = "bad-setting",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a setting of the configuration has a value that it cannot have",
			.why = "The setting is without effect until its value is one that the "
			       "message names.",
			.fix = "write a value of the kind that the message names",
		},
	[2 + HJ_K_BAD_PATTERN] =
		{
			.code = "K005",
			.name = "bad-pattern",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a pattern of the configuration cannot be compiled",
			.why = "Patterns are Perl-compatible regular expressions (PCRE2) that a "
			       "whole name has to match, with Unicode and without \\C.",
			.fix = "correct the pattern where the message points",
		},
};

const hj_rule *hj__comment_rules(size_t *count)
{
	*count = HJ_K_UNKNOWN_IGNORE + 1;
	return rules;
}

const hj_rule *hj__config_rules(size_t *count)
{
	*count = HJ_K_CONFIG_RULES;
	return rules + HJ_K_UNKNOWN_IGNORE + 1;
}
