#include "policy/condition.h"

#include <criterion/criterion.h>

#define SIZE(array) (sizeof(array) / sizeof *(array))

static void expect_text(const char *what, const char *input, hj_slice got, const char *want)
{
	cr_expect(hj_slice_equal(got, hj_slice_str(want)), "%s of %s: \"%.*s\"", what, input,
		(int)got.size, got.size ? got.data : "");
}

Test(condition, forms)
{
	static const struct {
		const char *text, *attribute;
		hj_operator operation;
		const char *values; /* type letter and text of each, '/' behind each */
	} cases[] = {
		{"node:tsAutoUpdate", "node:tsAutoUpdate", HJ_IS_TRUE, ""},
		{"  fleet:present\t", "fleet:present", HJ_IS_TRUE, ""},
		{"node:os == 'macos'", "node:os", HJ_EQUAL, "smacos/"},
		{"node:os=='macos'", "node:os", HJ_EQUAL, "smacos/"},
		{"node:os == ''", "node:os", HJ_EQUAL, "s/"},
		{"node:os != 'js'", "node:os", HJ_NOT_EQUAL, "sjs/"},
		{"node:osVersion >= '14'", "node:osVersion", HJ_AT_LEAST, "s14/"},
		{"node:osVersion>'14.1'", "node:osVersion", HJ_MORE, "s14.1/"},
		{"falcon:ztaScore < 80", "falcon:ztaScore", HJ_LESS, "n80/"},
		{"falcon:ztaScore<=-1.5", "falcon:ztaScore", HJ_AT_MOST, "n-1.5/"},
		{"jamfPro:supervised == true", "jamfPro:supervised", HJ_EQUAL, "btrue/"},
		{"custom:a == False", "custom:a", HJ_EQUAL, "bFalse/"},
		{"kolide:authState == 'Will Block'", "kolide:authState", HJ_EQUAL, "sWill Block/"},
		{"custom:tier IN ['prod', 'stage']", "custom:tier", HJ_IN, "sprod/sstage/"},
		{"custom:tier in['a]b','c,d' ]", "custom:tier", HJ_IN, "sa]b/sc,d/"},
		{"custom:n IN [1,true,'x']", "custom:n", HJ_IN, "n1/btrue/sx/"},
		{"custom:tier NOT  IN [ 'dev' ]", "custom:tier", HJ_NOT_IN, "sdev/"},
		{"custom:x IS SET", "custom:x", HJ_IS_SET, ""},
		{"custom:x is  set ", "custom:x", HJ_IS_SET, ""},
		{"custom:x Not Set", "custom:x", HJ_NOT_SET, ""},
		{"custom:a:b IS SET", "custom:a:b", HJ_IS_SET, ""},
		{"fleetPolicy:disk-encryption", "fleetPolicy:disk-encryption", HJ_IS_TRUE, ""},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_condition got = {0};
		size_t at = 0;
		const char *what = "";
		cr_expect(hj_condition_parse(hj_slice_str(cases[i].text), &got, &at, &what),
			"%s: at %zu %s", cases[i].text, at, what);
		expect_text("attribute", cases[i].text, got.attribute, cases[i].attribute);
		cr_expect_eq(
			got.operation, cases[i].operation, "%s: %d", cases[i].text, got.operation);
		hj_text values;
		hj_text_init(&values, NULL);
		hj_value_type type;
		for (hj_slice rest = got.values, value; hj_condition_value(&rest, &type, &value);) {
			hj_text_byte(&values, " snbv"[type]);
			hj_text_append(&values, value);
			hj_text_byte(&values, '/');
		}
		expect_text("values", cases[i].text, hj_text_slice(&values), cases[i].values);
		hj_text_free(&values);
	}
}

