/*
 * A push against the twin while everything goes wrong that can: no edit of somebody else is lost, and
 * what the push reports is what happened.
 */
#include "api/push.h"

#include "api/etag.h"
#include "api/twin.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* -- a transport that fails by a schedule ------------------------------------------------------------------- */

enum { SCHEDULES = 1000 };

typedef enum happening {
	NOTHING,
	NO_CONNECTION, /* nothing was sent */
	CUT,           /* sent, without effect, no answer */
	LOSE,          /* sent, with effect, no answer */
	LATE,    /* sent, no answer; it has its effect when the next request has been answered */
	BUSY,    /* 503 without effect */
	GATEWAY, /* 502, with effect */
	HTML,    /* 502 with a page, without effect */
	UNAUTHORIZED, /* 401 */
	SERVER_ERROR, /* 500 without effect */
	OTHER_EDIT,   /* somebody else edits just before, then it is answered */
	OTHER_AFTER,  /* it is answered, but somebody else edits before we see the answer */
	NO_ETAG,
	HAPPENINGS,
} happening;

struct world {
	hj_transport transport;
	hj_twin *twin;
	uint64_t seed;
	unsigned percent; /* of requests that something happens to */
	int64_t time;
	hj_request late; /* a POST that is still on its way */
	bool has_late;
	unsigned posts, edits;
	bool local_was_stored; /* some POST of ours was accepted by the service */
};

static unsigned roll(struct world *world, unsigned sides)
{
	world->seed = world->seed * 6364136223846793005U + 1442695040888963407U;
	return (unsigned)(world->seed >> 33) % sides;
}

static void copy_request(hj_request *to, const hj_request *from)
{
	hj_request_init(to, NULL);
	to->method = from->method;
	to->has_body = from->has_body;
	hj_text_append(&to->target, hj_text_slice(&from->target));
	hj_text_append(&to->body, hj_text_slice(&from->body));
	for (size_t i = 0; i < from->headers.count; i++)
		hj_headers_add(&to->headers, from->headers.items[i].name,
			from->headers.items[i].value, false);
}

static void ask(struct world *world, const hj_request *request, hj_response *out)
{
	cr_assert_eq(hj_twin_answer(world->twin, request, out), HJ_OK);
	if (request->method == HJ_POST && out->status == 200)
		world->local_was_stored = true;
}

/* The policy that the service has now, asked behind the push's back. */
static void remote_now(struct world *world, hj_text *out)
{
	hj_request get;
	hj_response answer;
	hj_request_init(&get, NULL);
	hj_response_init(&answer, NULL);
	hj_text_str(&get.target, "/api/v2/tailnet/-/acl");
	cr_assert_eq(hj_twin_answer(world->twin, &get, &answer), HJ_OK);
	hj_text_clear(out);
	hj_text_append(out, hj_text_slice(&answer.body));
	hj_request_free(&get);
	hj_response_free(&answer);
}

static void edit_by_other(struct world *world)
{
	hj_text text;
	hj_text_init(&text, NULL);
	remote_now(world, &text);
	hj_request post;
	hj_response answer;
	hj_request_init(&post, NULL);
	hj_response_init(&answer, NULL);
	post.method = HJ_POST;
	post.has_body = true;
	hj_text_str(&post.target, "/api/v2/tailnet/-/acl");
	hj_text_printf(&post.body, "// edit %u\n", ++world->edits);
	hj_text_append(&post.body, hj_text_slice(&text));
	cr_assert_eq(hj_twin_answer(world->twin, &post, &answer), HJ_OK);
	cr_assert_eq(answer.status, 200);
	hj_request_free(&post);
	hj_response_free(&answer);
	hj_text_free(&text);
}

static void arrive_late(struct world *world)
{
	if (!world->has_late)
		return;
	hj_response answer;
	hj_response_init(&answer, NULL);
	ask(world, &world->late, &answer);
	hj_response_free(&answer);
	hj_request_free(&world->late);
	world->has_late = false;
}

