/*
 * Every allocation fails in turn: what asks the service and what answers for it says so, leaks nothing
 * and does nothing by halves.
 */
#include "api/push.h"

#include "api/twin.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

enum { MOST = 20000 }; /* allocations of a job, at most */

/* True in a round that is not the last one. */
static bool next_round(failing_state *state, size_t *round, hj_status status, const char *what)
{
	cr_assert_eq(state->blocks, 0, "%s: allocation %zu leaks", what, *round);
	if (!state->failed) {
		cr_expect_eq(status, HJ_OK, "%s: status %d", what, status);
		return false;
	}
	cr_assert_eq(status, HJ_NO_MEMORY, "%s: allocation %zu: status %d", what, *round, status);
	*state = (failing_state){.fail_at = ++*round};
	cr_assert_lt(*round, MOST);
	return true;
}

/* -- parts ---------------------------------------------------------------------------------------------- */

static hj_status make_request(const hj_allocator *allocator)
{
	hj_parameter parameters[] = {{"tailnet", HJ_SLICE("ann@example.com")},
		{"type", HJ_SLICE("user")}, {"previewFor", HJ_SLICE("ann+x@example.com")}};
	hj_request request;
	hj_text wire;
	hj_request_init(&request, allocator);
	hj_text_init(&wire, allocator);
	hj_status status =
		hj_endpoint_request(hj_endpoint_named("policy.preview"), parameters, 3, &request);
	if (!status)
		status = hj_request_write(&request, HJ_SLICE("host"), &wire);
	hj_text_free(&wire);
	hj_request_free(&request);
	return status;
}

static const char *look_up(void *context, const char *name)
{
	(void)context;
	if (strcmp(name, "TS_OAUTH_ID") == 0)
		return "k1";
	if (strcmp(name, "TAILSCALE_AUDIENCE") == 0)
		return "api.example.com/k1";
	return strcmp(name, "TS_OAUTH_SECRET") == 0 ? "s3cret" : NULL;
}

static hj_status choose(const hj_allocator *allocator)
{
	hj_credentials credentials = {0};
	hj_text why, token;
	hj_request request;
	hj_response response;
	int64_t expires;
	hj_text_init(&why, allocator);
	hj_text_init(&token, allocator);
	hj_request_init(&request, allocator);
	hj_response_init(&response, allocator);
	hj_text_str(&response.body, "{\"access_token\": \"t\\u0031\"}");
	hj_status status = response.body.status;
	if (!status)
		status = hj_credentials_choose(look_up, NULL, allocator, &credentials, &why);
	if (!status)
		status = hj_token_request(&credentials, true, &request);
	if (!status)
		status = hj_authorize_bearer(&request.headers, HJ_SLICE("t"));
	if (!status)
		status = hj_token_read(&response, &token, &expires);
	hj_response_free(&response);
	hj_request_free(&request);
	hj_credentials_free(&credentials);
	hj_text_free(&token);
	hj_text_free(&why);
	return status;
}

static const struct {
	const char *what;
	hj_status (*run)(const hj_allocator *allocator);
} jobs[] = {{"a request", make_request}, {"credentials and a token", choose}};

Test(api_memory, parts)
{
	for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) {
		failing_state state = {0};
		size_t round = 0;
		hj_allocator allocator = failing_allocator(&state);
		while (next_round(&state, &round, jobs[i].run(&allocator), jobs[i].what))
			continue;
		cr_expect_gt(round, 3, "%s", jobs[i].what);
	}
}

/* -- a push, its session and its tokens, against a twin that has memory -------------------------------------- */

static const char old_policy[] =
	"{\"tagOwners\": {\"tag:db\": []}, \"acls\": [{\"action\": \"accept\", "
	"\"src\": [\"*\"], \"dst\": [\"*:22\"]}]}\n";
static const char known[] =
	"{\"users\": [{\"loginName\": \"ada@example.com\", \"role\": \"owner\"}], \"devices\": "
	"[{\"nodeId\": \"n1\", \"name\": \"db.x.ts.net\", \"addresses\": [\"100.64.0.1\"], "
	"\"user\": \"ada@example.com\"}]}";
static const char new_policy[] =
	"{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:443\"]}]}\n";

struct link {
	hj_transport transport;
	hj_twin *twin;
	unsigned posts;
	int64_t time;
};

