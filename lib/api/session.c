#include "api/session.h"

#include "api/date.h"
#include "api/refusal.h"
#include "api/wipe.h"

#include <stdio.h>

enum {
	CALL_TIME = 60000,    /* milliseconds, all repetitions together */
	ATTEMPTS = 4,         /* the first, and three more */
	FIRST_WAIT = 1000,    /* doubled each time */
	LONGEST_WAIT = 30000, /* also of a Retry-After */
	EARLY = 45000,        /* a token is renewed this long before its end */
};

struct hj_session {
	hj_session_options options;
	hj_wiping wiping; /* of the token */
	hj_text token;
	int64_t token_end; /* on the session's clock; 0: there is no token */
	int64_t end;       /* of all calls, likewise; INT64_MAX: none */
	const hj_allocator *allocator;
};

hj_status hj_session_open(
	const hj_session_options *options, const hj_allocator *allocator, hj_session **out)
{
	hj_session *session = hj_alloc(allocator, sizeof *session);
	if (!session)
		return HJ_NO_MEMORY;
	*session = (hj_session){.options = *options, .allocator = allocator};
	if (!session->options.milliseconds)
		session->options.milliseconds = CALL_TIME;
	if (!session->options.attempts)
		session->options.attempts = ATTEMPTS;
	session->end = options->all_milliseconds
		? options->clock.now(options->clock.context) + options->all_milliseconds
		: INT64_MAX;
	hj_wiping_init(&session->wiping, allocator);
	hj_text_init(&session->token, &session->wiping.allocator);
	*out = session;
	return HJ_OK;
}

void hj_session_close(hj_session *session)
{
	if (!session)
		return;
	hj_text_free(&session->token);
	hj_free(session->allocator, session, sizeof *session);
}

void hj_call_free(hj_call *call)
{
	hj_response_free(&call->response);
	hj_text_free(&call->message);
}

/* -- one exchange, repeated where that is harmless ----------------------------------------------- */

typedef struct exchange {
	hj_session *session;
	const hj_endpoint *endpoint;
	hj_request *request;
	hj_call *call;
	int64_t deadline;
	unsigned refused_tokens;
} exchange;

static int64_t now(const hj_session *session)
{
	return session->options.clock.now(session->options.clock.context);
}

static void trace(const hj_session *session, hj_slice line)
{
	if (session->options.trace)
		session->options.trace(session->options.context, line);
}

static void trace_request(const exchange *this)
{
	if (!this->session->options.trace)
		return;
	hj_text line;
	hj_text_init(&line, this->session->allocator);
	if (!hj_request_trace(this->request, HJ_SLICE("(the service)"), &line))
		trace(this->session, hj_text_slice(&line));
	hj_text_free(&line);
}

static void trace_outcome(const exchange *this, const hj_outcome *outcome)
{
	char line[320];
	int size = outcome->trouble
		? snprintf(line, sizeof line, "no answer: %s", outcome->detail)
		: snprintf(line, sizeof line, "status %u, %zu bytes", this->call->response.status,
			  this->call->response.body.size);
	if (size > 0)
		trace(this->session,
			(hj_slice){
				line, (size_t)size < sizeof line ? (size_t)size : sizeof line - 1});
}

static hj_outcome send_once(exchange *this)
{
	hj_response_free(&this->call->response);
	hj_response_init(&this->call->response, this->session->allocator);
	trace_request(this);
	int64_t left = this->deadline - now(this->session);
	hj_outcome outcome = {.trouble = HJ_TROUBLE_TIME, .detail = "no time is left"};
	if (left > 0) {
		hj_transport *transport = this->session->options.transport;
		outcome = transport->send(
			transport, this->request, (long)left, &this->call->response);
		this->call->attempts++;
	}
	trace_outcome(this, &outcome);
	return outcome;
}

/* Until when it asks to wait, by its own clock: this one may be wrong. -1: nobody knows. */
static long wait_until(const hj_response *response, hj_slice date)
{
	int64_t until, sent;
	if (!hj_http_date(date, &until) ||
		!hj_http_date(hj_headers_get(&response->headers, "Date"), &sent))
		return -1;
	int64_t seconds = until > sent ? until - sent : 0;
	return seconds < LONGEST_WAIT ? (long)seconds * 1000 : LONGEST_WAIT;
}

/* Milliseconds that the service asks to wait, in seconds or with a date; -1: it does not. */
static long asked_wait(const hj_response *response)
{
	hj_slice text = hj_headers_get(&response->headers, "Retry-After");
	long seconds = 0;
	for (size_t i = 0; i < text.size; i++) {
		if (text.data[i] < '0' || text.data[i] > '9')
			return wait_until(response, text);
		if (seconds <= LONGEST_WAIT)
			seconds = seconds * 10 + (text.data[i] - '0');
	}
	return text.size ? seconds * 1000 : -1;
}

