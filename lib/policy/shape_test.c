/*
 * The shape: what the service says, which finding it would name, and memory that runs out. Places
 * and messages are in testdata/lint.
 */
#include "policy/shape.h"

#include "policy/accept.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

static hj_document *parse(const char *text, hj_source **source)
{
	hj_document *document;
	hj_text bytes;
	hj_text_init(&bytes, NULL);
	for (const char *at = text; *at; at++)
		hj_text_byte(&bytes, *at == '\'' ? '"' : *at);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&bytes), source), HJ_OK);
	cr_assert_eq(hj_parse(*source, 0, &document), HJ_OK);
	hj_text_free(&bytes);
	return document;
}

/* As a policy, whatever it holds. */
static hj_status check(const hj_document *document, hj_findings *findings)
{
	hj_policy policy;
	cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
	hj_status status = hj_check_shape(&policy, true, false, findings);
	hj_policy_free(&policy);
	return status;
}

Test(shape, the_first_refusal_has_the_words_of_the_service)
{
	static const struct {
		const char *document, *rule, *words; /* NULL: nothing is refused */
		hj_stage stage;
	} cases[] = {
		{"{}", NULL, NULL, HJ_STAGE_ACCEPTED},
		{"{'Unknownfield': 1}", "unknown-section", "json: unknown field \"Unknownfield\"",
			HJ_STAGE_DECODING},
		{"{'grants': [{'a\\u0062': 1}], 'x': 1}", "unknown-field",
			"json: unknown field \"ab\"", HJ_STAGE_DECODING},
		{"{'x': 1, 'grants': [{'b': 1}]}", "unknown-section", "json: unknown field \"x\"",
			HJ_STAGE_DECODING},
		{"{'//': 'x'}", "comment-as-field", "json: unknown field \"//\"",
			HJ_STAGE_DECODING},
		{"{'hosts': []}", "wrong-type", "", HJ_STAGE_DECODING},
		{"[]", "root-not-object", "", HJ_STAGE_DECODING},
		{"{'acls': [{'src': [], 'dst': []}]}", "missing-field",
			"action=\"\" is not supported", HJ_STAGE_ACLS},
		{"{'acls': [{'src': [], 'dst': []}], 'hosts': {'a': 1}}", "wrong-type", "",
			HJ_STAGE_DECODING},
		/* Warnings and the like. */
		{"{'acls': [{'action': 'accept', 'dst': []}]}", NULL, NULL, HJ_STAGE_ACCEPTED},
		{"{'tagOwners': {'tag:a': 'x'}}", NULL, NULL, HJ_STAGE_ACCEPTED},
		{"{'acls': null}", NULL, NULL, HJ_STAGE_ACCEPTED},
		{"{'ACLs': []}", NULL, NULL, HJ_STAGE_ACCEPTED},
		{"{'derpMap': {'regions': {'1': null}}}", NULL, NULL, HJ_STAGE_ACCEPTED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_source *source;
		hj_document *document = parse(cases[i].document, &source);
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		cr_assert_eq(check(document, &findings), HJ_OK);
		const hj_finding *first = NULL;
		for (size_t k = 0; k < findings.count; k++) {
			const hj_finding *finding = &findings.items[k];
			if (finding->refusal && (!first || finding->refusal < first->refusal))
				first = finding;
		}
		cr_expect_eq(first != NULL, cases[i].rule != NULL, "%s", cases[i].document);
		if (first && cases[i].rule) {
			cr_expect_str_eq(first->rule->name, cases[i].rule, "%s", cases[i].document);
			cr_expect(hj_slice_equal(first->service, hj_slice_str(cases[i].words)),
				"%s: %.*s", cases[i].document, HJ_SLICE_ARGS(first->service));
			cr_expect_eq(hj_refusal_stage(first->refusal), cases[i].stage, "%s",
				cases[i].document);
		}
		hj_findings_free(&findings);
		hj_document_free(document);
		hj_source_free(source);
	}
}

Test(shape, one_mistake_is_one_finding)
{
	static const char *const cases[] = {
		"{'acls': [{'action': 'accept', 'src': ['*'], 'destination': ['*:*']}]}",
		"{'acls': [{'action': 'accept', 'src': ['*'], 'dst': 1}]}",
		"{'acls': [{}]}",
		"{'zzz': {'acls': [{'x': null}]}}",
		"{'grants': {'a': {'b': [null]}}}",
		"{'tests': [{'src': [[['a']]]}]}",
		"{'groups': {'group:a': [null]}}",
		"{'Hosts': {}}",
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		hj_source *source;
		hj_document *document = parse(cases[i], &source);
		hj_findings findings;
		hj_findings_init(&findings, NULL);
		cr_assert_eq(check(document, &findings), HJ_OK);
		cr_expect_eq(findings.count, 1U, "%s: %zu", cases[i], findings.count);
		hj_findings_free(&findings);
		hj_document_free(document);
		hj_source_free(source);
	}
}

Test(shape, memory_may_run_out_anywhere)
{
	hj_source *source;
	hj_document *document = parse("{'\\u0061cls': [{'s\\u0072cs': 1, 'users': 'x'}, {}, null], "
				      "'x': 1, 'acl': 1, '_comment': 'x', 'Hosts': [], "
				      "'tests': [{'src': ['a'], 'user': 1}], 'grants': [{}]}",
		&source);
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_findings findings;
		hj_findings_init(&findings, &allocator);
		hj_status status = check(document, &findings);
		hj_findings_free(&findings);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
	hj_document_free(document);
	hj_source_free(source);
}