static void say(hj_response *out, unsigned status, const char *body)
{
	hj_response_free(out);
	hj_response_init(out, NULL);
	out->status = status;
	hj_text_str(&out->body, body);
}

static void drop_etag(hj_response *out)
{
	for (size_t i = 0; i < out->headers.count; i++)
		if (hj_slice_equal(out->headers.items[i].name, HJ_SLICE("ETag")))
			((char *)(uintptr_t)out->headers.items[i].name.data)[0] = 'X';
}

static hj_outcome no_answer(hj_trouble trouble, bool maybe_sent)
{
	return (hj_outcome){
		.trouble = trouble, .maybe_sent = maybe_sent, .detail = "by the schedule"};
}

static hj_outcome send_by_schedule(
	hj_transport *transport, const hj_request *request, long milliseconds, hj_response *out)
{
	(void)milliseconds;
	struct world *world = (struct world *)transport;
	bool post = request->method == HJ_POST;
	world->posts += post;
	happening what =
		roll(world, 100) < world->percent ? (happening)roll(world, HAPPENINGS) : NOTHING;
	hj_response ignored;
	hj_response_init(&ignored, NULL);
	hj_outcome outcome = {.trouble = HJ_TROUBLE_NONE};
	switch (what) {
	case NO_CONNECTION: outcome = no_answer(HJ_TROUBLE_CONNECT, false); break;
	case CUT: outcome = no_answer(HJ_TROUBLE_CUT, true); break;
	case LOSE:
		ask(world, request, &ignored);
		outcome = no_answer(roll(world, 2) ? HJ_TROUBLE_CUT : HJ_TROUBLE_TIME, true);
		break;
	case LATE:
		if (post && !world->has_late) {
			copy_request(&world->late, request);
			world->has_late = true;
		}
		outcome = no_answer(HJ_TROUBLE_TIME, true);
		break;
	case BUSY: say(out, 503, "{\"message\": \"busy\"}"); break;
	case GATEWAY:
		ask(world, request, &ignored);
		say(out, 502, "{\"message\": \"bad gateway\"}");
		break;
	case HTML: say(out, 502, "<html>"); break;
	case UNAUTHORIZED: say(out, 401, "{\"message\": \"unauthorized\"}"); break;
	case SERVER_ERROR: say(out, 500, "{\"message\": \"internal server error\"}"); break;
	case OTHER_EDIT:
		edit_by_other(world);
		ask(world, request, out);
		break;
	case OTHER_AFTER:
		ask(world, request, out);
		edit_by_other(world);
		break;
	case NO_ETAG:
		ask(world, request, out);
		drop_etag(out);
		break;
	case NOTHING:
	case HAPPENINGS: ask(world, request, out); break;
	}
	hj_response_free(&ignored);
	if (what != LATE)
		arrive_late(world);
	return outcome;
}

static int64_t clock_now(void *context)
{
	return ((struct world *)context)->time += 3;
}

static void clock_wait(void *context, long milliseconds)
{
	((struct world *)context)->time += milliseconds;
}

static uint32_t clock_chance(void *context)
{
	return roll(context, 1U << 30);
}

static void no_close(hj_transport *transport)
{
	(void)transport;
}

/* -- the properties ----------------------------------------------------------------------------------------- */

static const char before[] =
	"{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:22\"]}]}\n";
static const char local[] =
	"// new\n{\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], \"dst\": [\"*:443\"]}]}\n";

static bool is_text(const hj_text *text, const char *wanted)
{
	return hj_slice_equal(hj_text_slice(text), hj_slice_str(wanted));
}

