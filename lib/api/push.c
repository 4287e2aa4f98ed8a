#include "api/push.h"

#include "api/etag.h"

/* After a lost answer: how often to look, and how long to wait before each time (milliseconds). */
static const long looks[] = {0, 500, 1500, 3000};

typedef struct pushing {
	const hj_push_options *options;
	const hj_allocator *allocator;
	hj_push *push;
	hj_etag local;
	hj_text before; /* the ETag of the remote as it was read first, without quotes */
} pushing;

const char *hj_push_end_name(hj_push_end end)
{
	static const char *const names[] = {
		[HJ_PUSH_UNREACHABLE] = "unreachable",
		[HJ_PUSH_SAME] = "same",
		[HJ_PUSH_DECLINED] = "declined",
		[HJ_PUSH_STORED] = "stored",
		[HJ_PUSH_CHANGED] = "changed",
		[HJ_PUSH_CONFLICT] = "conflict",
		[HJ_PUSH_REFUSED] = "refused",
		[HJ_PUSH_FAILED] = "failed",
		[HJ_PUSH_LOST_STORED] = "lost, stored",
		[HJ_PUSH_LOST_OLD] = "lost, not stored",
		[HJ_PUSH_LOST_OTHER] = "lost, overtaken",
		[HJ_PUSH_LOST] = "lost",
	};
	return names[end];
}

void hj_push_free(hj_push *push)
{
	hj_text_free(&push->remote);
	hj_text_free(&push->remote_etag);
	hj_text_free(&push->message);
	hj_call_free(&push->refusal);
}

/* -- looking ------------------------------------------------------------------------------------- */

static hj_status replace(hj_text *text, hj_slice bytes)
{
	hj_text_clear(text);
	hj_text_append(text, bytes);
	return text->status;
}

/*
 * Reads the remote policy into push->remote and remote_etag. *seen is false when it cannot be had,
 * and the message says why. A service that sends no ETag cannot be pushed to safely.
 */
static hj_status look(pushing *this, bool *seen)
{
	hj_push *push = this->push;
	const hj_endpoint *endpoint = hj_endpoint_named("policy.get");
	hj_parameter parameter = {"tailnet", this->options->tailnet};
	hj_request request;
	hj_request_init(&request, this->allocator);
	hj_call call = {0};
	*seen = false;
	hj_status status = hj_endpoint_request(endpoint, &parameter, 1, &request);
	if (!status)
		status = hj_session_call(this->options->session, endpoint, &request, &call);
	hj_request_free(&request);
	hj_slice etag = hj_headers_get(&call.response.headers, "ETag");
	if (status) {
		; /* nothing was read */
	} else if (call.kind != HJ_CALL_DONE) {
		status = replace(&push->message, hj_text_slice(&call.message));
	} else if (etag.size == 0) {
		status = replace(&push->message,
			HJ_SLICE("the policy file: the answer has no ETag, so an edit of "
				 "somebody else could not be noticed"));
	} else {
		*seen = true;
		status = replace(&push->remote, hj_text_slice(&call.response.body));
		if (!status)
			status = replace(&push->remote_etag, hj_etag_bare(etag));
	}
	hj_call_free(&call);
	return status;
}

static bool remote_is_local(const pushing *this)
{
	return hj_etag_is(&this->local, hj_text_slice(&this->push->remote_etag));
}

static bool remote_is_as_before(const pushing *this)
{
	return hj_slice_equal(
		hj_text_slice(&this->push->remote_etag), hj_text_slice(&this->before));
}

/* -- after the request ----------------------------------------------------------------------------- */

/* No answer came: what is there now? Looks several times, since the request may be under way. */
static hj_status look_again(pushing *this)
{
	hj_push *push = this->push;
	hj_text said;
	hj_text_init(&said, this->allocator);
	hj_status status = replace(&said, hj_text_slice(&push->message));
	push->end = HJ_PUSH_LOST;
	for (size_t i = 0; i < sizeof looks / sizeof *looks && !status; i++) {
		const hj_clock *clock = &this->options->clock;
		if (looks[i])
			clock->wait(clock->context, looks[i]);
		bool seen;
		status = look(this, &seen);
		if (status || !seen)
			continue;
		if (remote_is_local(this))
			push->end = HJ_PUSH_LOST_STORED;
		else
			push->end =
				remote_is_as_before(this) ? HJ_PUSH_LOST_OLD : HJ_PUSH_LOST_OTHER;
		if (push->end != HJ_PUSH_LOST_OLD)
			break;
	}
	/* What went wrong first is what counts. */
	if (!status)
		status = replace(&push->message, hj_text_slice(&said));
	hj_text_free(&said);
	return status;
}

