/*
 * What a session does when the service does not answer well: against answers by a script and a clock
 * that only the waits move.
 */
#include "api/session.h"

#include <criterion/criterion.h>

/* One answer of the script. status 0: none came. */
struct step {
	unsigned status;
	const char *body, *retry_after, *date;
	hj_trouble trouble;
	bool maybe_sent;
};

enum { MOST = 8 };

struct script {
	hj_transport transport;
	const struct step *steps;
	size_t count, sent;
	hj_text seen; /* a line for each request: method, target, authorization, body */
	hj_text traced;
	int64_t time;
	long waited;
	long cost; /* milliseconds that each answer takes */
};

static hj_outcome send_step(
	hj_transport *transport, const hj_request *request, long milliseconds, hj_response *out)
{
	struct script *script = (struct script *)transport;
	cr_assert_lt(script->sent, script->count, "one request too many: %s %s",
		hj_method_name(request->method), request->target.data);
	const struct step *step = &script->steps[script->sent++];
	hj_slice authorization = hj_headers_get(&request->headers, "Authorization");
	hj_text_printf(&script->seen, "%s %.*s [%.*s] %.*s\n", hj_method_name(request->method),
		(int)request->target.size, request->target.data, (int)authorization.size,
		authorization.data ? authorization.data : "", (int)request->body.size,
		request->body.data ? request->body.data : "");
	cr_assert_gt(milliseconds, 0);
	script->time += script->cost;
	if (!step->status)
		return (hj_outcome){.trouble = step->trouble,
			.maybe_sent = step->maybe_sent,
			.detail = "by the script"};
	out->status = step->status;
	hj_text_str(&out->body, step->body ? step->body : "");
	if (step->retry_after)
		hj_headers_add(&out->headers, HJ_SLICE("Retry-After"),
			hj_slice_str(step->retry_after), false);
	if (step->date)
		hj_headers_add(&out->headers, HJ_SLICE("Date"), hj_slice_str(step->date), false);
	return (hj_outcome){.trouble = HJ_TROUBLE_NONE};
}

static void no_close(hj_transport *transport)
{
	(void)transport;
}

static int64_t clock_now(void *context)
{
	return ((struct script *)context)->time;
}

static void clock_wait(void *context, long milliseconds)
{
	struct script *script = context;
	script->time += milliseconds;
	script->waited += milliseconds;
}

static uint32_t clock_chance(void *context)
{
	(void)context;
	return 0;
}

static void keep_trace(void *context, hj_slice line)
{
	struct script *script = context;
	hj_text_append(&script->traced, line);
	hj_text_byte(&script->traced, '\n');
}

/* Plays a script: one call of an endpoint. */
static void play(struct script *script, const hj_credentials *credentials, const char *endpoint,
	hj_call *call)
{
	script->transport = (hj_transport){send_step, no_close};
	hj_text_init(&script->seen, NULL);
	hj_text_init(&script->traced, NULL);
	hj_session *session;
	hj_session_options options = {.transport = &script->transport,
		.credentials = credentials,
		.clock = {clock_now, clock_wait, clock_chance, script},
		.trace = keep_trace,
		.context = script};
	cr_assert_eq(hj_session_open(&options, NULL, &session), HJ_OK);
	hj_request request;
	hj_request_init(&request, NULL);
	hj_parameter tailnet = {"tailnet", HJ_SLICE("-")};
	const hj_endpoint *row = hj_endpoint_named(endpoint);
	cr_assert_eq(hj_endpoint_request(row, &tailnet, 1, &request), HJ_OK);
	hj_text_str(&request.body, request.has_body ? "{}" : "");
	cr_assert_eq(hj_session_call(session, row, &request, call), HJ_OK);
	cr_expect_eq(hj_headers_get(&request.headers, "Authorization").size, 0,
		"the request keeps its credential");
	hj_request_free(&request);
	hj_session_close(session);
}

static void forget(struct script *script, hj_call *call)
{
	hj_call_free(call);
	hj_text_free(&script->seen);
	hj_text_free(&script->traced);
}

#define COUNT(steps) (sizeof(steps) / sizeof *(steps))

static const hj_credentials nobody = {.kind = HJ_CREDENTIAL_NONE};

/* -- when it is sent again -------------------------------------------------------------------------- */

