/*
 * What the options change: names that come from elsewhere, and headscale's dialect.
 */
#include "lint/lint.h"

#include <criterion/criterion.h>
#include <stdio.h>

enum { MOST_RULES = 1024 };

/* The findings of one rule in a document that has ' for ". */
static size_t count_of(const char *rule, const char *document, hj_lint_options options)
{
	bool ignored[MOST_RULES];
	char text[512];
	memset(ignored, true, sizeof ignored);
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = strcmp(hj_rule_at(i)->name, rule) != 0;
	options.ignored = ignored;
	snprintf(text, sizeof text, "%s", document);
	for (char *at = text; (at = strchr(at, '\''));)
		*at = '"';
	hj_source *source;
	hj_document *parsed;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert(hj_rule_find(hj_slice_str(rule)), "%s", rule);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &parsed), HJ_OK);
	cr_assert_null(hj_document_error(parsed), "%s", text);
	cr_assert_eq(hj_lint(parsed, &options, &findings), HJ_OK);
	size_t count = findings.count;
	for (size_t i = 0; options.headscale && i < count; i++)
		cr_expect_eq(findings.items[i].service.size, 0, "%s", document);
	hj_findings_free(&findings);
	hj_document_free(parsed);
	hj_source_free(source);
	return count;
}