static hj_outcome send_to_twin(
	hj_transport *transport, const hj_request *request, long milliseconds, hj_response *out)
{
	(void)milliseconds;
	struct link *link = (struct link *)transport;
	link->posts += request->method == HJ_POST &&
		memmem(request->target.data, request->target.size, "/acl", 4);
	hj_response answer;
	hj_response_init(&answer, NULL);
	cr_assert_eq(hj_twin_answer(link->twin, request, &answer), HJ_OK);
	out->status = answer.status;
	hj_text_append(&out->body, hj_text_slice(&answer.body));
	hj_status status = out->body.status;
	hj_slice etag = hj_headers_get(&answer.headers, "ETag");
	if (!status && etag.size)
		status = hj_headers_add(&out->headers, HJ_SLICE("ETag"), etag, false);
	hj_response_free(&answer);
	return (hj_outcome){.trouble = status ? HJ_TROUBLE_MEMORY : HJ_TROUBLE_NONE};
}

static void no_close(hj_transport *transport)
{
	(void)transport;
}

static int64_t clock_now(void *context)
{
	return ((struct link *)context)->time;
}

static void clock_wait(void *context, long milliseconds)
{
	((struct link *)context)->time += milliseconds;
}

static uint32_t clock_chance(void *context)
{
	(void)context;
	return 0;
}

static void open_twin(const hj_allocator *allocator, bool guarded, hj_twin **twin)
{
	const struct hj_twin_client client = {HJ_SLICE("k1"), HJ_SLICE("s3cret"), HJ_SLICE("all")};
	hj_text why;
	hj_text_init(&why, NULL);
	cr_assert_eq(hj_twin_open(&(hj_twin_options){.policy = hj_slice_str(old_policy),
					  .inventory = hj_slice_str(known),
					  .clients = &client,
					  .client_count = guarded},
			     allocator, twin, &why),
		HJ_OK);
}

static hj_status push_through(struct link *link, const hj_allocator *allocator, hj_push_end *end)
{
	hj_clock clock = {clock_now, clock_wait, clock_chance, link};
	hj_credentials credentials = {0};
	hj_text why;
	hj_text_init(&why, NULL);
	cr_assert_eq(hj_credentials_choose(look_up, NULL, NULL, &credentials, &why), HJ_OK);
	hj_session *session = NULL;
	hj_push push = {0};
	hj_status status = hj_session_open(
		&(hj_session_options){
			.transport = &link->transport, .credentials = &credentials, .clock = clock},
		allocator, &session);
	if (!status)
		status = hj_push_run(&(hj_push_options){.session = session,
					     .tailnet = HJ_SLICE("-"),
					     .policy = hj_slice_str(new_policy),
					     .clock = clock},
			allocator, &push);
	*end = push.end;
	hj_push_free(&push);
	hj_session_close(session);
	hj_credentials_free(&credentials);
	return status;
}

Test(api_memory, push)
{
	failing_state state = {0};
	hj_allocator allocator = failing_allocator(&state);
	hj_status status;
	hj_push_end end;
	size_t round = 0;
	struct link link;
	do {
		link = (struct link){.transport = {send_to_twin, no_close}};
		open_twin(NULL, true, &link.twin);
		status = push_through(&link, &allocator, &end);
		cr_assert_leq(link.posts, 1, "allocation %zu: sent %u times", round, link.posts);
		hj_twin_close(link.twin);
	} while (next_round(&state, &round, status, "push"));
	cr_expect_eq(end, HJ_PUSH_STORED);
	cr_expect_gt(round, 50);
}

/* -- the twin -------------------------------------------------------------------------------------------------- */

