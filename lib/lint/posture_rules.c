#include "base/fold.h"
#include "base/suggest.h"
#include "lint/advice.h"
#include "policy/condition.h"
#include "policy/selector.h"

enum {
	UNKNOWN_ATTRIBUTE,
	VALUE_TYPE,
	UNKNOWN_VALUE,
	CONTRADICTION,
	EMPTY,
	ORDER,
	COUNTRY,
	ZERO,
	EXACT,
	NO_VERSION,
	BARE,
	RAW,
	NEGATIVE,
	RULE_COUNT
};

#define POSTURE(condition) "{\n\t\"postures\": {\"posture:a\": [" condition "]},\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[UNKNOWN_ATTRIBUTE] = {.code = "B050",
		.name = "unknown-posture-attribute",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a posture asks for an attribute that is not documented",
		.why = "A device without the attribute does not meet the condition, whatever it "
		       "says. With a misspelt name no device ever does, and the rules with this "
		       "posture are dead. Attributes of one's own begin with \"custom:\".",
		.bad = POSTURE("\"node:osVerson >= '14'\""),
		.good = POSTURE("\"node:osVersion >= '14'\""),
		.fix = "correct the attribute's name"},
	[VALUE_TYPE] = {.code = "B051",
		.name = "posture-value-type",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a posture compares an attribute with a value of another type",
		.why = "true is not 'true', and 14 is not '14': values of different types are "
		       "never equal. Strings and versions stand in single quotes, numbers and "
		       "booleans do not.",
		.bad = POSTURE("\"node:tsAutoUpdate == 'true'\""),
		.good = POSTURE("\"node:tsAutoUpdate == true\""),
		.fix = "put strings and versions into single quotes, and nothing else"},
	[UNKNOWN_VALUE] = {.code = "B052",
		.name = "unknown-posture-value",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a posture compares an attribute with a value that it never has",
		.why = "The attribute has one of a few documented values, letter for letter. "
		       "\"node:os\" of a Mac, for one, is 'macos', not 'darwin'.",
		.bad = POSTURE("\"node:os == 'darwin'\""),
		.good = POSTURE("\"node:os == 'macos'\""),
		.fix = "write one of the documented values"},
	[CONTRADICTION] = {.code = "B053",
		.name = "posture-contradiction",
		.severity = HJ_WARNING_LEVEL,
		.summary = "two conditions of a posture cannot hold at once",
		.why = "All conditions of a posture must hold. A device has one value for an "
		       "attribute, so it never meets these two. To allow either, write IN, or "
		       "two postures: of several postures in a rule one is enough.",
		.bad = POSTURE("\"node:os == 'macos'\", \"node:os == 'linux'\""),
		.good = POSTURE("\"node:os IN ['macos', 'linux']\""),
		.fix = "use IN, or make two postures of it"},
	[EMPTY] = {.code = "B055",
		.name = "empty-posture",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a posture has no condition",
		.why = "What a posture without conditions stands for is nowhere said; most likely "
		       "every device meets it, and a rule with it is as open as one without.",
		.bad = POSTURE(""),
		.good = POSTURE("\"node:os == 'linux'\""),
		.fix = "write a condition, or remove the posture"},
	[ORDER] = {.code = "B056",
		.name = "posture-order",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a posture asks for more or less of what has no order",
		.why = "<, <=, >= and > compare numbers and versions. Strings and booleans are "
		       "equal or not.",
		.bad = POSTURE("\"node:os >= 'linux'\""),
		.good = POSTURE("\"node:os == 'linux'\""),
		.fix = "compare with == or IN"},
	[COUNTRY] = {.code = "B057",
		.name = "country-code",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a country code is not of ISO 3166-1 alpha-2",
		.why = "\"ip:country\" holds two upper-case letters: 'US', 'DE', and 'GB' for the "
		       "United Kingdom. Any other text never matches.",
		.bad = POSTURE("\"ip:country == 'us'\""),
		.good = POSTURE("\"ip:country == 'US'\""),
		.fix = "write the two upper-case letters of the country"},
	[ZERO] = {.code = "B058",
		.name = "version-zero",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a least version ends in .0, which a shorter version does not reach",
		.why = "Versions are compared piece by piece, and a missing piece is less than a "
		       "zero: a device that reports 13 does not meet >= '13.0'. The shortest "
		       "form admits both.",
		.bad = POSTURE("\"node:osVersion >= '13.0'\""),
		.good = POSTURE("\"node:osVersion >= '13'\""),
		.fix = "leave .0 at the end out"},
	[EXACT] = {.code = "B059",
		.name = "exact-version",
		.severity = HJ_INFO_LEVEL,
		.summary = "a posture asks for exactly one version",
		.why = "The condition fails with the next update of the device, patches included.",
		.bad = POSTURE("\"node:osVersion == '13.4'\""),
		.good = POSTURE("\"node:osVersion >= '13.4'\""),
		.fix = "ask for a least version"},
	[NO_VERSION] = {.code = "B060",
		.name = "impossible-version",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a version in a posture does not begin with a digit",
		.why = "Versions are compared piece by piece, letters as bytes. Reported versions "
		       "begin with a digit and so come before all that begin with a letter: such "
		       "a condition holds for every device or for none.",
		.bad = POSTURE("\"node:tsVersion >= 'v1.60'\""),
		.good = POSTURE("\"node:tsVersion >= '1.60'\""),
		.fix = "write the digits alone"},
	[BARE] = {.code = "B061",
		.name = "bare-attribute",
		.severity = HJ_INFO_LEVEL,
		.summary = "a condition is an attribute alone",
		.why = "It means \"is true\". Some find it clearer written out.",
		.bad = POSTURE("\"node:tsAutoUpdate\""),
		.good = POSTURE("\"node:tsAutoUpdate == true\""),
		.fix = "add == true",
		.off = true},
	[RAW] = {.code = "B062",
		.name = "condition-as-posture",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a condition stands where a posture's name belongs",
		.why = "\"srcPosture\" and \"defaultSrcPosture\" list names of postures. Nothing "
		       "documented takes a condition there.",
		.bad = "{\n\t\"defaultSrcPosture\": [\"node:os == 'linux'\"],\n}\n",
		.good = "{\n\t\"postures\": {\"posture:linux\": [\"node:os == 'linux'\"]},\n"
			"\t\"defaultSrcPosture\": [\"posture:linux\"],\n}\n",
		.fix = "give the condition a name in \"postures\""},
	[NEGATIVE] = {.code = "B063",
		.name = "negative-condition",
		.severity = HJ_INFO_LEVEL,
		.summary = "a condition with != or NOT IN fails for devices without the attribute",
		.why = "An attribute that is not set meets no condition, negative ones included. "
		       "A device that was never given the attribute is kept out as well.",
		.bad = POSTURE("\"custom:tier != 'test'\""),
		.good = POSTURE("\"custom:tier IN ['prod', 'stage']\""),
		.fix = "list the values that are wanted, or set the attribute on every device",
		.off = true},
};