static bool is_passing(const hj_outcome *outcome, const hj_response *response)
{
	if (outcome->trouble)
		return outcome->trouble == HJ_TROUBLE_CONNECT ||
			outcome->trouble == HJ_TROUBLE_CUT || outcome->trouble == HJ_TROUBLE_NAME;
	unsigned status = response->status;
	return status == 429 || status == 502 || status == 503 || status == 504;
}

/* Waits before the next try. False: there is no time for it. */
static bool wait_before_next(exchange *this, const hj_outcome *outcome, unsigned tried)
{
	const hj_clock *clock = &this->session->options.clock;
	long wait = FIRST_WAIT;
	for (unsigned i = 1; i < tried && wait < LONGEST_WAIT; i++)
		wait *= 2;
	/* Jitter, so that many jobs that failed together do not come back together. */
	wait = wait / 2 + (long)(clock->chance(clock->context) % (uint32_t)(wait / 2 + 1));
	long asked = outcome->trouble ? -1 : asked_wait(&this->call->response);
	if (asked >= 0)
		wait = asked;
	if (wait > LONGEST_WAIT)
		wait = LONGEST_WAIT;
	if (now(this->session) + wait >= this->deadline)
		return false;
	clock->wait(clock->context, wait);
	return true;
}

/* Sends until there is an answer that lasts. */
static hj_outcome send_patiently(exchange *this)
{
	hj_outcome outcome = send_once(this);
	bool maybe_sent = outcome.trouble && outcome.maybe_sent;
	for (unsigned tried = 1;
		this->request->repeatable && tried < this->session->options.attempts &&
		is_passing(&outcome, &this->call->response);
		tried++) {
		if (!wait_before_next(this, &outcome, tried))
			break;
		outcome = send_once(this);
		maybe_sent |= outcome.trouble && outcome.maybe_sent;
	}
	if (outcome.trouble)
		outcome.maybe_sent = maybe_sent;
	return outcome;
}

/* -- what came of it ----------------------------------------------------------------------------- */

static const char *trouble_text(hj_trouble trouble)
{
	static const char *const texts[] = {
		[HJ_TROUBLE_NAME] = "the host's name is not known",
		[HJ_TROUBLE_CONNECT] = "no connection",
		[HJ_TROUBLE_TLS] = "no secure connection",
		[HJ_TROUBLE_PROXY] = "the proxy failed",
		[HJ_TROUBLE_TIME] = "no answer in time",
		[HJ_TROUBLE_CUT] = "the connection broke before the answer was complete",
		[HJ_TROUBLE_BIG] = "the answer is larger than the limit",
		[HJ_TROUBLE_PROTOCOL] = "the answer is no HTTP",
		[HJ_TROUBLE_STOPPED] = "stopped",
		[HJ_TROUBLE_MEMORY] = "out of memory",
	};
	return texts[trouble];
}

static hj_status conclude(exchange *this, const hj_outcome *outcome)
{
	hj_call *call = this->call;
	call->trouble = outcome->trouble;
	if (outcome->trouble) {
		call->kind = outcome->maybe_sent ? HJ_CALL_LOST : HJ_CALL_FAILED;
		hj_text_printf(&call->message, "%s: %s", this->endpoint->summary,
			trouble_text(outcome->trouble));
		if (outcome->detail[0])
			hj_text_printf(&call->message, ": %s", outcome->detail);
	} else if (call->response.status >= 200 && call->response.status < 300) {
		call->kind = HJ_CALL_DONE;
	} else {
		call->kind = HJ_CALL_REFUSED;
		hj_refusal_describe(this->endpoint, &call->response, &call->message);
	}
	if (outcome->trouble == HJ_TROUBLE_MEMORY || call->message.status)
		return HJ_NO_MEMORY;
	return HJ_OK;
}

static void call_begin(hj_call *call, const hj_allocator *allocator)
{
	*call = (hj_call){0};
	hj_response_init(&call->response, allocator);
	hj_text_init(&call->message, allocator);
}

/* -- tokens -------------------------------------------------------------------------------------- */

static void drop_token(hj_session *session)
{
	hj_text_free(&session->token);
	session->token_end = 0;
}