/* Somebody's edits are in a text when it begins with the last of them, or ours replaced what was read. */
static void check(const struct world *world, const hj_push *push, const hj_text *remote,
	unsigned schedule, unsigned edits_seen)
{
	bool stored = is_text(remote, local);
	const char *end = hj_push_end_name(push->end);
	cr_assert_leq(push->posts, 2, "schedule %u: sent %u times", schedule, push->posts);
	switch (push->end) {
	case HJ_PUSH_SAME:
	case HJ_PUSH_STORED:
	case HJ_PUSH_LOST_STORED:
		cr_assert(world->local_was_stored || push->end == HJ_PUSH_SAME,
			"schedule %u: %s, but it never was", schedule, end);
		break;
	case HJ_PUSH_UNREACHABLE:
	case HJ_PUSH_DECLINED:
	case HJ_PUSH_FAILED:
	case HJ_PUSH_CONFLICT:
		cr_assert_not(world->local_was_stored, "schedule %u: %s, but it was stored",
			schedule, end);
		break;
	case HJ_PUSH_REFUSED:
		/* A gateway said no, and another look saw the old text: a request can be late. */
		cr_assert(!stored || world->local_was_stored, "schedule %u", schedule);
		cr_assert_not(world->local_was_stored && !world->has_late && stored,
			"schedule %u: %s, but it was stored", schedule, end);
		break;
	case HJ_PUSH_LOST_OLD:
	case HJ_PUSH_LOST_OTHER:
	case HJ_PUSH_LOST:
	case HJ_PUSH_CHANGED: break;
	}
	/* No lost update: what was replaced is what was read, edits and all. */
	if (stored)
		cr_assert_eq(world->edits, edits_seen,
			"schedule %u: %s overwrote an edit that nobody had seen", schedule, end);
}

struct seen {
	unsigned edits;
	struct world *world;
};

static bool note_edits(void *context, hj_slice remote, hj_slice etag)
{
	(void)etag;
	struct seen *seen = context;
	/* What the caller is shown is what its consent is for. */
	unsigned edits = 0;
	if (hj_slice_starts(remote, HJ_SLICE("// edit ")))
		sscanf(remote.data, "// edit %u", &edits);
	seen->edits = edits;
	return true;
}

static void run_schedule(unsigned schedule)
{
	struct world world = {.transport = {send_by_schedule, no_close},
		.seed = schedule * 7919 + 1,
		.percent = 10 + schedule % 60};
	hj_text why, remote;
	hj_text_init(&why, NULL);
	hj_text_init(&remote, NULL);
	cr_assert_eq(hj_twin_open(&(hj_twin_options){.policy = hj_slice_str(before)}, NULL,
			     &world.twin, &why),
		HJ_OK, "%s", why.data);
	hj_clock clock = {clock_now, clock_wait, clock_chance, &world};
	hj_credentials nobody = {.kind = HJ_CREDENTIAL_NONE};
	hj_session *session;
	cr_assert_eq(hj_session_open(&(hj_session_options){.transport = &world.transport,
					     .credentials = &nobody,
					     .clock = clock},
			     NULL, &session),
		HJ_OK);
	struct seen seen = {.world = &world};
	hj_push_options options = {.session = session,
		.tailnet = HJ_SLICE("-"),
		.policy = hj_slice_str(local),
		.decide = note_edits,
		.context = &seen,
		.clock = clock};
	hj_push push;
	cr_assert_eq(hj_push_run(&options, NULL, &push), HJ_OK);
	bool late = world.has_late;
	remote_now(&world, &remote);
	check(&world, &push, &remote, schedule, seen.edits);
	/* What is late may arrive yet: it must not overwrite anything either. */
	arrive_late(&world);
	remote_now(&world, &remote);
	if (late && is_text(&remote, local))
		cr_assert_eq(world.edits, seen.edits, "schedule %u: the late request", schedule);
	hj_push_free(&push);
	hj_session_close(session);
	hj_twin_close(world.twin);
	hj_text_free(&remote);
	hj_text_free(&why);
}

Test(push, no_schedule_of_faults_loses_an_edit)
{
	for (unsigned schedule = 0; schedule < SCHEDULES; schedule++)
		run_schedule(schedule);
}
