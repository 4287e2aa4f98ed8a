/*
 * The linter by its data: testdata/lint/RULE/CASE.hujson has the findings of CASE.txt, one a line,
 * LINE:COLUMN: SEVERITY: MESSAGE [RULE], columns in bytes. Only RULE and the rules that CASE.txt
 * names are looked for. Where there is CASE.fixed, the fixes of RULE make that of the document.
 */
#include "lint/lint.h"

#include "testdata/support/document.h"
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"
#include "testdata/support/inventory.h"

#include <criterion/criterion.h>
#include <dirent.h>

static void describe(hj_source *source, const hj_findings *findings, hj_text *out)
{
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		hj_place place = hj_source_place(source, finding->span.start, HJ_BYTES);
		hj_text_printf(out, "%u:%u: %s: %.*s [%s]\n", place.line, place.column,
			hj_severity_text(finding->severity), (int)finding->message.size,
			finding->message.data, finding->rule->name);
	}
}

/* A fix applies, and gives another text. */
static void check_fix(const char *name, const hj_source *source, const hj_finding *finding)
{
	hj_slice bytes = hj_slice_of(source->data, source->size);
	hj_text fixed;
	hj_text_init(&fixed, NULL);
	cr_expect_eq(hj_edits_apply(finding->edits, finding->edit_count, bytes, &fixed), HJ_OK,
		"%s: the fix of %s", name, finding->rule->name);
	cr_expect(finding->edit_count == 0 || !hj_slice_equal(bytes, hj_text_slice(&fixed)),
		"%s: the fix of %s changes nothing", name, finding->rule->name);
	hj_text_free(&fixed);
}

enum { MOST_RULES = 1024 };

/* All rules but the folder's own and those whose names stand in brackets in the text. */
static void ignore_others(const char *folder, hj_text *want, bool ignored[MOST_RULES])
{
	const char *text = hj_text_string(want);
	cr_assert_leq(hj_rule_count(), MOST_RULES);
	for (size_t i = 0; i < hj_rule_count(); i++) {
		char name[128];
		snprintf(name, sizeof name, "[%s]\n", hj_rule_at(i)->name);
		ignored[i] = strcmp(hj_rule_at(i)->name, folder) != 0 && !strstr(text, name);
	}
}

/* The document with the fixes of one rule applied, those aside that touch an earlier one. */
static void fix_all(
	const char *rule, const hj_source *source, const hj_findings *findings, hj_text *out)
{
	hj_edits edits;
	hj_edits_init(&edits, NULL);
	uint32_t end = 0;
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		if (strcmp(finding->rule->name, rule) != 0 || finding->edit_count == 0 ||
			finding->edits[0].span.start < end)
			continue;
		for (size_t k = 0; k < finding->edit_count; k++)
			hj_edits_add(&edits, finding->edits[k].span, finding->edits[k].text);
		end = finding->edits[finding->edit_count - 1].span.end;
	}
	hj_slice bytes = hj_slice_of(source->data, source->size);
	cr_expect_eq(edits.status, HJ_OK, "%s", rule);
	cr_expect_eq(hj_edits_apply(edits.items, edits.count, bytes, out), HJ_OK, "%s", rule);
	hj_edits_free(&edits);
}

static void check_fixed(
	const char *rule, char *path, hj_source *source, const hj_findings *findings)
{
	hj_text want, got;
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	strcpy(strrchr(path, '.'), ".fixed");
	if (golden_read(path, &want)) {
		fix_all(rule, source, findings, &got);
		cr_expect_str_eq(hj_text_string(&got), hj_text_string(&want), "%s", path);
	}
	hj_text_free(&want);
	hj_text_free(&got);
}