/* Asks for a token once, with the client's secret in the header or in the body. */
static hj_status ask_token(hj_session *session, bool in_body, int64_t deadline, hj_call *call)
{
	call_begin(call, session->allocator);
	const hj_allocator *wiping = &session->wiping.allocator;
	hj_request request;
	hj_request_init(&request, wiping);
	bool identity = session->options.credentials->kind == HJ_CREDENTIAL_IDENTITY;
	exchange this = {.session = session,
		.endpoint = hj_endpoint_named(identity ? "oauth.exchange" : "oauth.token"),
		.request = &request,
		.call = call,
		.deadline = deadline};
	hj_status status = hj_token_request(session->options.credentials, in_body, &request);
	if (!status) {
		hj_outcome outcome = send_patiently(&this);
		status = conclude(&this, &outcome);
	}
	hj_request_free(&request);
	return status;
}

/*
 * A token that lasts a while. False with HJ_OK: there is none, and call says why. The secret goes in
 * the header first and, where a server does not like that, in the body.
 */
static hj_status fetch_token(hj_session *session, int64_t deadline, hj_call *call, bool *have)
{
	*have = session->token_end > now(session) + EARLY;
	if (*have)
		return HJ_OK;
	drop_token(session);
	bool twice = session->options.credentials->kind == HJ_CREDENTIAL_OAUTH;
	hj_status status = ask_token(session, false, deadline, call);
	if (!status && twice && call->kind == HJ_CALL_REFUSED && call->response.status < 500) {
		hj_call_free(call);
		status = ask_token(session, true, deadline, call);
	}
	if (status || call->kind != HJ_CALL_DONE) {
		/* A token that was not given has no effect, however it went. */
		if (call->kind == HJ_CALL_LOST)
			call->kind = HJ_CALL_FAILED;
		return status;
	}
	int64_t seconds = 0;
	status = hj_token_read(&call->response, &session->token, &seconds);
	if (call->response.body.data)
		explicit_bzero(call->response.body.data, call->response.body.capacity);
	if (status == HJ_INVALID) {
		call->kind = HJ_CALL_FAILED;
		hj_text_str(&call->message, "an access token: the answer has none in it");
		return call->message.status ? HJ_NO_MEMORY : HJ_OK;
	}
	if (status)
		return status;
	if (seconds < 60 || seconds > 86400)
		seconds = seconds < 60 ? 60 : 86400;
	session->token_end = now(session) + seconds * 1000;
	hj_call_free(call);
	call_begin(call, session->allocator);
	*have = true;
	return HJ_OK;
}

/* -- calls --------------------------------------------------------------------------------------- */

/* Adds what shows who asks. False with HJ_OK: it cannot, and the call says why. */
static hj_status authorize(exchange *this, bool *can)
{
	hj_session *session = this->session;
	const hj_credentials *credentials = session->options.credentials;
	*can = true;
	if (credentials->kind == HJ_CREDENTIAL_NONE)
		return HJ_OK;
	if (credentials->kind == HJ_CREDENTIAL_KEY)
		return hj_authorize_basic(&this->request->headers,
			hj_text_slice(&credentials->secret), (hj_slice){NULL, 0});
	hj_status status = fetch_token(session, this->deadline, this->call, can);
	if (status || !*can)
		return status;
	return hj_authorize_bearer(&this->request->headers, hj_text_slice(&session->token));
}

/* Takes the last header off again: the authorization. */
static void unauthorize(hj_request *request, size_t count)
{
	while (request->headers.count > count) {
		hj_headers last = {.items = &request->headers.items[--request->headers.count],
			.count = 1,
			.allocator = request->headers.allocator};
		hj_header *header = last.items;
		if (header->value.size)
			explicit_bzero((char *)(uintptr_t)header->value.data, header->value.size);
		hj_free(last.allocator, (char *)(uintptr_t)header->name.data, header->name.size);
		hj_free(last.allocator, (char *)(uintptr_t)header->value.data, header->value.size);
	}
}

hj_status hj_session_call(
	hj_session *session, const hj_endpoint *endpoint, hj_request *request, hj_call *out)
{
	call_begin(out, session->allocator);
	exchange this = {.session = session,
		.endpoint = endpoint,
		.request = request,
		.call = out,
		.deadline = now(session) + session->options.milliseconds};
	if (this.deadline > session->end)
		this.deadline = session->end;
	size_t headers = request->headers.count;
	for (;;) {
		bool can;
		hj_status status = authorize(&this, &can);
		if (status || !can)
			return status;
		hj_outcome outcome = send_patiently(&this);
		unauthorize(request, headers);
		/* A token may have ended early: one new one, and the same again. A refusal of 401 had
		   no effect, so this is harmless for every request. */
		bool stale = !outcome.trouble && out->response.status == 401 &&
			session->token_end && this.refused_tokens++ == 0;
		if (!stale)
			return conclude(&this, &outcome);
		drop_token(session);
	}
}