static const struct {
	const char *what, *endpoint;
	struct step steps[MOST];
	size_t count; /* all of them are used */
	hj_call_kind kind;
	long waited; /* milliseconds, with the least jitter */
} retries[] = {
	{"it works", "policy.get", {{.status = 200}}, 1, HJ_CALL_DONE, 0},
	{"busy, then not", "policy.get", {{.status = 503}, {.status = 200}}, 2, HJ_CALL_DONE, 500},
	{"each of 429, 502, 504 is waited for", "policy.get",
		{{.status = 429}, {.status = 502}, {.status = 504}, {.status = 200}}, 4,
		HJ_CALL_DONE, 3500},
	{"four times at most", "policy.get",
		{{.status = 503}, {.status = 503}, {.status = 503}, {.status = 503}}, 4,
		HJ_CALL_REFUSED, 3500},
	{"500 is not worth it", "policy.get", {{.status = 500}}, 1, HJ_CALL_REFUSED, 0},
	{"404 is an answer", "policy.get", {{.status = 404}}, 1, HJ_CALL_REFUSED, 0},
	{"it asks for a wait", "policy.get", {{.status = 429, .retry_after = "7"}, {.status = 200}},
		2, HJ_CALL_DONE, 7000},
	{"it asks for none", "policy.get", {{.status = 429, .retry_after = "0"}, {.status = 200}},
		2, HJ_CALL_DONE, 0},
	{"it asks for a very long one", "policy.get",
		{{.status = 429, .retry_after = "99999999999999999999"}, {.status = 200}}, 2,
		HJ_CALL_DONE, 30000},
	{"it names a date", "policy.get",
		{{.status = 429,
			 .retry_after = "Fri, 07 Aug 2026 10:00:03 GMT",
			 .date = "Fri, 07 Aug 2026 10:00:00 GMT"},
			{.status = 200}},
		2, HJ_CALL_DONE, 3000},
	{"it names a date far away", "policy.get",
		{{.status = 429,
			 .retry_after = "Sat, 07 Aug 2027 10:00:00 GMT",
			 .date = "Fri, 07 Aug 2026 10:00:00 GMT"},
			{.status = 200}},
		2, HJ_CALL_DONE, 30000},
	{"it names a date that is over", "policy.get",
		{{.status = 429,
			 .retry_after = "Fri, 07 Aug 2026 09:00:00 GMT",
			 .date = "Fri, 07 Aug 2026 10:00:00 GMT"},
			{.status = 200}},
		2, HJ_CALL_DONE, 0},
	{"it names a date and has no clock", "policy.get",
		{{.status = 429, .retry_after = "Fri, 07 Aug 2026 10:00:03 GMT"}, {.status = 200}},
		2, HJ_CALL_DONE, 500},
	{"it names what is no date", "policy.get",
		{{.status = 429, .retry_after = "soon", .date = "Fri, 07 Aug 2026 10:00:00 GMT"},
			{.status = 200}},
		2, HJ_CALL_DONE, 500},
	{"no connection, then one", "policy.get",
		{{.trouble = HJ_TROUBLE_CONNECT}, {.status = 200}}, 2, HJ_CALL_DONE, 500},
	{"cut off, then not", "policy.get",
		{{.trouble = HJ_TROUBLE_CUT, .maybe_sent = true}, {.status = 200}}, 2, HJ_CALL_DONE,
		500},
	{"a wrong certificate stays wrong", "policy.get", {{.trouble = HJ_TROUBLE_TLS}}, 1,
		HJ_CALL_FAILED, 0},
	{"stopped by the user", "policy.get", {{.trouble = HJ_TROUBLE_STOPPED}}, 1, HJ_CALL_FAILED,
		0},
	{"one that may have got there is lost, whatever follows", "policy.get",
		{{.trouble = HJ_TROUBLE_CUT, .maybe_sent = true}, {.trouble = HJ_TROUBLE_CONNECT},
			{.trouble = HJ_TROUBLE_CONNECT}, {.trouble = HJ_TROUBLE_CONNECT}},
		4, HJ_CALL_LOST, 3500},
	{"validate changes nothing", "policy.validate", {{.status = 503}, {.status = 200}}, 2,
		HJ_CALL_DONE, 500},
	{"a policy is never sent twice: busy", "policy.set", {{.status = 503}}, 1, HJ_CALL_REFUSED,
		0},
	{"a policy is never sent twice: told to wait", "policy.set",
		{{.status = 429, .retry_after = "0"}}, 1, HJ_CALL_REFUSED, 0},
	{"a policy is never sent twice: lost", "policy.set",
		{{.trouble = HJ_TROUBLE_CUT, .maybe_sent = true}}, 1, HJ_CALL_LOST, 0},
	{"a policy is never sent twice: no connection", "policy.set",
		{{.trouble = HJ_TROUBLE_CONNECT}}, 1, HJ_CALL_FAILED, 0},
};

