/*
 * Configurations: what globs fit, what parts say over one another, and no memory.
 */
#include "lint/config.h"

#include "testdata/support/failing.h"

#include <criterion/criterion.h>

enum { MOST_RULES = 1024 };

Test(config, globs_fit)
{
	static const struct {
		const char *glob, *path;
		bool fits;
	} cases[] = {
		{"a.hujson", "a.hujson", true},
		{"a.hujson", "x/y/a.hujson", true},
		{"./a.hujson", "x/a.hujson", false},
		{"/a.hujson", "a.hujson", true},
		{"*.hujson", "x/a.hujson", true},
		{"x/*.hujson", "x/a.hujson", true},
		{"x/*.hujson", "x/y/a.hujson", false},
		{"x/**", "x/y/a.hujson", true},
		{"x/**/a.hujson", "x/a.hujson", true},
		{"x/**/a.hujson", "x/y/z/a.hujson", true},
		{"**/z/*.h", "x/y/z/a.h", true},
		{"x/", "x/y/a", true},
		{"x/", "xy/a", false},
		{"x/", "x", false},
		{"x/?.h", "x/a.h", true},
		{"x/?.h", "x/ab.h", false},
		{"", "a", false},
		{"*a*b*c*", "xaxbxcx", true},
		{"*a*b*c*", "xaxcxbx", false},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(hj_glob_fits(hj_slice_str(cases[i].glob), hj_slice_str(cases[i].path)),
			cases[i].fits, "%s of %s", cases[i].glob, cases[i].path);
}

static const char text[] =
	"{\"select\": [\"R\"], \"severity\": {\"R002\": \"info\", \"D001\": \"warning\"},\n"
	"\"ignore\": [\"R001\"], \"external\": {\"tags\": [\"tag:A\"], \"hosts\": [\"h\"]},\n"
	"\"extensions\": [\".x\"], \"fragment\": true, \"tailn\\u0065t\": \"a.b\",\n"
	"\"patterns\": {\"tag\": \"x\"}, \"unknown\": 1,\n"
	"\"per-file\": [{\"files\": \"a/\", \"ignore\": [], \"select\": [\"all\"]},\n"
	"{\"files\": [\"a/b/\"], \"fragment\": false, \"severity\": {\"R002\": \"off\"}}]}\n";

static bool check_pattern(void *context, hj_slice pattern, hj_text *why, size_t *offset)
{
	(void)context;
	(void)pattern;
	hj_text_str(why, "no");
	*offset = 1;
	return false;
}

static hj_status read(const hj_allocator *allocator, hj_pattern_check check, const char *path,
	hj_rule_setting *rules, hj_config_value values[HJ_CONFIG_VALUES], size_t *found)
{
	hj_source *source = NULL;
	hj_document *document = NULL;
	hj_findings findings;
	hj_config config;
	hj_findings_init(&findings, allocator);
	hj_status status = hj_source_copy(allocator, NULL, hj_slice_str(text), &source);
	if (!status)
		status = hj_parse(source, 0, &document);
	if (!status)
		status = hj_config_read(document, check, NULL, &findings, &config);
	*found = findings.count;
	if (!status) {
		cr_expect(hj_map_get(&config.known, HJ_SLICE("tag:a")));
		cr_expect(hj_map_get(&config.known, HJ_SLICE("host:h")));
		hj_config_settle(&config, hj_slice_str(path), rules, values);
		hj_config_free(&config);
	}
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return status;
}

static hj_rule_setting setting(const hj_rule_setting *rules, const char *code)
{
	for (size_t i = 0; i < hj_rule_count(); i++)
		if (strcmp(hj_rule_at(i)->code, code) == 0)
			return rules[i];
	cr_assert(false, "%s", code);
	return rules[0];
}

Test(config, parts_lie_over_one_another)
{
	static hj_rule_setting rules[MOST_RULES];
	hj_config_value values[HJ_CONFIG_VALUES];
	size_t found;
	cr_assert_eq(read(NULL, NULL, "x.hujson", rules, values, &found), HJ_OK);
	cr_expect_eq(found, 1);
	cr_expect(setting(rules, "R003").on);
	cr_expect(!setting(rules, "R001").on);
	cr_expect(!setting(rules, "P001").on);
	cr_expect(setting(rules, "D001").on, "a level selects");
	cr_expect(setting(rules, "F003").on, "patterns select");
	cr_expect_eq(setting(rules, "R002").severity, HJ_INFO_LEVEL);
	cr_expect_eq(read(NULL, NULL, "a/x.hujson", rules, values, &found), HJ_OK);
	cr_expect(setting(rules, "R001").on);
	cr_expect(setting(rules, "P001").on);
	cr_expect_eq(read(NULL, check_pattern, "a/b/x.hujson", rules, values, &found), HJ_OK);
	cr_expect_eq(found, 2);
	cr_expect(!setting(rules, "R002").on);
}

Test(config, out_of_memory_fails_and_leaks_nothing)
{
	static hj_rule_setting rules[MOST_RULES];
	hj_config_value values[HJ_CONFIG_VALUES];
	size_t found;
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_status status = read(&allocator, check_pattern, "a/b/x", rules, values, &found);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
}