const hj_rule *hj__posture_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

/* -- values -------------------------------------------------------------------------------------- */

static const char countries[] =
	"ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCI"
	"CKCLCMCNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQ"
	"GRGSGTGUGWGYHKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLS"
	"LTLULVLYMAMCMDMEMFMGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPG"
	"PHPKPLPMPNPRPSPTPWPYQARERORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTK"
	"TLTMTNTOTRTTTVTWTZUAUGUMUSUYUZVAVCVEVGVIVNVUWFWSYEYTZAZMZWXK";

static bool is_country(hj_slice code)
{
	for (size_t i = 0; code.size == 2 && countries[i]; i += 2)
		if (memcmp(&countries[i], code.data, 2) == 0)
			return true;
	return false;
}

static void check_country(hj_lint_run *run, uint32_t node, hj_slice value)
{
	char upper[2] = {0};
	if (is_country(value))
		return;
	hj_finding *finding = hj__advise(
		run, &rules[COUNTRY], node, "'%.*s' is no country's code", HJ_SLICE_ARGS(value));
	if (value.size != 2)
		return;
	for (size_t i = 0; i < 2; i++)
		upper[i] = (char)(value.data[i] >= 'a' && value.data[i] <= 'z' ? value.data[i] - 32
									       : value.data[i]);
	hj_slice meant = memcmp(upper, "UK", 2) == 0 ? HJ_SLICE("GB") : hj_slice_of(upper, 2);
	if (is_country(meant)) {
		hj_finding_help(
			run->findings, finding, "did you mean '%.*s'?", HJ_SLICE_ARGS(meant));
		hj__replace_part(run, finding, node, value, meant, false);
	}
}