Test(session, sends_again_only_what_is_harmless)
{
	for (size_t i = 0; i < COUNT(retries); i++) {
		struct script script = {.steps = retries[i].steps, .count = retries[i].count};
		hj_call call;
		play(&script, &nobody, retries[i].endpoint, &call);
		cr_expect_eq(call.kind, retries[i].kind, "%s: %u", retries[i].what, call.kind);
		cr_expect_eq(
			script.sent, script.count, "%s: sent %zu", retries[i].what, script.sent);
		cr_expect_eq(call.attempts, script.count, "%s", retries[i].what);
		cr_expect_eq(script.waited, retries[i].waited, "%s: waited %ld", retries[i].what,
			script.waited);
		cr_expect((call.kind == HJ_CALL_DONE) == (call.message.size == 0), "%s",
			retries[i].what);
		forget(&script, &call);
	}
}

Test(session, one_deadline_is_over_all_of_it)
{
	static const struct step steps[] = {{.status = 503}, {.status = 503}, {.status = 503}};
	struct script script = {.steps = steps, .count = 3, .cost = 29400};
	hj_call call;
	play(&script, &nobody, "policy.get", &call);
	/* 29.4 s, 0.5 s, 29.4 s: a second wait would be over the 60 s. */
	cr_expect_eq(script.sent, 2);
	cr_expect_eq(call.kind, HJ_CALL_REFUSED);
	cr_expect_lt(script.time, 60000);
	forget(&script, &call);
}

Test(session, a_wait_that_is_asked_for_has_to_fit)
{
	static const struct step steps[] = {{.status = 429, .retry_after = "30"}, {.status = 200}};
	struct script script = {.steps = steps, .count = 2, .cost = 31000};
	hj_call call;
	play(&script, &nobody, "policy.get", &call);
	cr_expect_eq(script.sent, 1);
	cr_expect_eq(call.response.status, 429);
	forget(&script, &call);
}

/* Three calls of 29 s have 60 s together: the third one has the 2 that are left, and a fourth none. */
Test(session, all_calls_may_have_one_deadline)
{
	static const struct step steps[] = {{.status = 200}, {.status = 200}, {.status = 200}};
	struct script script = {.steps = steps, .count = 3, .cost = 29000};
	script.transport = (hj_transport){send_step, no_close};
	hj_text_init(&script.seen, NULL);
	hj_session *session;
	hj_session_options options = {.transport = &script.transport,
		.credentials = &nobody,
		.clock = {clock_now, clock_wait, clock_chance, &script},
		.all_milliseconds = 60000};
	cr_assert_eq(hj_session_open(&options, NULL, &session), HJ_OK);
	const hj_endpoint *row = hj_endpoint_named("policy.get");
	hj_parameter tailnet = {"tailnet", HJ_SLICE("-")};
	static const hj_call_kind kinds[] = {
		HJ_CALL_DONE, HJ_CALL_DONE, HJ_CALL_DONE, HJ_CALL_FAILED};
	for (size_t i = 0; i < COUNT(kinds); i++) {
		hj_request request;
		hj_call call;
		hj_request_init(&request, NULL);
		cr_assert_eq(hj_endpoint_request(row, &tailnet, 1, &request), HJ_OK);
		cr_assert_eq(hj_session_call(session, row, &request, &call), HJ_OK);
		cr_expect_eq(call.kind, kinds[i], "%zu: %s", i, call.message.data);
		hj_call_free(&call);
		hj_request_free(&request);
	}
	hj_session_close(session);
	hj_text_free(&script.seen);
}