/* Accepted: is the service's text what was sent? Its answer says so, or another look does. */
static hj_status confirm(pushing *this, const hj_call *call)
{
	hj_push *push = this->push;
	hj_slice etag = hj_headers_get(&call->response.headers, "ETag");
	push->end = HJ_PUSH_STORED;
	if (etag.size && hj_etag_is(&this->local, etag)) {
		hj_status status = replace(&push->remote, hj_text_slice(&call->response.body));
		return status ? status : replace(&push->remote_etag, hj_etag_bare(etag));
	}
	bool seen;
	hj_status status = look(this, &seen);
	if (!status && (!seen || !remote_is_local(this)))
		push->end = HJ_PUSH_CHANGED;
	return status;
}

static hj_status conflict(pushing *this, const hj_call *call)
{
	hj_text said;
	hj_text_init(&said, this->allocator);
	hj_status status = replace(&said, hj_text_slice(&call->message));
	bool seen;
	if (!status)
		status = look(this, &seen);
	this->push->end = HJ_PUSH_CONFLICT;
	if (!status)
		status = replace(&this->push->message, hj_text_slice(&said));
	hj_text_free(&said);
	return status;
}

static hj_status settle(pushing *this, hj_call *call)
{
	hj_push *push = this->push;
	push->posts = call->attempts;
	hj_status status = replace(&push->message, hj_text_slice(&call->message));
	if (status)
		return status;
	switch (call->kind) {
	case HJ_CALL_DONE: return confirm(this, call);
	case HJ_CALL_LOST: return look_again(this);
	case HJ_CALL_FAILED: push->end = HJ_PUSH_FAILED; return HJ_OK;
	case HJ_CALL_REFUSED: break;
	}
	if (call->response.status == 412)
		return conflict(this, call);
	/* A gateway that gives up, or a redirect, says nothing about what the service did behind it. */
	if (call->response.status < 400 || call->response.status >= 500)
		status = look_again(this);
	if (status)
		return status;
	if (call->response.status >= 400 && call->response.status < 500)
		push->end = HJ_PUSH_REFUSED;
	else if (push->end == HJ_PUSH_LOST_OLD)
		push->end = HJ_PUSH_REFUSED;
	hj_call_free(&push->refusal);
	push->refusal = *call;
	*call = (hj_call){0};
	return HJ_OK;
}

/* -- the request ------------------------------------------------------------------------------------ */

static hj_status write_request(
	const pushing *this, const hj_endpoint *endpoint, hj_request *request)
{
	hj_parameter parameter = {"tailnet", this->options->tailnet};
	hj_status status = hj_endpoint_request(endpoint, &parameter, 1, request);
	hj_slice match = this->options->if_match;
	hj_text value;
	hj_text_init(&value, this->allocator);
	hj_text_byte(&value, '"');
	hj_text_append(&value, match.size ? hj_etag_bare(match) : hj_text_slice(&this->before));
	hj_text_byte(&value, '"');
	if (!status)
		status = value.status;
	if (!status)
		status = hj_headers_add(
			&request->headers, HJ_SLICE("If-Match"), hj_text_slice(&value), false);
	hj_text_free(&value);
	hj_text_append(&request->body, this->options->policy);
	return status ? status : request->body.status;
}

static hj_status send_policy(pushing *this)
{
	const hj_endpoint *endpoint = hj_endpoint_named("policy.set");
	hj_request request;
	hj_request_init(&request, this->allocator);
	hj_call call = {0};
	hj_status status = write_request(this, endpoint, &request);
	if (!status)
		status = hj_session_call(this->options->session, endpoint, &request, &call);
	if (!status)
		status = settle(this, &call);
	hj_call_free(&call);
	hj_request_free(&request);
	return status;
}

static hj_status run(pushing *this)
{
	hj_push *push = this->push;
	hj_status status = hj_etag_of(this->options->policy, this->allocator, &this->local);
	bool seen = false;
	if (!status)
		status = look(this, &seen);
	if (status || !seen)
		return status;
	if (remote_is_local(this)) {
		push->end = HJ_PUSH_SAME;
		return HJ_OK;
	}
	status = replace(&this->before, hj_text_slice(&push->remote_etag));
	if (status)
		return status;
	if (this->options->decide &&
		!this->options->decide(this->options->context, hj_text_slice(&push->remote),
			hj_text_slice(&push->remote_etag))) {
		push->end = HJ_PUSH_DECLINED;
		return HJ_OK;
	}
	return send_policy(this);
}

hj_status hj_push_run(const hj_push_options *options, const hj_allocator *allocator, hj_push *out)
{
	*out = (hj_push){.end = HJ_PUSH_UNREACHABLE};
	hj_text_init(&out->remote, allocator);
	hj_text_init(&out->remote_etag, allocator);
	hj_text_init(&out->message, allocator);
	pushing this = {.options = options, .allocator = allocator, .push = out};
	hj_text_init(&this.before, allocator);
	hj_status status = run(&this);
	hj_text_free(&this.before);
	return status;
}