Test(settings, names_from_elsewhere_are_neither_undefined_nor_unused)
{
	static const struct {
		const char *rule, *document, *known;
	} cases[] = {
		{"undefined-group", "{'groups': {}, 'grants': [{'src': ['group:a']}]}", "group:a"},
		{"undefined-tag", "{'tagOwners': {}, 'grants': [{'src': ['tag:A']}]}", "tag:a"},
		{"undefined-host", "{'hosts': {}, 'grants': [{'src': ['a']}]}", "host:a"},
		{"undefined-host", "{'hosts': {}, 'grants': [{'src': ['a']}]}", "user:a"},
		{"undefined-ipset", "{'ipsets': {}, 'grants': [{'src': ['ipset:a']}]}", "ipset:a"},
		{"undefined-posture", "{'postures': {}, 'defaultSrcPosture': ['posture:a']}",
			"posture:a"},
		{"missing-section", "{'grants': [{'src': ['group:a']}]}", "group:a"},
		{"missing-section", "{'grants': [{'src': ['tag:a']}]}", "tag:a"},
		{"missing-section", "{'grants': [{'src': ['a']}]}", "host:a"},
		{"missing-section", "{'grants': [{'src': ['ipset:a']}]}", "ipset:a"},
		{"missing-section", "{'defaultSrcPosture': ['posture:a']}", "posture:a"},
		{"unused-group", "{'groups': {'group:a': ['a@b.c']}, 'acls': []}", "group:a"},
		{"unused-tag", "{'tagOwners': {'tag:A': []}, 'acls': []}", "tag:a"},
		{"unused-host", "{'hosts': {'a': '10.0.0.1'}, 'acls': []}", "host:a"},
		{"unused-ipset", "{'ipsets': {'ipset:a': ['10.0.0.1']}, 'acls': []}", "ipset:a"},
		{"unused-posture", "{'postures': {'posture:a': []}, 'acls': []}", "posture:a"},
		{"used-only-in-tests",
			"{'groups': {'group:a': ['a@b.c']}, 'tests': [{'src': 'group:a'}]}",
			"group:a"},
		{"empty-group", "{'groups': {'group:a': []}, 'acls': []}", "group:a"},
		{"user-in-two-spellings", "{'grants': [{'src': ['A@b.c']}, {'src': ['a@b.c']}]}",
			"user:a@b.c"},
		{"ssh-foreign-domain", "{'ssh': [{'src': ['user:*@d.e'], 'dst': ['tag:a']}]}",
			"domain:d.e"},
		{"ssh-foreign-domain",
			"{'ssh': [{'users': ['localpart:*@d.e'], 'dst': ['tag:a']}]}",
			"domain:d.e"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_map known;
		hj_map_init(&known, NULL);
		hj_lint_options options = {.known = &known, .tailnet = HJ_SLICE("b.c")};
		cr_assert_eq(hj_map_put(&known, HJ_SLICE("other"), 0, NULL, NULL), HJ_OK);
		cr_expect_eq(count_of(cases[i].rule, cases[i].document, options), 1, "%s: %s",
			cases[i].rule, cases[i].document);
		cr_assert_eq(
			hj_map_put(&known, hj_slice_str(cases[i].known), 0, NULL, NULL), HJ_OK);
		cr_expect_eq(count_of(cases[i].rule, cases[i].document, options), 0, "%s: %s",
			cases[i].rule, cases[i].document);
		hj_map_free(&known);
	}
}

Test(settings, names_from_elsewhere_have_their_letter_case)
{
	static const struct {
		const char *rule, *document;
		size_t count;
	} cases[] = {
		{"reference-case", "{'grants': [{'src': ['group:A', 'group:a', 'group:B']}]}", 1},
		{"reference-case", "{'hosts': {}, 'grants': [{'src': ['H', 'h']}]}", 1},
		{"undefined-host", "{'hosts': {}, 'grants': [{'src': ['H', 'h']}]}", 0},
		{"missing-section", "{'grants': [{'src': ['group:A']}]}", 0},
		/* Before a port the service does not look at letter case. */
		{"reference-case", "{'hosts': {}, 'acls': [{'dst': ['H:1']}]}", 0},
		{"undefined-host", "{'hosts': {}, 'acls': [{'dst': ['H:1']}]}", 0},
	};
	hj_map known;
	hj_map_init(&known, NULL);
	cr_assert_eq(hj_map_put(&known, HJ_SLICE("group:a"), 0, NULL, NULL), HJ_OK);
	cr_assert_eq(hj_map_put(&known, HJ_SLICE("host:h"), 0, NULL, NULL), HJ_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(count_of(cases[i].rule, cases[i].document,
				     (hj_lint_options){.known = &known}),
			cases[i].count, "%s: %s", cases[i].rule, cases[i].document);
	hj_map_free(&known);
}

/* What is said of a document by itself, and what with headscale's dialect. */
Test(settings, headscale_is_judged_by_what_it_takes)
{
	static const struct {
		const char *rule, *document;
		size_t by_service, by_headscale;
	} cases[] = {
		{"group-member", "{'groups': {'group:a': ['a@b.c', 'boss']}}", 1, 0},
		{"group-member", "{'groups': {'group:a': ['a@b.c', 'boss@']}}", 1, 0},
		{"group-member", "{'groups': {'group:a': ['a@b.c', 'tag:a']}}", 1, 1},
		{"tag-owner", "{'tagOwners': {'tag:a': ['a@b.c', 'boss']}}", 1, 0},
		{"undefined-host", "{'hosts': {}, 'acls': [{'src': ['boss']}]}", 1, 0},
		{"missing-section", "{'acls': [{'src': ['boss']}]}", 1, 0},
		{"undefined-host", "{'hosts': {}, 'acls': [{'dst': ['nas:1']}]}", 1, 1},
		{"undefined-tag", "{'tagOwners': {}, 'acls': [{'src': ['tag:a']}]}", 1, 1},
		{"tag-without-prefix", "{'tagOwners': {'tag:a': []}, 'acls': [{'src': ['a']}]}", 1,
			1},
		{"ssh-source", "{'ssh': [{'src': ['boss'], 'dst': ['tag:a']}]}", 1, 0},
		{"ssh-destination", "{'ssh': [{'src': ['a@b.c'], 'dst': ['autogroup:member']}]}", 1,
			0},
		{"ssh-destination", "{'ssh': [{'src': ['a@b.c'], 'dst': ['boss']}]}", 1, 0},
		{"ssh-destination", "{'ssh': [{'src': ['a@b.c'], 'dst': ['*']}]}", 1, 1},
		{"ssh-tag-to-user", "{'ssh': [{'src': ['tag:a'], 'dst': ['autogroup:member']}]}", 0,
			1},
		{"ssh-foreign-domain", "{'ssh': [{'users': ['localpart:*@d.e']}]}", 1, 0},
		{"unknown-protocol", "{'acls': [{'proto': 'fc', 'dst': ['tag:a:*']}]}", 1, 0},
		{"unknown-protocol", "{'acls': [{'proto': 'fcc', 'dst': ['tag:a:*']}]}", 1, 1},
		{"destination-not-allowed", "{'acls': [{'dst': ['[fd00::]/64:22']}]}", 1, 0},
		{"bad-ip-item", "{'grants': [{'ip': ['tcp:22,80-90']}]}", 1, 0},
		{"bad-ip-item", "{'grants': [{'ip': ['tcp:22,', 'icmp:1,2', 'x:1,2']}]}", 3, 3},
		{"destination-not-allowed", "{'acls': [{'dst': ['[10.0.0.0]/8:22']}]}", 1, 1},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_lint_options options = {.tailnet = HJ_SLICE("b.c")};
		cr_expect_eq(count_of(cases[i].rule, cases[i].document, options),
			cases[i].by_service, "%s", cases[i].document);
		options.headscale = true;
		cr_expect_eq(count_of(cases[i].rule, cases[i].document, options),
			cases[i].by_headscale, "headscale: %s", cases[i].document);
	}
}