/* -- tokens ------------------------------------------------------------------------------------------- */

#define TOKEN(value) "{\"access_token\": \"" value "\", \"expires_in\": 3600}"

static void client(hj_credentials *out)
{
	*out = (hj_credentials){.kind = HJ_CREDENTIAL_OAUTH};
	hj_text_init(&out->id, NULL);
	hj_text_init(&out->secret, NULL);
	hj_text_str(&out->id, "k1");
	hj_text_str(&out->secret, "s3cret");
}

static const struct {
	const char *what;
	struct step steps[MOST];
	size_t count;
	hj_call_kind kind;
	const char *seen;
} tokens[] = {
	{"a token first", {{.status = 200, .body = TOKEN("t1")}, {.status = 200}}, 2, HJ_CALL_DONE,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t1] \n"},
	{"refused in the header, taken in the body",
		{{.status = 401}, {.status = 200, .body = TOKEN("t1")}, {.status = 200}}, 3,
		HJ_CALL_DONE,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"POST /api/v2/oauth/token [] "
		"client_id=k1&client_secret=s3cret&grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t1] \n"},
	{"refused in both", {{.status = 401}, {.status = 401}}, 2, HJ_CALL_REFUSED,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"POST /api/v2/oauth/token [] "
		"client_id=k1&client_secret=s3cret&grant_type=client_credentials\n"},
	{"401 renews a token once",
		{{.status = 200, .body = TOKEN("t1")}, {.status = 401},
			{.status = 200, .body = TOKEN("t2")}, {.status = 200}},
		4, HJ_CALL_DONE,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t1] \n"
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t2] \n"},
	{"and not twice",
		{{.status = 200, .body = TOKEN("t1")}, {.status = 401},
			{.status = 200, .body = TOKEN("t2")}, {.status = 401}},
		4, HJ_CALL_REFUSED,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t1] \n"
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"
		"GET /api/v2/tailnet/-/acl [Bearer t2] \n"},
	{"an answer without one", {{.status = 200, .body = "{}"}}, 1, HJ_CALL_FAILED,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"},
	{"one that would be two headers", {{.status = 200, .body = TOKEN("t\\r\\nX: y")}}, 1,
		HJ_CALL_FAILED,
		"POST /api/v2/oauth/token [Basic azE6czNjcmV0] grant_type=client_credentials\n"},
};

Test(session, fetches_and_renews_tokens)
{
	for (size_t i = 0; i < COUNT(tokens); i++) {
		struct script script = {.steps = tokens[i].steps, .count = tokens[i].count};
		hj_credentials credentials;
		client(&credentials);
		hj_call call;
		play(&script, &credentials, "policy.get", &call);
		cr_expect_eq(call.kind, tokens[i].kind, "%s: %u", tokens[i].what, call.kind);
		cr_expect_str_eq(hj_text_string(&script.seen), tokens[i].seen, "%s: %s",
			tokens[i].what, script.seen.data);
		const char *trace = hj_text_string(&script.traced);
		cr_expect(strstr(trace, "(hidden)") && !strstr(trace, "s3cret") &&
				!strstr(trace, "azE6") && !strstr(trace, "Bearer t"),
			"%s: %s", tokens[i].what, trace);
		hj_credentials_free(&credentials);
		forget(&script, &call);
	}
}

/* A key cannot be renewed: 401 is the answer. */
Test(session, a_key_is_sent_as_user_name)
{
	static const struct step steps[] = {{.status = 401, .body = "{\"message\": \"no\"}"}};
	struct script script = {.steps = steps, .count = 1};
	hj_credentials credentials = {.kind = HJ_CREDENTIAL_KEY};
	hj_text_init(&credentials.secret, NULL);
	hj_text_str(&credentials.secret, "k");
	hj_call call;
	play(&script, &credentials, "policy.get", &call);
	cr_expect_eq(call.kind, HJ_CALL_REFUSED);
	cr_expect_str_eq(hj_text_string(&script.seen), "GET /api/v2/tailnet/-/acl [Basic azo=] \n");
	cr_expect_str_eq(hj_text_string(&call.message),
		"the policy file: status 401: no (the credential is missing, wrong or expired)");
	hj_credentials_free(&credentials);
	forget(&script, &call);
}