/* Is a value one of "a|b|c"? Else the nearest of them is offered. */
static bool is_one_of(hj_slice value, const char *choices, hj_suggest *suggest)
{
	hj_suggest_begin(suggest, value);
	for (const char *at = choices; *at;) {
		size_t size = strcspn(at, "|");
		if (hj_slice_equal(value, hj_slice_of(at, size)))
			return true;
		hj_suggest_offer(suggest, hj_slice_of(at, size));
		at += size + (at[size] == '|');
	}
	return false;
}

static void check_choice(hj_lint_run *run, uint32_t node, const hj_condition *condition,
	hj_slice value, const char *choices)
{
	hj_suggest suggest;
	if (is_one_of(value, choices, &suggest))
		return;
	hj_finding *finding =
		hj__advise(run, &rules[UNKNOWN_VALUE], node, "\"%.*s\" is never '%.*s'",
			HJ_SLICE_ARGS(condition->attribute), HJ_SLICE_ARGS(value));
	hj_slice meant =
		hj_slice_equal_folded(value, HJ_SLICE("darwin")) ? HJ_SLICE("macos") : suggest.best;
	if (meant.size) {
		hj_finding_help(
			run->findings, finding, "did you mean '%.*s'?", HJ_SLICE_ARGS(meant));
		hj__replace_part(run, finding, node, value, meant, false);
	} else
		hj_finding_help(run->findings, finding, "it is one of %s", choices);
}

static void check_version(hj_lint_run *run, uint32_t node, const hj_condition *condition,
	const hj_attribute *attribute, hj_slice value)
{
	if (value.size == 0 || value.data[0] < '0' || value.data[0] > '9') {
		hj_finding *finding = hj__advise(run, &rules[NO_VERSION], node,
			"'%.*s' does not begin with a digit", HJ_SLICE_ARGS(value));
		if (value.size > 1 && hj_fold(value.data[0]) == 'v')
			hj__replace_part(run, finding, node, value,
				hj_slice_of(value.data + 1, value.size - 1), false);
		return;
	}
	bool least = condition->operation == HJ_AT_LEAST || condition->operation == HJ_MORE;
	/* Clients themselves always report three pieces. */
	if (least && value.size > 2 && memcmp(value.data + value.size - 2, ".0", 2) == 0 &&
		strcmp(attribute->name, "node:osVersion") == 0) {
		hj_slice shorter = hj_slice_of(value.data, value.size - 2);
		hj_finding *finding = hj__advise(run, &rules[ZERO], node,
			"a device with version %.*s does not reach '%.*s'", HJ_SLICE_ARGS(shorter),
			HJ_SLICE_ARGS(value));
		hj__replace_part(run, finding, node, value, shorter, false);
	}
	if (condition->operation == HJ_EQUAL)
		hj__advise(run, &rules[EXACT], node, "only version %.*s will do",
			HJ_SLICE_ARGS(value));
}

/* Strings and versions are written alike. */
static hj_value_type as_written(hj_value_type type)
{
	return type == HJ_VALUE_VERSION ? HJ_VALUE_STRING : type;
}

static void check_type(hj_lint_run *run, uint32_t node, const hj_attribute *attribute,
	hj_value_type type, hj_slice value)
{
	static const char *const words[] = {
		"", "a string", "a number", "true or false", "a version"};
	hj_finding *finding =
		hj__advise(run, &rules[VALUE_TYPE], node, "\"%s\" is %s, and %.*s is %s",
			attribute->name, words[attribute->type], HJ_SLICE_ARGS(value), words[type]);
	char quoted[66] = {'\''};
	if (as_written(attribute->type) == HJ_VALUE_STRING && value.size < 64) {
		memcpy(quoted + 1, value.data, value.size);
		quoted[value.size + 1] = '\'';
		hj__replace_part(run, finding, node, value, hj_slice_str(quoted), false);
	} else if (type == HJ_VALUE_STRING &&
		(hj_slice_equal(value, HJ_SLICE("true")) ||
			hj_slice_equal(value, HJ_SLICE("false"))))
		hj__replace_part(run, finding, node, hj_slice_of(value.data - 1, value.size + 2),
			value, false);
}

