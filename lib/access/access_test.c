/*
 * Lists, verdicts and the matrix against the reach that they are made from, on random tailnets: a line
 * holds for everybody whom it names, and nobody who reaches something is left out. And each failing
 * allocation. What answers look like is tested by testdata/access/.
 */
#include "access/access_parts.h"
#include "access/matrix.h"
#include "testdata/support/failing.h"
#include "testdata/support/tailnet.h"

#include <criterion/criterion.h>

enum { TAILNETS = 300 };

/* -- lists ----------------------------------------------------------------------------------------- */

static const char *const asked[] = {"alice@example.com", "bob@example.com", "dave@example.org",
	"tag:a", "tag:b", "group:a", "lan", "node", "10.0.0.7", "8.8.8.8", "100.64.0.1",
	"autogroup:member", "autogroup:tagged"};
enum { ASKED = sizeof asked / sizeof *asked };

static const struct {
	int protocol, port;
} services[] = {
	{6, 22}, {6, 80}, {17, 53}, {17, 22}, {1, 0}, {58, 0}, {132, 80}, {47, 0}, {6, 443}};
enum { SERVICES = sizeof services / sizeof *services };

static hj_subjects expand(hj_reach *reach, hj_slice text, bool destination)
{
	hj_subjects out = {0};
	const char *what;
	hj_status status = hj_expand(reach, text, destination, &out, &what);
	cr_assert(status == HJ_OK || status == HJ_INVALID);
	return out;
}

static hj_truth ask(
	struct tailnet *tailnet, const hj_subject *from, const hj_subject *to, unsigned at)
{
	hj_verdict verdict;
	cr_assert_eq(hj_reach_from(tailnet->reach, &(hj_origin){.subject = *from}), HJ_OK);
	cr_assert_eq(
		hj_reach_to(tailnet->reach, to, services[at].protocol, services[at].port, &verdict),
		HJ_OK);
	return verdict.allowed;
}

static bool is_plain(const hj_access_line *line)
{
	return !line->posture && !line->via && !line->partly && !line->depends;
}

/* Does what a line names cover a subject? Asked for by the plainest means, term after term. */
static hj_truth covers(hj_reach *reach, hj_slice name, const hj_subject *subject, bool destination)
{
	hj_truth best = HJ_NO;
	hj__party party;
	memset(&party, 0, sizeof party);
	hj__party_init(reach, &party);
	hj__party_set(reach, &party, subject, NULL);
	for (uint32_t term = 0; term <= reach->all; term++)
		if (hj_slice_equal(hj__term_name(reach, term), name)) {
			hj_truth truth = hj__cover(reach, &party, term, destination, false).truth;
			best = truth > best ? truth : best;
		}
	hj__party_free(reach, &party);
	return best;
}

/* A list, and the end that was asked for, whose name is not looked into. */
struct said {
	const hj_access_list *list;
	bool from, to;
};

static bool is_own(hj_slice name)
{
	return hj_slice_equal(name, HJ_SLICE("autogroup:self"));
}

/* Does a line speak of a pair? */
static hj_truth speaks(hj_reach *reach, const struct said *said, const hj_access_line *line,
	const hj_subject *from, const hj_subject *to)
{
	hj_truth source = said->from ? HJ_YES : HJ_NO, destination = said->to ? HJ_YES : HJ_NO;
	bool own = is_own(line->source) || is_own(line->destination);
	if (own && !(from->kind == HJ_SUBJECT_USER && hj_subject_equal(from, to)))
		return HJ_NO;
	if (!said->from)
		source = is_own(line->source) ? HJ_YES : covers(reach, line->source, from, false);
	if (!said->to)
		destination = is_own(line->destination)
			? HJ_YES
			: covers(reach, line->destination, to, true);
	return source < destination ? source : destination;
}

/* A user whom nobody names: among the subjects of a group or "*" another one stands for them. */
static bool is_stranger(const hj_subject *subject)
{
	return subject->kind == HJ_SUBJECT_USER && subject->index == HJ_NONE;
}