Test(condition, faults)
{
	static const struct {
		const char *text;
		size_t at;
		const char *what;
	} cases[] = {
		{"", 0, "expected an attribute, such as node:os"},
		{"  ", 2, "expected an attribute, such as node:os"},
		{"== 'a'", 0, "expected an attribute, such as node:os"},
		{" os == 'a'", 1, "expected an attribute with its namespace, such as node:os"},
		{"node: == 'a'", 0, "expected an attribute with its namespace, such as node:os"},
		{":os", 0, "expected an attribute with its namespace, such as node:os"},
		{"a::b", 0, "expected an attribute with its namespace, such as node:os"},
		{":", 0, "expected an attribute with its namespace, such as node:os"},
		{"node:os = 'linux'", 8, "equality is written =="},
		{"node:os ! 'linux'", 8, "expected an operator or the end"},
		{"node:os linux", 8, "expected an operator or the end"},
		{"node:os INSIDE ['a']", 8, "expected an operator or the end"},
		{"node:os == \"linux\"", 11, "strings stand in single quotes"},
		{"node:os == linux", 11, "strings stand in single quotes"},
		{"node:os == 'linux", 11, "the string has no closing quote"},
		{"node:os == '", 11, "the string has no closing quote"},
		{"node:os ==", 10, "expected a value"},
		{"node:os === 'a'", 10, "expected a value"},
		{"node:tsVersion >= 1.40.1", 18, "versions stand in single quotes"},
		{"custom:a == 1.", 12, "versions stand in single quotes"},
		{"custom:a == -", 12, "strings stand in single quotes"},
		{"node:os IN 'a'", 11, "expected a list in brackets"},
		{"node:os IN", 10, "expected a list in brackets"},
		{"node:os IN []", 12, "expected a value"},
		{"node:os IN ['a',]", 16, "expected a value"},
		{"node:os IN ['a' 'b']", 16, "expected a comma or the closing bracket"},
		{"node:os IN ['a'", 15, "expected a comma or the closing bracket"},
		{"custom:a IS", 11, "expected SET"},
		{"custom:a IS NOT SET", 12, "expected SET"},
		{"custom:a NOT", 12, "expected IN or SET"},
		{"node:os == 'a' AND ip:country == 'DE'", 15, "expected the end of the condition"},
		{"custom:a IS SET x", 16, "expected the end of the condition"},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_condition got;
		size_t at = 99;
		const char *what = "";
		cr_expect_not(hj_condition_parse(hj_slice_str(cases[i].text), &got, &at, &what),
			"%s", cases[i].text);
		cr_expect_eq(at, cases[i].at, "%s: at %zu", cases[i].text, at);
		cr_expect_str_eq(what, cases[i].what, "%s: %s", cases[i].text, what);
	}
	hj_condition got;
	size_t at;
	const char *what;
	cr_expect_not(hj_condition_parse((hj_slice){0}, &got, &at, &what));
	/* A NUL is no end. */
	cr_expect_not(hj_condition_parse(hj_slice_of("custom:a \0", 10), &got, &at, &what));
}

Test(condition, attributes)
{
	static const struct {
		const char *name, *row; /* NULL: not documented */
		hj_value_type type;
	} cases[] = {
		{"node:os", "node:os", HJ_VALUE_STRING},
		{"node:osVersion", "node:osVersion", HJ_VALUE_VERSION},
		{"sentinelOne:agentVersion", "sentinelOne:agentVersion", HJ_VALUE_VERSION},
		{"falcon:ztaScore", "falcon:ztaScore", HJ_VALUE_NUMBER},
		{"fleet:present", "fleet:present", HJ_VALUE_BOOLEAN},
		{"fleetPolicy:anything", "fleetPolicy:", HJ_VALUE_BOOLEAN},
		{"custom:tier", "custom:", HJ_VALUE_NONE},
		{"custom:", NULL, HJ_VALUE_NONE},
		{"node:OS", NULL, HJ_VALUE_NONE},
		{"node:version", NULL, HJ_VALUE_NONE},
		{"node:", NULL, HJ_VALUE_NONE},
		{"", NULL, HJ_VALUE_NONE},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		const hj_attribute *got = hj_attribute_find(hj_slice_str(cases[i].name));
		expect_text(
			"row", cases[i].name, hj_slice_str(got ? got->name : NULL), cases[i].row);
		cr_expect_eq(got ? got->type : HJ_VALUE_NONE, cases[i].type, "%s", cases[i].name);
	}
	const hj_attribute *os = hj_attribute_find(HJ_SLICE("node:os"));
	cr_expect(hj_attribute_allows(os, HJ_SLICE("macos")));
	cr_expect(hj_attribute_allows(os, HJ_SLICE("js")));
	cr_expect_not(hj_attribute_allows(os, HJ_SLICE("darwin")));
	cr_expect_not(hj_attribute_allows(os, HJ_SLICE("mac")));
	cr_expect_not(hj_attribute_allows(os, HJ_SLICE("")));
	cr_expect(hj_attribute_allows(hj_attribute_find(HJ_SLICE("ip:country")), HJ_SLICE("DE")));
	size_t count;
	const hj_attribute *all = hj_attributes(&count);
	cr_expect_eq(count, 34);
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < i; j++)
			cr_expect_str_neq(all[i].name, all[j].name);
}

Test(condition, versions)
{
	static const struct {
		const char *a, *b;
		int want;
	} cases[] = {
		{"1.9", "1.10", -1},
		{"12", "12.0", -1},
		{"13", "13.0", -1},
		{"1.40", "1.40.0", -1},
		{"1.66.0", "1.66.0-t1a2b", -1},
		{"1.66.0", "1.66.0", 0},
		{"1.066", "1.66", 0},
		{"1.", "1.0", 0},
		{"", "", 0},
		{"", "0", 0},
		{"", "1", -1},
		{"", ".", -1},
		{"1a", "1b", -1},
		{"a1", "1", 1},
		{"99999999999999999999999", "100000000000000000000000", -1},
		{"1.2.3", "1.2-3", 1},
		{"10", "9", 1},
	};
	for (size_t i = 0; i < SIZE(cases); i++) {
		hj_slice a = hj_slice_str(cases[i].a), b = hj_slice_str(cases[i].b);
		cr_expect_eq(
			hj_version_compare(a, b), cases[i].want, "%s, %s", cases[i].a, cases[i].b);
		cr_expect_eq(
			hj_version_compare(b, a), -cases[i].want, "%s, %s", cases[i].b, cases[i].a);
	}
	cr_expect_eq(hj_version_compare((hj_slice){0}, (hj_slice){0}), 0);
}