static void check_case(const char *folder, const char *file)
{
	char path[512];
	bool ignored[MOST_RULES];
	hj_text text, want, got;
	hj_text_init(&text, NULL);
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	snprintf(path, sizeof path, "testdata/lint/%s/%s", folder, file);
	cr_assert(golden_read(path, &text), "%s", path);
	hj_document *document = document_of(hj_text_slice(&text));
	hj_source *source = hj_document_source(document);
	strcpy(strrchr(path, '.'), ".txt");
	cr_assert(golden_read(path, &want), "%s", path);
	ignore_others(folder, &want, ignored);
	/* Of a rule that takes an inventory: the folder's. */
	hj_text tailnet;
	hj_text_init(&tailnet, NULL);
	snprintf(path, sizeof path, "testdata/lint/%s/inventory", folder);
	struct known known =
		known_open(golden_read(path, &tailnet) ? hj_text_string(&tailnet) : NULL);
	snprintf(path, sizeof path, "testdata/lint/%s/%s", folder, file);
	hj_lint_options options = {
		.ignored = ignored, .today = 20600, .inventory = known.inventory};
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
	known_close(&known);
	hj_text_free(&tailnet);
	describe(source, &findings, &got);
	cr_expect_str_eq(hj_text_string(&got), hj_text_string(&want), "%s", path);
	for (size_t i = 0; i < findings.count; i++)
		check_fix(path, source, &findings.items[i]);
	check_fixed(folder, path, source, &findings);
	hj_findings_free(&findings);
	document_free(document);
	hj_text_free(&text);
	hj_text_free(&want);
	hj_text_free(&got);
}

static unsigned check_folder(const char *folder)
{
	char path[512];
	snprintf(path, sizeof path, "testdata/lint/%s", folder);
	DIR *files = opendir(path);
	cr_assert(files, "%s", path);
	unsigned count = 0;
	for (const struct dirent *file; (file = readdir(files));) {
		const char *dot = strrchr(file->d_name, '.');
		if (!dot || strcmp(dot, ".hujson") != 0)
			continue;
		check_case(folder, file->d_name);
		count++;
	}
	closedir(files);
	return count;
}

Test(lint, finds_what_the_cases_say)
{
	for (size_t i = 0; i < hj_rule_count(); i++) {
		const hj_rule *rule = hj_rule_at(i);
		/* testdata/syntax, testdata/inventory; findings of a configuration */
		if (strchr("SV", rule->code[0]) || !rule->bad)
			continue;
		cr_expect_gt(check_folder(rule->name), 0, "%s has no case", rule->name);
	}
}