static void judge_pair(struct tailnet *tailnet, const struct said *said, const hj_subject *from,
	const hj_subject *to, const char *what)
{
	for (unsigned at = 0; at < SERVICES; at++) {
		bool surely = false, perhaps = false;
		for (uint32_t i = 0; i < said->list->count; i++) {
			const hj_access_line *line = &said->list->lines[i];
			if (line->kind != HJ_ACCESS_NETWORK ||
				!hj_services_has(
					&line->services, services[at].protocol, services[at].port))
				continue;
			hj_truth spoken = speaks(tailnet->reach, said, line, from, to);
			perhaps = perhaps || spoken;
			surely = surely || (spoken == HJ_YES && is_plain(line));
		}
		hj_truth truth = ask(tailnet, from, to, at);
		hj_text names;
		hj_text_init(&names, NULL);
		hj_subject_append(&names, from);
		hj_text_str(&names, " to ");
		hj_subject_append(&names, to);
		/* Of own devices that nobody names the lines speak for those that are named. */
		if (surely)
			cr_assert_eq(truth, HJ_YES, "%s: %s, service %u: a line says so\n%s", what,
				hj_text_string(&names), at, hj_text_string(&tailnet->texts[0]));
		if (truth == HJ_YES)
			cr_assert(perhaps, "%s: %s, service %u: no line\n%s\n%s", what,
				hj_text_string(&names), at, hj_text_string(&tailnet->texts[0]),
				hj_text_string(&tailnet->texts[1]));
		hj_text_free(&names);
	}
}

static void judge_list(struct tailnet *tailnet, const struct said *said, hj_slice sources,
	hj_slice destinations, const char *what)
{
	hj_subjects from = expand(tailnet->reach, sources, false);
	hj_subjects to = expand(tailnet->reach, destinations, true);
	for (uint32_t i = 0; i < from.count; i++)
		for (uint32_t k = 0; k < to.count; k++)
			if (!is_stranger(&from.items[i]) && !is_stranger(&to.items[k]))
				judge_pair(tailnet, said, &from.items[i], &to.items[k], what);
	hj_subjects_free(&from);
	hj_subjects_free(&to);
}

/* Autogroups are asked for what all of them may, which is another question. */
static bool is_wide(hj_slice text)
{
	return hj_slice_starts(text, HJ_SLICE("autogroup:"));
}

Test(access, lists_say_what_reach_says)
{
	for (uint64_t seed = 1; seed <= TAILNETS; seed++) {
		struct tailnet tailnet;
		tailnet_random(&tailnet, seed);
		hj_slice text = hj_slice_str(asked[seed % ASKED]);
		hj_slice other = hj_slice_str(asked[seed / ASKED % ASKED]);
		hj_access_target target = {text, -1, -1};
		hj_access_list list;
		const char *what;
		if (!hj_access_who(tailnet.reach, &target, true, NULL, &list, &what)) {
			if (!is_wide(text))
				judge_list(&tailnet, &(struct said){&list, false, true}, other,
					text, "who");
			hj_access_list_free(&list);
		}
		if (!hj_access_what(tailnet.reach, text, true, NULL, &list, &what)) {
			if (!is_wide(text))
				judge_list(&tailnet, &(struct said){&list, true, false}, text,
					other, "what");
			hj_access_list_free(&list);
		}
		cr_assert_eq(hj_access_all(tailnet.reach, NULL, &list), HJ_OK);
		judge_list(&tailnet, &(struct said){&list, false, false}, text, other, "all");
		hj_access_list_free(&list);
		tailnet_close(&tailnet);
	}
}

/* -- memory ---------------------------------------------------------------------------------------- */

