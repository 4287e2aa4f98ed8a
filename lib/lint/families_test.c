/*
 * The families beyond acceptance where memory is short and documents are large. What they find is
 * in testdata/lint.
 */
#include "lint/lint.h"

#include "testdata/support/document.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

/* Every rule, those that are off included. */
static hj_status lint_all(const hj_document *document, hj_findings *findings)
{
	static const bool none[1024] = {false};
	cr_assert_lt(hj_rule_count(), sizeof none);
	hj_lint_options options = {.ignored = none};
	return hj_lint(document, &options, findings);
}

/* Something for each family, with fixes that have to be put together. */
static const char mixed[] =
	"{\"groups\": {\"group:a\": [\"u@x.com\"]}, \"hosts\": {\"nas\": \"10.0.0.1/32\"},"
	"\"acls\": [{\"action\": \"accept\", \"src\": [\"u@x.com\", \"group:a\"], \"dst\": "
	"[\"fd7a::1:22\", \"tag:a:80,1-90\", \"tag:A:1-65535\", \"[::ffff:10.0.0.1]:1\"]},"
	"{\"action\": \"accept\", \"proto\": \"6\", \"src\": [\"group:a\"], \"dst\": "
	"[\"tag:a:81\"]}],"
	"\"grants\": [{\"src\": [\"tag:a\", \"autogroup:tagged\"], \"dst\": [\"tag:a\"], \"ip\": "
	"[\"47\", \"ipv4:*\"], \"via\": [\"tag:a\"], \"srcPosture\": [\"posture:a\"]}],"
	"\"postures\": {\"posture:a\": [\"node:os == 'darwin'\", \"node:oss == 'x'\", \"node:os == "
	"'linux'\", \"ip:country == 'us'\", \"node:osVersion >= 13\"]},"
	"\"ipsets\": {\"ipset:a\": [\"add 10.0.0.0/8\", \"add host:nas\", \"remove 10.0.0.0/9\"]},"
	"\"ssh\": [{\"action\": \"check\", \"src\": [\"u@x.com\"], \"dst\": [\"tag:a\"], "
	"\"users\": "
	"[\"a\"]}, {\"action\": \"accept\", \"src\": [\"u@x.com\"], \"dst\": [\"tag:a\", "
	"\"tag:B\"], "
	"\"users\": [\"a\", \"autogroup:nonroot\"], \"checkPeriod\": \"1h\"}],"
	"\"nodeAttrs\": [{\"target\": [\"tag:a\"], \"attr\": [\"funel\", \"nextdns:a\", "
	"\"nextdns:b\"]}, {\"target\": [\"*\"], \"app\": {\"tailscale.com/app-connectors\": "
	"[{\"connectors\": [\"tag:a\"], \"domains\": [\"*.a.b\"]}]}}],"
	"\"autoApprovers\": {\"routes\": {\"10.0.0.0/8\": [\"tag:a\"], \"10.1.0.0/16\": "
	"[\"tag:a\"]}},"
	"\"tests\": [{\"src\": \"u@x.com\", \"accept\": [\"tag:a:1\"], \"deny\": [\"tag:a:1\"]}],"
	"\"derpMap\": {\"regions\": {\"900\": {\"regionID\": 901, \"nodes\": [{\"name\": \"a\"}, "
	"{\"name\": \"a\"}]}}}, \"oneCGNATRoute\": \"mac-allways\"}";

Test(families, out_of_memory_is_said_and_nothing_leaks)
{
	hj_document *document = document_of(hj_slice_str(mixed));
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_findings findings;
		hj_findings_init(&findings, &allocator);
		hj_status status = lint_all(document, &findings);
		if (!state.failed) {
			cr_expect_eq(status, HJ_OK);
			cr_expect_gt(findings.count, 30);
		}
		hj_findings_free(&findings);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed)
			break;
	}
	document_free(document);
}

/* A piece again and again, `#` in it being the number of the time, `%` something like random. */
static void check_large(const char *head, const char *piece, size_t count, const char *tail)
{
	hj_text text;
	hj_text_init(&text, NULL);
	hj_text_str(&text, head);
	uint32_t random = 1;
	for (size_t i = 0; i < count; i++)
		for (const char *at = piece; *at; at++) {
			random = random * 1664525 + 1013904223;
			if (*at == '#')
				hj_text_printf(&text, "%zu", i);
			else if (*at == '%')
				hj_text_printf(&text, "%u", (random >> 8) % 250 + 1);
			else
				hj_text_byte(&text, *at);
		}
	hj_text_str(&text, tail);
	hj_document *document = document_of(hj_text_slice(&text));
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_expect_null(hj_document_error(document), "%s", piece);
	cr_expect_eq(lint_all(document, &findings), HJ_OK, "%s", piece);
	hj_findings_free(&findings);
	document_free(document);
	hj_text_free(&text);
}

Test(families, time_is_near_linear_in_hostile_documents, .timeout = 60)
{
	enum { MANY = 20000 };
	static const char acl[] = "{\"acls\": [";
	check_large(acl,
		"{\"action\": \"accept\", \"src\": [\"tag:a%\"], \"dst\": [\"tag:b%:%\"]},", MANY,
		"]}");
	check_large(acl, "{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"tag:b:1-#\"]},",
		MANY, "]}");
	check_large("{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [",
		"\"tag:b:%,%\", \"10.%.%.%:%\",", MANY, "]}]}");
	check_large("{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"tag:a:",
		"%,", MANY, "1\"]}]}");
	check_large("{\"grants\": [{\"src\": [\"u@x.com\"], \"dst\": [\"*\"], \"ip\": [",
		"\"tcp:%\", \"%\",", MANY, "]}]}");
	check_large("{\"groups\": {", "\"group:#\": [\"u@x.com\"],", MANY,
		"}, \"grants\": [{\"src\": [\"u@x.com\", \"group:1\"], \"dst\": [\"u@x.com\"]}]}");
	check_large("{\"postures\": {\"posture:a\": [", "\"node:os == '%'\", \"custom:# == #\",",
		MANY, "]}}");
	check_large("{\"ipsets\": {\"ipset:a\": [", "\"10.%.%.%\",", MANY, "]}}");
	check_large("{\"ssh\": [{\"action\": \"check\", \"src\": [", "\"u#@x.com\",", MANY,
		"], \"dst\": [\"tag:a\"], \"users\": [\"a\"]}]}");
	check_large(
		"{\"nodeAttrs\": [{\"target\": [\"*\"], \"attr\": [", "\"funnle#\",", MANY, "]}]}");
	check_large(
		"{\"autoApprovers\": {\"routes\": {", "\"10.%.%.%/32\": [\"tag:a\"],", MANY, "}}}");
	check_large("{\"tests\": [{\"src\": \"a\", \"accept\": [", "\"tag:#:1\",", MANY, "]}]}");
	check_large("{\"derpMap\": {\"regions\": {", "\"#\": {\"nodes\": [{\"name\": \"#\"}]},",
		MANY, "}}}");
}