static void check_values(hj_lint_run *run, uint32_t node, const hj_condition *condition,
	const hj_attribute *attribute)
{
	hj_slice rest = condition->values, value;
	hj_value_type type;
	bool orders = condition->operation >= HJ_LESS && condition->operation <= HJ_MORE;
	if (orders && (attribute->type == HJ_VALUE_STRING || attribute->type == HJ_VALUE_BOOLEAN)) {
		hj__advise(run, &rules[ORDER], node, "\"%s\" has no order", attribute->name);
		return;
	}
	if (attribute->type == HJ_VALUE_NONE)
		return;
	while (hj_condition_value(&rest, &type, &value)) {
		if (hj_is_template(value))
			continue;
		if (type != as_written(attribute->type))
			check_type(run, node, attribute, type, value);
		else if (strcmp(attribute->name, "ip:country") == 0)
			check_country(run, node, value);
		else if (attribute->values)
			check_choice(run, node, condition, value, attribute->values);
		else if (attribute->type == HJ_VALUE_VERSION)
			check_version(run, node, condition, attribute, value);
	}
}

/* -- one condition ------------------------------------------------------------------------------- */

static void report_unknown(hj_lint_run *run, uint32_t node, hj_slice name)
{
	size_t count;
	const hj_attribute *attributes = hj_attributes(&count);
	hj_suggest suggest;
	hj_suggest_begin(&suggest, name);
	for (size_t i = 0; i < count; i++)
		hj_suggest_offer(&suggest, hj_slice_str(attributes[i].name));
	hj_finding *finding = hj__advise(run, &rules[UNKNOWN_ATTRIBUTE], node,
		"no attribute \"%.*s\" is documented", HJ_SLICE_ARGS(name));
	if (suggest.best.size && suggest.best.data[suggest.best.size - 1] != ':') {
		hj_finding_help(run->findings, finding, "did you mean \"%.*s\"?",
			HJ_SLICE_ARGS(suggest.best));
		hj__replace_part(run, finding, node, name, suggest.best, false);
	}
}

static void check_condition(hj_lint_run *run, uint32_t node, const hj_condition *condition)
{
	const hj_attribute *attribute = hj_attribute_find(condition->attribute);
	bool negative = condition->operation == HJ_NOT_EQUAL || condition->operation == HJ_NOT_IN;
	if (hj_is_template(condition->attribute))
		return;
	if (!attribute) {
		report_unknown(run, node, condition->attribute);
		return;
	}
	check_values(run, node, condition, attribute);
	if (condition->operation == HJ_IS_TRUE && hj__wants(run, &rules[BARE])) {
		hj_finding *finding =
			hj__advise(run, &rules[BARE], node, "\"%.*s\" alone means that it is true",
				HJ_SLICE_ARGS(condition->attribute));
		hj_slice end =
			hj_slice_of(condition->attribute.data + condition->attribute.size, 0);
		hj__replace_part(run, finding, node, end, HJ_SLICE(" == true"), true);
	}
	if (negative && !hj_slice_starts(condition->attribute, HJ_SLICE("node:")))
		hj__advise(run, &rules[NEGATIVE], node, "a device without \"%.*s\" is kept out too",
			HJ_SLICE_ARGS(condition->attribute));
}

/* -- conditions together ------------------------------------------------------------------------- */

static bool holds(const hj_condition *list, hj_slice wanted)
{
	hj_slice rest = list->values, value;
	hj_value_type type;
	while (hj_condition_value(&rest, &type, &value))
		if (hj_slice_equal(value, wanted))
			return true;
	return false;
}

/* Could a device whose attribute is `value` meet the other condition? */
static bool admits(const hj_condition *other, hj_value_type type, hj_slice value)
{
	hj_slice rest = other->values, bound;
	hj_value_type bound_type;
	switch (other->operation) {
	case HJ_IS_TRUE: return hj_slice_equal(value, HJ_SLICE("true"));
	case HJ_EQUAL:
	case HJ_IN: return holds(other, value);
	case HJ_NOT_EQUAL:
	case HJ_NOT_IN: return !holds(other, value);
	case HJ_NOT_SET: return false;
	case HJ_IS_SET: return true;
	default: break;
	}
	int64_t a, b;
	int order;
	if (!hj_condition_value(&rest, &bound_type, &bound) || bound_type != type)
		return true;
	if (type == HJ_VALUE_STRING)
		order = hj_version_compare(value, bound);
	else if (hj__whole(value, &a) && hj__whole(bound, &b))
		order = (a > b) - (a < b);
	else
		return true;
	switch (other->operation) {
	case HJ_LESS: return order < 0;
	case HJ_AT_MOST: return order <= 0;
	case HJ_AT_LEAST: return order >= 0;
	default: return order > 0;
	}
}

