/*
 * What a refusal, a fault and an ETag are made into: tables of texts.
 */
#include "api/refusal.h"

#include "api/etag.h"
#include "api/fault.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* -- refusals (tailnet API reference 4.1, 4.2) -------------------------------------------------------- */

static const struct {
	unsigned status;
	const char *body, *sentence;
} refusals[] = {
	{500, "{\"message\": \"internal server error\"}", "status 500: internal server error"},
	{400,
		"{\"message\": \"m\", \"data\": [{\"user\": \"u\", \"errors\": [\"a\", \"b\"], "
		"\"warnings\": [\"c\"]}]}",
		"status 400: m; for u; a; b; c"},
	{400, "{\"error\": \"invalid_scope\", \"error_description\": \"no such scope\"}",
		"status 400: no such scope"},
	{400, "{\"error\": \"invalid_request\"}", "status 400: invalid_request"},
	{401, "{\"message\": \"no\"}",
		"status 401: no (the credential is missing, wrong or expired)"},
	{403, "{\"message\": \"forbidden\"}",
		"status 403: forbidden (the credential needs the scope policy_file)"},
	{404, "", "status 404 (no such thing, or hidden from this credential)"},
	{412, "{\"message\": \"precondition failed, invalid old hash\"}",
		"status 412: precondition failed, invalid old hash (somebody changed the policy in "
		"the meantime)"},
	{429, "{}",
		"status 429, with a body that is no error message: {} (too many requests: try "
		"again later)"},
	{302, "", "status 302 (redirects are not followed: is the address right?)"},
	{502, "<html>\r\n<h1>Bad\x1b[31m \x07 gateway</h1>",
		"status 502, with a body that is no error message: <html> <h1>Bad [31m "
		"gateway</h1>"},
	{502, "{\"message\": \"cut",
		"status 502, with a body that is no error message: "
		"{\"message\": \"cut"},
	{400, "{\"message\": \"two\\nlines\\u001b\"}", "status 400: two lines "},
	{400, "{\"message\": 3}",
		"status 400, with a body that is no error message: "
		"{\"message\": 3}"},
};

Test(refusal, says_what_is_known)
{
	const hj_endpoint *endpoint = hj_endpoint_named("policy.set");
	for (size_t i = 0; i < COUNT(refusals); i++) {
		hj_response response;
		hj_response_init(&response, NULL);
		response.status = refusals[i].status;
		hj_text_str(&response.body, refusals[i].body);
		hj_text out, want;
		hj_text_init(&out, NULL);
		hj_text_init(&want, NULL);
		hj_text_printf(&want, "%s: %s", endpoint->summary, refusals[i].sentence);
		cr_assert_eq(hj_refusal_describe(endpoint, &response, &out), HJ_OK);
		cr_expect_str_eq(hj_text_string(&out), hj_text_string(&want), "%s", out.data);
		hj_text_free(&out);
		hj_text_free(&want);
		hj_response_free(&response);
	}
}

Test(refusal, shows_the_beginning_of_a_long_page)
{
	hj_response response;
	hj_response_init(&response, NULL);
	response.status = 502;
	for (unsigned i = 0; i < 100000; i++)
		hj_text_byte(&response.body, 'x');
	hj_text out;
	hj_text_init(&out, NULL);
	cr_assert_eq(hj_refusal_describe(hj_endpoint_named("policy.get"), &response, &out), HJ_OK);
	cr_expect_lt(out.size, 500);
	cr_expect(strstr(hj_text_string(&out), "xxx…"));
	hj_text_free(&out);
	hj_response_free(&response);
}

/* -- faults (15.10) ------------------------------------------------------------------------------------ */

static const struct {
	const char *text;
	hj_fault fault;
} faults[] = {
	{"cut", {HJ_FAULT_CUT, 0, UINT_MAX, 1, ULONG_MAX, false, HJ_GET}},
	{"delay=500", {HJ_FAULT_DELAY, 500, UINT_MAX, 1, ULONG_MAX, false, HJ_GET}},
	{"status=429,2@3", {HJ_FAULT_STATUS, 429, 2, 3, 3, false, HJ_GET}},
	{"status=503,0@2-5", {HJ_FAULT_STATUS, 503, 0, 2, 5, false, HJ_GET}},
	{"stale@2-", {HJ_FAULT_STALE, 0, UINT_MAX, 2, ULONG_MAX, false, HJ_GET}},
	{"lose@POST", {HJ_FAULT_LOSE, 0, UINT_MAX, 1, ULONG_MAX, true, HJ_POST}},
	{"no-etag@GET", {HJ_FAULT_NO_ETAG, 0, UINT_MAX, 1, ULONG_MAX, true, HJ_GET}},
	{"truncate", {HJ_FAULT_TRUNCATE, 0, UINT_MAX, 1, ULONG_MAX, false, HJ_GET}},
	{"html", {HJ_FAULT_HTML, 0, UINT_MAX, 1, ULONG_MAX, false, HJ_GET}},
};