Test(lint, suggestions_point_and_mend)
{
	/* What stands in the document, what the first fix makes of it, and what it points at. */
	static const struct {
		const char *document, *fixed, *related;
	} cases[] = {
		{"{'tagOwners': {'tag:web': []}, 'ssh': [{'src': ['tag:wbe']}]}",
			"{'tagOwners': {'tag:web': []}, 'ssh': [{'src': ['tag:web']}]}",
			"'tag:web'"},
		{"{'tagOwners': {'tag:web': []}, 'acls': [{'dst': ['tag:wbe:443']}]}",
			"{'tagOwners': {'tag:web': []}, 'acls': [{'dst': ['tag:web:443']}]}",
			"'tag:web'"},
		{"{'tagOwners': {'tag:web': []}, 'grants': [{'dst': ['tag:web:443']}]}",
			"{'tagOwners': {'tag:web': []}, 'grants': [{'dst': ['tag:web']}]}",
			"'tag:web'"},
		{"{'tagOwners': {'tag:web': []}, 'acls': [{'src': ['web']}]}",
			"{'tagOwners': {'tag:web': []}, 'acls': [{'src': ['tag:web']}]}",
			"'tag:web'"},
		{"{'groups': {'eng': []}, 'acls': [{'src': ['group:eng']}]}",
			"{'groups': {'group:eng': []}, 'acls': [{'src': ['group:eng']}]}", "'eng'"},
		{"{'tagOwners': {'tags:a': []}, 'acls': [{'src': ['tag:a']}]}",
			"{'tagOwners': {'tag:a': []}, 'acls': [{'src': ['tag:a']}]}", "'tags:a'"},
		{"{'groups': {'group:eng': []}, 'acls': [{'src': ['group:Eng']}]}",
			"{'groups': {'group:eng': []}, 'acls': [{'src': ['group:eng']}]}",
			"'group:eng'"},
		{"{'ipsets': {'ipset:ab': ['add ipset:a'], 'ipset:abc': ['add ipset:abd']}}", NULL,
			"'ipsets'"},
		{"{'acl': [], 'ssh': []}", "{'acls': [], 'ssh': []}", NULL},
		{"{'acl': [], 'acls': []}", NULL, NULL},
		/* Bytes that are spelt with escapes are not edited. */
		{"{'tagOwners': {'tag:web': []}, 'ssh': [{'src': ['tag:wb\\u0065']}]}", NULL,
			"'tag:web'"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char texts[3][256] = {"", "", ""};
		const char *members[] = {cases[i].document, cases[i].fixed, cases[i].related};
		for (size_t k = 0; k < 3; k++) {
			snprintf(texts[k], sizeof texts[k], "%s", members[k] ? members[k] : "");
			for (char *at = texts[k]; (at = strchr(at, '\''));)
				*at = '"';
		}
		hj_document *document = document_of(hj_slice_str(texts[0]));
		hj_source *source = hj_document_source(document);
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		cr_assert_eq(hj_lint(document, NULL, &findings), HJ_OK);
		size_t at = 0;
		while (at < findings.count && !strchr("PR", findings.items[at].rule->code[0]))
			at++;
		cr_assert_lt(at, findings.count, "%s", texts[0]);
		const hj_finding *finding = &findings.items[at];
		cr_expect_gt(finding->help.size, 0, "%s", texts[0]);
		cr_expect_eq(finding->edit_count > 0, cases[i].fixed != NULL, "%s", texts[0]);
		cr_expect_not(finding->safe, "%s", texts[0]);
		hj_text fixed;
		hj_text_init(&fixed, NULL);
		hj_edits_apply(finding->edits, finding->edit_count,
			hj_slice_of(source->data, source->size), &fixed);
		if (cases[i].fixed)
			cr_expect_str_eq(hj_text_string(&fixed), texts[1]);
		hj_text_free(&fixed);
		cr_expect_eq(finding->related_count, cases[i].related ? 1U : 0U, "%s", texts[0]);
		if (cases[i].related && finding->related_count)
			cr_expect(hj_slice_equal(hj_source_slice(source, finding->related[0].span),
					  hj_slice_str(texts[2])),
				"%s", texts[0]);
		hj_findings_free(&findings);
		document_free(document);
	}
}

static const char mixed[] =
	"{\n\t\"tagOwners\": {\"tag:a\": [], \"tag:a\": []},\n\t\"hosts\": {},\n\t\"what\": 1,\n"
	"\t\"acls\": [{\"src\": [\"tag:b\", \"group:c\", \"d\"] \"dst\": [\"tag:A:1\", "
	"\"D:1\"]}],\n}\n";

Test(lint, ignored_rules_are_left_out_and_others_stay)
{
	hj_document *document = document_of(hj_slice_str(mixed));
	size_t count = hj_rule_count(), all = 0, sum = 0;
	bool ignored[MOST_RULES];
	cr_assert_lt(count, sizeof ignored);
	for (size_t i = 0; i <= count; i++) {
		/* All but one, and in the end none. */
		memset(ignored, i < count, sizeof ignored);
		ignored[i] = false;
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		hj_lint_options options = {.ignored = ignored};
		cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
		for (size_t k = 0; i < count && k < findings.count; k++)
			cr_expect_eq(findings.items[k].rule, hj_rule_at(i));
		if (i < count)
			sum += findings.count;
		else
			all = findings.count;
		hj_findings_free(&findings);
	}
	cr_expect_gt(all, 4);
	cr_expect_eq(sum, all);
	document_free(document);
}

/* Whether or not the document has comments that ignore findings, which decides when it is counted. */
Test(lint, a_rule_that_finds_too_much_says_so_once)
{
	enum { GRANTS = 1500 };
	static const char *const comments[] = {"", "// hujson: ignore[rule-without-comment] one\n"};
	bool ignored[MOST_RULES];
	memset(ignored, true, sizeof ignored);
	for (size_t i = 0; i < hj_rule_count(); i++)
		ignored[i] = strcmp(hj_rule_at(i)->name, "rule-without-comment") != 0;
	for (unsigned k = 0; k < 2; k++) {
		hj_text text, want;
		hj_text_init(&text, NULL);
		hj_text_init(&want, NULL);
		hj_text_printf(&text, "{\"grants\": [\n%s", comments[k]);
		for (unsigned i = 0; i < GRANTS; i++)
			hj_text_str(&text,
				"{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": "
				"[\"*\"]},\n");
		hj_text_str(&text, "]}\n");
		hj_document *document = document_of(hj_text_slice(&text));
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		cr_assert_eq(hj_lint(document, &(hj_lint_options){.ignored = ignored}, &findings),
			HJ_OK);
		cr_expect_eq(findings.count, 1001);
		hj_text_printf(
			&want, "%u more findings of this rule are not shown", GRANTS - 1000 - k);
		cr_expect(hj_slice_equal(findings.items[1000].message, hj_text_slice(&want)),
			"%.*s", HJ_SLICE_ARGS(findings.items[1000].message));
		hj_findings_free(&findings);
		document_free(document);
		hj_text_free(&text);
		hj_text_free(&want);
	}
}

Test(lint, findings_are_added_and_the_list_is_sorted)
{
	hj_document *document = document_of(hj_slice_str(mixed));
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	hj_findings_add(&findings, hj_rule_at(0), (hj_span){3, 4}, "own");
	cr_assert_eq(hj_lint(document, NULL, &findings), HJ_OK);
	for (size_t i = 1; i < findings.count; i++)
		cr_expect_leq(findings.items[i - 1].span.start, findings.items[i].span.start);
	/* Their texts are their own: the document may go first. */
	document_free(document);
	size_t bytes = 0;
	for (size_t i = 0; i < findings.count; i++)
		for (size_t k = 0; k < findings.items[i].message.size; k++)
			bytes += findings.items[i].message.data[k] != 0;
	cr_expect_gt(bytes, 0);
	hj_findings_free(&findings);
}

Test(lint, documents_of_every_kind_are_taken)
{
	static const char *const cases[] = {"", " ", "null", "[]", "{", "}", "{}}",
		"[{\"a\":1,\"a\":1}]", "\"x\"", "{\"acls\"", "{\"acls\":", "{\"acls\":[",
		"{\"acls\":[{\"src\":[\"tag:", "{1:2,\"acls\":[],3}", "{\"acls\":[[[]]]}",
		"{\"tagOwners\":{1:[]}}"};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_document *document = document_of(hj_slice_str(cases[i]));
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		cr_expect_eq(hj_lint(document, NULL, &findings), HJ_OK, "%s", cases[i]);
		cr_expect_geq(
			findings.count, hj_document_findings(document)->count, "%s", cases[i]);
		hj_findings_free(&findings);
		document_free(document);
	}
}