static const struct {
	hj_method method;
	const char *target, *body;
	unsigned twice; /* what it is answered when it was done already; 0: the same */
} asked[] = {
	{HJ_GET, "/api/v2/tailnet/-/acl?details=1", NULL, 0},
	{HJ_POST, "/api/v2/tailnet/-/acl", new_policy, 0},
	{HJ_POST, "/api/v2/tailnet/-/acl/validate", "{\"acls\": [{\"action\": \"deny\"}]}", 0},
	{HJ_POST, "/api/v2/tailnet/-/acl/preview?type=user&previewFor=a%40example.com", new_policy,
		0},
	{HJ_GET, "/api/v2/tailnet/-/devices", NULL, 0},
	{HJ_GET, "/api/v2/tailnet/-/devices?tags=tag:db&fields=all", NULL, 0},
	{HJ_POST, "/api/v2/device/n1/tags", "{\"tags\": [\"tag:db\"]}", 0},
	{HJ_POST, "/api/v2/device/n1/tags", "{\"tags\": [\"tag:no\"]}", 0},
	{HJ_POST, "/api/v2/device/n1/name", "{\"name\": \"db\\u0032\"}", 0},
	{HJ_POST, "/api/v2/device/n1/ip", "{\"ipv4\": \"100.80.0.1\"}", 0},
	{HJ_POST, "/api/v2/device/n1/routes", "{\"routes\": [\"10.0.0.0/8\"]}", 0},
	{HJ_DELETE, "/api/v2/device/n1", NULL, 404},
	{HJ_POST, "/api/v2/device/n1/attributes/custom:a", "{\"value\": \"x\"}", 0},
	{HJ_PATCH, "/api/v2/tailnet/-/device-attributes",
		"{\"nodes\": {\"n1\": {\"custom:a\": {\"value\": 1}}}}", 0},
	{HJ_PUT, "/api/v2/tailnet/-/services/svc:a", "{\"ports\": [\"tcp:1\"]}", 0},
	{HJ_POST, "/api/v2/tailnet/-/posture/integrations", "{\"provider\": \"kandji\"}", 409},
	{HJ_POST, "/api/v2/tailnet/-/user-invites", "[{\"email\": \"a@b.c\"}]", 0},
	{HJ_POST, "/api/v2/device/n1/device-invites", "[{}]", 0},
	{HJ_POST, "/api/v2/tailnet/-/keys", "{\"keyType\": \"client\", \"scopes\": [\"dns\"]}", 0},
	{HJ_POST, "/api/v2/tailnet/-/dns/nameservers", "{\"dns\": [\"1.1.1.1\"]}", 0},
	{HJ_PATCH, "/api/v2/tailnet/-/dns/split-dns", "{\"a.example\": [\"1.1.1.1\"]}", 0},
	{HJ_POST, "/api/v2/tailnet/-/dns/configuration", "{\"searchPaths\": [\"a.example\"]}", 0},
	{HJ_PATCH, "/api/v2/tailnet/-/settings", "{\"devicesApprovalOn\": true}", 0},
	{HJ_GET, "/api/v2/tailnet/-/users?role=owner", NULL, 0},
	{HJ_GET, "/api/v2/nowhere", NULL, 0},
};

/* Asks the twin with memory of its own that may fail, after it was opened. */
static hj_status ask(hj_twin *twin, size_t which, const hj_allocator *allocator, unsigned *status)
{
	hj_request request;
	hj_response response;
	hj_request_init(&request, NULL);
	hj_response_init(&response, allocator);
	request.method = asked[which].method;
	hj_text_str(&request.target, asked[which].target);
	request.has_body = asked[which].body != NULL;
	hj_text_str(&request.body, asked[which].body ? asked[which].body : "");
	hj_status result = hj_twin_answer(twin, &request, &response);
	*status = response.status;
	hj_response_free(&response);
	hj_request_free(&request);
	return result;
}

/* A failed allocation gives 500 or HJ_NO_MEMORY, and the next request is answered as ever, or as when
   it was done already. */
Test(api_memory, twin)
{
	for (size_t which = 0; which < sizeof asked / sizeof *asked; which++) {
		unsigned good;
		hj_twin *twin;
		open_twin(NULL, false, &twin);
		cr_assert_eq(ask(twin, which, NULL, &good), HJ_OK);
		hj_twin_close(twin);
		failing_state state = {.fail_at = SIZE_MAX};
		for (size_t round = 0; round < MOST; round++) {
			state = (failing_state){.fail_at = SIZE_MAX};
			hj_allocator allocator = failing_allocator(&state);
			open_twin(&allocator, false, &twin);
			state.fail_at = state.calls + round;
			unsigned status, again;
			hj_status result = ask(twin, which, &allocator, &status);
			bool failed = state.failed;
			state.fail_at = SIZE_MAX;
			cr_assert(result == HJ_NO_MEMORY ||
					(result == HJ_OK && (status == good || status == 500)),
				"%s, allocation %zu: %u", asked[which].target, round, status);
			cr_assert_eq(ask(twin, which, &allocator, &again), HJ_OK);
			/* The answer may be what there was no room for. */
			bool done = asked[which].twice && again == asked[which].twice;
			cr_assert(again == good || done, "%s, allocation %zu: then %u",
				asked[which].target, round, again);
			hj_twin_close(twin);
			cr_assert_eq(state.blocks, 0, "%s, allocation %zu leaks",
				asked[which].target, round);
			if (!failed)
				break;
		}
		cr_expect_not(state.failed);
	}
}

Test(api_memory, opening_a_twin)
{
	failing_state state = {0};
	hj_allocator allocator = failing_allocator(&state);
	size_t round = 0;
	hj_status status;
	do {
		hj_twin *twin = NULL;
		hj_text why;
		hj_text_init(&why, NULL);
		status = hj_twin_open(
			&(hj_twin_options){.policy = hj_slice_str(old_policy),
				.inventory = HJ_SLICE("{\"users\": [{\"loginName\": "
						      "\"ada@example.com\"}], \"devices\": []}")},
			&allocator, &twin, &why);
		if (!status)
			hj_twin_close(twin);
		hj_text_free(&why);
	} while (next_round(&state, &round, status, "opening a twin"));
	cr_expect_gt(round, 10);
}