static const char small[] =
	"{\"groups\": {\"group:a\": [\"ann@example.com\", \"bob@example.com\"],\n"
	"  \"group:b\": [\"bob@example.com\"]},\n"
	"\"tagOwners\": {\"tag:db\": [], \"tag:web\": []}, \"hosts\": {\"lan\": \"10.0.0.0/24\"},\n"
	"\"postures\": {\"posture:x\": [\"node:os == 'linux'\"]},\n"
	"\"acls\": [\n"
	"{\"action\": \"accept\", \"src\": [\"group:a\", \"tag:web\"], \"dst\": [\"tag:db:22\",\n"
	"  \"lan:80-90\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"bob@example.com\"], \"dst\": [\"tag:db:22,443\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"autogroup:admin\", \"10.0.0.7\"], \"dst\": "
	"[\"*:53\"]},\n"
	"{\"action\": \"accept\", \"src\": [\"autogroup:member\"], \"dst\": "
	"[\"autogroup:self:*\"]}],\n"
	"\"grants\": [{\"src\": [\"group:b\"], \"dst\": [\"tag:db\", \"lan\"], \"ip\": "
	"[\"udp:1\"],\n"
	"  \"srcPosture\": [\"posture:x\"], \"app\": {\"example.com/cap/x\": [{}]}}],\n"
	"\"ssh\": [{\"action\": \"check\", \"src\": [\"group:a\"], \"dst\": [\"tag:db\"],\n"
	"  \"users\": [\"root\", \"ubuntu\"]}]}";

static hj_status ask_can(hj_reach *reach, const hj_allocator *allocator, hj_access_kind kind)
{
	hj_access_question question = {.kind = kind,
		.source = HJ_SLICE("group:a"),
		.destination = HJ_SLICE("tag:db"),
		.protocol = -1,
		.port = 443,
		.account = HJ_SLICE("root"),
		.capability = HJ_SLICE("example.com/cap/x")};
	hj_access_answer answer;
	const char *what;
	hj_status status = hj_access_can(reach, &question, allocator, &answer, &what);
	if (!status)
		hj_access_answer_free(&answer);
	return status;
}

static hj_status ask_lists(hj_reach *reach, const hj_allocator *allocator)
{
	hj_access_list list;
	hj_access_target target;
	hj_text text;
	const char *what;
	hj_text_init(&text, allocator);
	hj_status status = hj_access_target_read(reach, HJ_SLICE("tag:db:22/tcp"), &target, &what);
	if (!status)
		status = hj_access_who(reach, &target, false, allocator, &list, &what);
	if (!status) {
		status = hj_rule_text_append(
			&text, hj_reach_world(reach)->policy, list.lines[0].rules[0]);
		hj_access_list_free(&list);
	}
	if (!status)
		status = hj_access_what(reach, HJ_SLICE("group:a"), false, allocator, &list, &what);
	if (!status)
		hj_access_list_free(&list);
	if (!status)
		status = hj_access_all(reach, allocator, &list);
	if (!status)
		hj_access_list_free(&list);
	hj_text_free(&text);
	return status;
}

static hj_status ask_matrix(hj_reach *reach, const hj_allocator *allocator)
{
	hj_matrix_options options = {.rows = (1U << HJ_AXIS_KINDS) - 1};
	options.columns = options.rows;
	hj_matrix matrix;
	const char *what;
	hj_status status = hj_matrix_make(reach, &options, allocator, &matrix, &what);
	if (!status)
		hj_matrix_free(&matrix);
	return status;
}

static hj_status job(struct tailnet *tailnet, unsigned part, const hj_allocator *allocator)
{
	hj_reach *reach;
	hj_status status = hj_reach_build(&tailnet->world, NULL, allocator, &reach);
	if (status)
		return status;
	switch (part) {
	case 0: status = ask_lists(reach, allocator); break;
	case 1: status = ask_matrix(reach, allocator); break;
	default: status = ask_can(reach, allocator, (hj_access_kind)(part - 2)); break;
	}
	hj_reach_free(reach);
	return status;
}

Test(access, memory)
{
	struct tailnet tailnet;
	tailnet_open(&tailnet, small, NULL);
	for (unsigned part = 0; part < 5; part++) {
		/* What the world makes when first asked is its own. */
		cr_assert_eq(job(&tailnet, part, NULL), HJ_OK);
		for (size_t n = 0;; n++) {
			failing_state state = {.fail_at = n};
			hj_allocator allocator = failing_allocator(&state);
			hj_status status = job(&tailnet, part, &allocator);
			cr_assert_eq(state.blocks, 0, "part %u, allocation %zu", part, n);
			if (!state.failed)
				break;
			cr_assert_eq(status, HJ_NO_MEMORY, "part %u, allocation %zu", part, n);
		}
	}
	tailnet_close(&tailnet);
}