/* A piece again and again, `#` in it being the number of the time. */
static void repeat(hj_text *text, const char *piece, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (const char *at = piece; *at; at++) {
			if (*at == '#')
				hj_text_printf(text, "%zu", i);
			else
				hj_text_byte(text, *at);
		}
}

/* A document that is hard on careless loops. */
static void check_large(const char *head, const char *piece, size_t count, const char *middle,
	const char *second, const char *tail)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_text_str(&text, head);
	repeat(&text, piece, count);
	hj_text_str(&text, middle);
	repeat(&text, second, count);
	hj_text_str(&text, tail);
	hj_document *document = document_of(hj_text_slice(&text));
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_expect_eq(hj_lint(document, NULL, &findings), HJ_OK, "%s", piece);
	hj_findings_free(&findings);
	document_free(document);
	hj_text_free(&text);
}

Test(lint, time_is_linear_in_hostile_documents, .timeout = 60)
{
	enum { MANY = 50000 };
	static const char seventeen[] =
		"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,"
		"\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":[";
	check_large("{\"tagOwners\": {", "\"tag:a#\": [\"tag:b#\"],", MANY, "", "", "}}");
	check_large("{\"groups\": {", "\"group:a#\": [],", MANY, "", "\"group:A#\": [],", "}}");
	check_large("{\"acls\": [", "{\"src\": [\"x#\"], \"dst\": [\"tag:y#:1\"]},", MANY,
		"], \"hosts\": {", "\"A#\": \"1.2.3.4\",", "}}");
	check_large("{", "\"acl#\": {\"a\": #},", MANY, "", "\"tag:#\": [],", "\"acls\": []}");
	check_large("", "{\"a\": #, \"b\": ", MANY, "1", "}", "");
	check_large("", "{\"a\": #, \"b\": ", MANY, "", "", "");
	check_large("{\"acls\": ", "[{\"src\":", MANY, "", "", "");
	/* Many names in one object, then a chain of objects that have too many for pairs. */
	check_large("{", "\"n#\": #,", MANY, "\"chain\": [", seventeen, "");
}

Test(lint, out_of_memory_is_said_and_nothing_leaks)
{
	hj_document *document = document_of(hj_slice_str(mixed));
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_findings findings;
		hj_findings_init(&findings, &allocator);
		hj_status status = hj_lint(document, NULL, &findings);
		/* The sort does without its room, a text of edits without its copy: not an error. */
		if (!state.failed)
			cr_expect_eq(status, HJ_OK);
		else if (status)
			cr_expect_eq(findings.status, HJ_NO_MEMORY, "allocation %zu", n);
		hj_findings_free(&findings);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed)
			break;
	}
	document_free(document);
}