static bool is_lower_bound(const hj_condition *condition)
{
	return condition->operation == HJ_AT_LEAST || condition->operation == HJ_MORE;
}

static bool excludes(const hj_condition *a, const hj_condition *b)
{
	hj_slice rest = a->values, value;
	hj_value_type type;
	if (a->operation == HJ_NOT_SET)
		return b->operation != HJ_NOT_SET;
	if (a->operation == HJ_IS_TRUE)
		return !admits(b, HJ_VALUE_BOOLEAN, HJ_SLICE("true"));
	if (a->operation == HJ_EQUAL || a->operation == HJ_IN) {
		while (hj_condition_value(&rest, &type, &value))
			if (admits(b, type, value))
				return false;
		return a->values.size > 0;
	}
	/* The least value that a lower bound admits is beyond an upper bound. */
	if (is_lower_bound(a) && (b->operation == HJ_LESS || b->operation == HJ_AT_MOST) &&
		hj_condition_value(&rest, &type, &value)) {
		hj_condition strict = *b;
		if (a->operation == HJ_MORE)
			strict.operation = HJ_LESS;
		return !admits(&strict, type, value);
	}
	return false;
}

/* Conditions of one posture that are compared with each other; nobody writes more. */
enum { MOST_COMPARED = 24 };

typedef struct known_condition {
	hj_condition condition;
	uint32_t node;
} known_condition;

static void compare(
	hj_lint_run *run, const known_condition *known, size_t count, const known_condition *new)
{
	for (size_t i = 0; i < count; i++) {
		const hj_condition *a = &known[i].condition, *b = &new->condition;
		if (!hj_slice_equal(a->attribute, b->attribute))
			continue;
		if (excludes(a, b) || excludes(b, a)) {
			hj_finding *finding = hj__advise(run, &rules[CONTRADICTION], new->node,
				"no device meets this condition and another one at once");
			hj__point(run, finding, known[i].node, "the other one");
			return;
		}
	}
}

static void check_posture(hj_lint_run *run, const hj_entry *posture)
{
	known_condition known[MOST_COMPARED];
	size_t count = 0, at;
	const char *what;
	if (hj__is_empty(run, posture->value))
		hj__advise(run, &rules[EMPTY], posture->name.node, "\"%.*s\" has no condition",
			HJ_SLICE_ARGS(posture->name.text));
	for (uint32_t i = 0; i < posture->words.count; i++) {
		const hj_word *word = &posture->words.items[i];
		known_condition new = {.node = word->node};
		if (!hj_condition_parse(word->text, &new.condition, &at, &what))
			continue;
		check_condition(run, word->node, &new.condition);
		compare(run, known, count, &new);
		if (count < MOST_COMPARED)
			known[count++] = new;
	}
}

static void check_uses(hj_lint_run *run, const hj_words *words)
{
	hj_condition condition;
	size_t at;
	const char *what;
	for (uint32_t i = 0; i < words->count; i++) {
		const hj_word *word = &words->items[i];
		if (!hj_slice_starts(word->text, HJ_SLICE("posture:")) &&
			hj_condition_parse(word->text, &condition, &at, &what) &&
			condition.operation != HJ_IS_TRUE)
			hj__advise(run, &rules[RAW], word->node,
				"a posture's name belongs here, not a condition");
	}
}

hj_status hj__check_postures(hj_lint_run *run)
{
	if (!hj__advises(run))
		return HJ_OK;
	const hj_policy *policy = run->policy;
	for (uint32_t i = 0; i < policy->postures.count; i++)
		check_posture(run, &policy->postures.items[i]);
	check_uses(run, &policy->default_posture);
	for (uint32_t i = 0; i < policy->acls.count; i++)
		check_uses(run, &policy->acls.items[i].posture);
	for (uint32_t i = 0; i < policy->grants.count; i++)
		check_uses(run, &policy->grants.items[i].posture);
	for (uint32_t i = 0; i < policy->ssh.count; i++)
		check_uses(run, &policy->ssh.items[i].posture);
	return run->findings->status;
}
