#include "cmd/testing.h"

#include "cmd/report.h"

enum { MOST_RULES = 4 }; /* in a line for people */

int testing_run(const struct knowledge *knowledge, const char *path, const hj_document *document,
	hj_slice tailnet, bool coverage, struct tested *out)
{
	hj_policy policy;
	if (hj_policy_bind(document, knowledge->app->allocator, &policy))
		return app_out_of_memory(knowledge->app, path);
	return testing_run_bound(knowledge, path, policy, tailnet, coverage, out);
}

int testing_run_bound(const struct knowledge *knowledge, const char *path, hj_policy policy,
	hj_slice tailnet, bool coverage, struct tested *out)
{
	struct app *app = knowledge->app;
	int result = knowledge_join_bound(knowledge, path, policy, tailnet, &out->joined);
	if (result)
		return result;
	out->covered = coverage;
	hj_status status = hj_reach_build(
		&out->joined.world, &knowledge->assumptions, app->allocator, &out->reach);
	if (!status)
		status = coverage ? hj_coverage_run(out->reach, &out->joined.policy, app->allocator,
					    &out->assertions, &out->coverage)
				  : hj_assertions_run(out->reach, &out->joined.policy, NULL,
					    app->allocator, &out->assertions);
	if (!status)
		return EXIT_CLEAN;
	hj_reach_free(out->reach);
	joined_free(&out->joined);
	return app_out_of_memory(app, path);
}

void testing_free(struct tested *tested)
{
	if (tested->covered)
		hj_coverage_free(&tested->coverage);
	hj_assertions_free(&tested->assertions);
	hj_reach_free(tested->reach);
	joined_free(&tested->joined);
}

/* -- words --------------------------------------------------------------------------------------- */

void testing_target(hj_text *out, const hj_assertion *assertion)
{
	if (assertion->ssh) {
		report_safe(out, assertion->account.text);
		hj_text_str(out, " on ");
	}
	report_safe(out, hj_trim(assertion->dst.text));
	if (assertion->proto.text.size) {
		hj_text_byte(out, ' ');
		report_safe(out, hj_trim(assertion->proto.text));
	}
}

void testing_name(hj_text *out, const hj_assertion *assertion)
{
	hj_text_printf(
		out, "%s[%u]", assertion->ssh ? "sshTests" : "tests", (unsigned)assertion->test);
	if (assertion->src.text.size) {
		hj_text_byte(out, ' ');
		report_safe(out, hj_trim(assertion->src.text));
	}
	if (assertion->want == HJ_WANT_NOTHING)
		return;
	hj_text_printf(out, " %s ", hj_want_text(assertion->want));
	testing_target(out, assertion);
}

uint32_t testing_line(const hj_document *document, uint32_t node)
{
	uint32_t start = hj_document_nodes(document)[node].start;
	return hj_source_place(hj_document_source(document), start, HJ_BYTES).line;
}

void testing_rules(hj_text *out, const hj_document *document, const hj_assertion *assertion)
{
	for (uint32_t i = 0; i < assertion->rule_count; i++) {
		if (i == MOST_RULES) {
			hj_text_printf(out, " and %u more", assertion->rule_count - i);
			return;
		}
		hj_rule_place place = assertion->rules[i];
		hj_text_str(out, i ? "; " : "");
		if (place.section == HJ_OF_NO_RULE) {
			hj_text_str(out, "there are no rules, so all is allowed");
			continue;
		}
		hj_rule_place_append(out, place);
		hj_text_printf(out, ", line %u", testing_line(document, place.node));
	}
}

/* -- JSON ---------------------------------------------------------------------------------------- */

static void put_text(hj_emit *emit, const char *name, const char *text)
{
	if (*text)
		hj_emit_string(emit, name, hj_slice_str(text));
	else
		hj_emit_null(emit, name);
}

static void put_outcome(hj_emit *emit, const hj_assertion *assertion)
{
	bool nothing = assertion->want == HJ_WANT_NOTHING;
	put_text(emit, "want", nothing ? "" : hj_got_text(hj_wanted(assertion->want)));
	put_text(emit, "got", nothing ? "" : hj_got_text(assertion->got));
	if (assertion->pass == HJ_MAYBE)
		hj_emit_null(emit, "pass");
	else
		hj_emit_bool(emit, "pass", assertion->pass == HJ_YES);
}

void testing_json(hj_emit *emit, const hj_document *document, const hj_assertion *assertion)
{
	hj_emit_string(emit, "kind", assertion->ssh ? HJ_SLICE("sshTests") : HJ_SLICE("tests"));
	hj_emit_number(emit, "index", assertion->test);
	hj_emit_string(emit, "src", assertion->src.text);
	if (assertion->ssh)
		hj_emit_string(emit, "user", assertion->account.text);
	put_text(emit, "assertion", hj_want_text(assertion->want));
	hj_emit_string(emit, "dst", assertion->dst.text);
	if (assertion->proto.text.size)
		hj_emit_string(emit, "proto", assertion->proto.text);
	put_outcome(emit, assertion);
	hj_emit_array(emit, "rules");
	for (uint32_t i = 0; i < assertion->rule_count; i++)
		if (assertion->rules[i].section != HJ_OF_NO_RULE)
			hj_emit_number(
				emit, NULL, testing_line(document, assertion->rules[i].node));
	hj_emit_end(emit);
	if (assertion->pass == HJ_MAYBE) {
		hj_emit_array(emit, "depends_on");
		for (uint32_t i = 0; i < assertion->fact_count; i++)
			hj_emit_string(emit, NULL, assertion->facts[i]);
		hj_emit_end(emit);
	}
	if (assertion->why.size)
		hj_emit_string(emit, "why", assertion->why);
	hj_emit_number(emit, "line", testing_line(document, assertion->node));
}

hj_status testing_json_data(hj_emit *emit, hj_assertions *assertions)
{
	const hj_test_errors *rows;
	uint32_t count;
	hj_status status = hj_assertions_errors(assertions, &rows, &count);
	for (uint32_t i = 0; i < count && !status; i++) {
		hj_emit_object(emit, NULL);
		hj_emit_string(emit, "user", rows[i].user);
		hj_emit_array(emit, "errors");
		for (uint32_t k = 0; k < rows[i].count; k++)
			hj_emit_string(emit, NULL, rows[i].errors[k]);
		hj_emit_end(emit);
		hj_emit_end(emit);
	}
	return status;
}