Test(fault, reads_what_it_means)
{
	for (size_t i = 0; i < COUNT(faults); i++) {
		const hj_fault *want = &faults[i].fault;
		hj_fault got;
		const char *why = "";
		cr_assert(hj_fault_parse(hj_slice_str(faults[i].text), &got, &why), "%s: %s",
			faults[i].text, why);
		cr_expect(got.kind == want->kind && got.value == want->value &&
				got.retry_after == want->retry_after &&
				got.has_method == want->has_method,
			"%s", faults[i].text);
		cr_expect(want->has_method ? got.method == want->method
					   : got.first == want->first && got.last == want->last,
			"%s", faults[i].text);
	}
}

Test(fault, says_what_it_does_not_understand)
{
	static const char *const texts[] = {"", "x", "delay", "delay=", "delay=x", "delay=5x",
		"delay=123456789", "status", "status=99", "status=600", "status=429,",
		"status=429,x", "cut=1", "cut@", "cut@x", "cut@0x1", "cut@1-x", "cut@get",
		"lose@POST@GET", "CUT"};
	for (size_t i = 0; i < COUNT(texts); i++) {
		hj_fault fault;
		const char *why = NULL;
		cr_expect_not(
			hj_fault_parse(hj_slice_str(texts[i]), &fault, &why), "'%s'", texts[i]);
		cr_expect(why && *why, "'%s'", texts[i]);
	}
}

Test(fault, applies_when_it_says)
{
	static const struct {
		const char *text;
		unsigned long request;
		hj_method method;
		bool applies;
	} cases[] = {
		{"cut", 1, HJ_GET, true},
		{"cut@3", 2, HJ_GET, false},
		{"cut@3", 3, HJ_POST, true},
		{"cut@2-3", 4, HJ_GET, false},
		{"cut@2-", 4000000000, HJ_GET, true},
		{"cut@POST", 1, HJ_GET, false},
		{"cut@POST", 9, HJ_POST, true},
	};
	for (size_t i = 0; i < COUNT(cases); i++) {
		hj_fault fault;
		const char *why;
		cr_assert(hj_fault_parse(hj_slice_str(cases[i].text), &fault, &why));
		cr_expect_eq(hj_fault_applies(&fault, cases[i].request, cases[i].method),
			cases[i].applies, "%s, %lu", cases[i].text, cases[i].request);
	}
}

/* -- ETags (5.2) --------------------------------------------------------------------------------------- */

Test(etag, is_the_hash_of_the_canonical_text)
{
	static const struct {
		const char *text, *digits;
	} vectors[] = {
		{"// policy\n{\"acls\":[],}\n",
			"7f564c315083e7c63ecadacdda1c71113eb2e24617915e2d920ad3e160d6084e"},
		{"// policy\n{\"acls\": []}\n",
			"7f564c315083e7c63ecadacdda1c71113eb2e24617915e2d920ad3e160d6084e"},
		{"// policy\n{\n\t\"acls\": [],\n}",
			"1e9ee27dbd6db87c58cd0ed8f6e396a3d73e2ccf3e1f4cf1ad29aab61c72d9bb"},
	};
	for (size_t i = 0; i < COUNT(vectors); i++) {
		hj_etag etag;
		cr_assert_eq(hj_etag_of(hj_slice_str(vectors[i].text), NULL, &etag), HJ_OK);
		cr_expect_arr_eq(
			etag.digits, vectors[i].digits, sizeof etag.digits, "%.64s", etag.digits);
	}
	hj_etag none;
	cr_expect_eq(hj_etag_of(HJ_SLICE("{,}"), NULL, &none), HJ_SYNTAX);
}

Test(etag, is_compared_without_quotes)
{
	hj_etag etag;
	cr_assert_eq(hj_etag_of(HJ_SLICE("{}"), NULL, &etag), HJ_OK);
	static const struct {
		const char *before, *after;
		int digits;
		bool is;
	} cases[] = {{"", "", 64, true}, {"\"", "\"", 64, true}, {"W/\"", "\"", 64, true},
		{"\"", "\"", 63, false}, {"\"", "", 64, false}, {"x", "", 64, false}};
	for (size_t i = 0; i < COUNT(cases); i++) {
		char header[80];
		snprintf(header, sizeof header, "%s%.*s%s", cases[i].before, cases[i].digits,
			etag.digits, cases[i].after);
		cr_expect_eq(hj_etag_is(&etag, hj_slice_str(header)), cases[i].is, "%s", header);
	}
}
