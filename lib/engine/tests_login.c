#include "engine/tests_parts.h"

/*
 * sshTests: each account on each destination. A destination is every device that it names: each of
 * them has to let an accepted account in, none of them a denied one (control plane 13).
 */

/* -- devices --------------------------------------------------------------------------------------- */

static bool add_subject(hj__run *run, hj_subject subject)
{
	hj_subjects *list = &run->subjects;
	size_t capacity = list->capacity;
	if (list->count == list->capacity) {
		run->status = hj_grow(list->allocator, &list->items, &capacity,
			(size_t)list->count + 1, sizeof *list->items);
		if (run->status)
			return false;
		list->capacity = (uint32_t)capacity;
	}
	list->items[list->count++] = subject;
	return true;
}

static void add_device(hj__run *run, uint32_t device)
{
	if (device != HJ_NONE)
		add_subject(run,
			(hj_subject){.kind = HJ_SUBJECT_DEVICE,
				.index = device,
				.name = run->world->inventory->devices[device].name});
}

static void add_devices(hj__run *run, hj_ids devices)
{
	for (uint32_t i = 0; i < devices.count && !run->status; i++)
		add_device(run, devices.items[i]);
}

/*
 * Where the inventory has devices, a tag and a user mean theirs, and an address means the device that
 * has it, or nobody.
 */
static void find_devices(hj__run *run, hj__meant *meant)
{
	const hj_world *world = run->world;
	uint32_t first = run->subjects.count;
	for (uint32_t i = 0; i < meant->count && !run->status; i++) {
		hj_subject subject = run->subjects.items[meant->first + i];
		if (subject.kind == HJ_SUBJECT_TAG && subject.index != HJ_NONE)
			add_devices(run, world->tags[subject.index].devices);
		else if (subject.kind == HJ_SUBJECT_USER && subject.index != HJ_NONE)
			add_devices(run, world->users[subject.index].devices);
		else if (subject.kind == HJ_SUBJECT_RANGE)
			add_device(run, hj_world_device_at(world, subject.range.first));
		else if (subject.kind == HJ_SUBJECT_DEVICE || subject.kind == HJ_SUBJECT_SERVICE)
			add_subject(run, subject);
	}
	meant->first = first;
	meant->count = run->subjects.count - first;
	if (meant->count == 0)
		meant->fault = "no device of the tailnet is meant by it";
}

static hj__meant destination_of(hj__run *run, hj_slice text)
{
	hj__meant meant = hj__meaning_of(run, text, HJ__LOGIN_DESTINATION);
	const hj_inventory *inventory = run->world->inventory;
	if (meant.sorted_out || meant.fault || meant.template || run->status || !inventory ||
		!inventory->has_devices || meant.count == 0)
		return meant;
	find_devices(run, &meant);
	meant.sorted_out = true;
	const uint32_t *index = hj_map_get(&run->meant_of[HJ__LOGIN_DESTINATION], hj_trim(text));
	if (index)
		run->meant[*index] = meant;
	return meant;
}

static bool is_self(hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	return selector.kind == HJ_SELECT_AUTOGROUP && selector.autogroup == HJ_AUTOGROUP_SELF;
}

/* -- one flow -------------------------------------------------------------------------------------- */

/* What the assertion asks of a login: for a check that a rule checks, else that any lets it in. */
static hj_truth asked_of(const hj_assertion *assertion, const hj_login *login)
{
	return assertion->want == HJ_WANT_CHECK ? login->checked : login->allowed;
}

static hj_got got_of(const hj_login *login)
{
	return login->allowed == HJ_NO     ? HJ_GOT_DROP
		: login->checked == HJ_YES ? HJ_GOT_CHECK
					   : HJ_GOT_ACCEPT;
}

/* Why nobody gets in as an account: by which rule another one would, or that there is none. */
static void explain_drop(hj__run *run, hj_assertion *assertion, const hj_origin *origin,
	const hj_subject *destination)
{
	hj_login any;
	hj_text *words = &run->words;
	run->status = hj_login_ask(run->reach, origin, destination, HJ_SLICE(""), &any);
	if (run->status)
		return;
	const char *checked = assertion->want == HJ_WANT_CHECK ? " after a check" : "";
	hj_text_clear(words);
	if (any.rule_count == 0) {
		hj_text_str(words, "no rule of \"ssh\" lets ");
		hj_subject_append(words, &origin->subject);
		hj_text_printf(words, " in%s", checked);
		hj__say(run, assertion, 0);
		return;
	}
	const hj_ssh_rule *rule = &run->rules->ssh.items[any.rules[0]];
	uint32_t node = rule->users.node ? rule->users.node : rule->node;
	hj_text_printf(words, "nobody gets in as %.*s%s (", HJ_SLICE_ARGS(assertion->account.text),
		checked);
	hj__add_place(run, hj__place_of(run, true, any.rules[0]), node);
	hj_text_byte(words, ')');
	hj__say(run, assertion, node);
}

static void judge(hj__run *run, hj_assertion *assertion, hj__tally *tally, const hj_origin *origin,
	const hj_subject *destination)
{
	hj_login login;
	run->status = hj_login_ask(
		run->reach, origin, destination, hj_trim(assertion->account.text), &login);
	if (run->status)
		return;
	hj_truth truth = asked_of(assertion, &login);
	bool deny = assertion->want == HJ_WANT_DENY;
	if (truth == HJ_MAYBE)
		hj__keep_facts(run, assertion, login.facts, login.fact_count);
	if (truth == HJ_YES && !deny && run->witness)
		run->status = run->witness->allowed(
			run->witness->context, assertion, login.rules, login.rule_count);
	if (run->status || !hj__decides(assertion, tally, truth))
		return;
	assertion->got = got_of(&login);
	hj__keep_rules(run, assertion, login.rules, login.rule_count);
	if (deny && truth == HJ_YES)
		hj__explain_entry(run, assertion, &origin->subject, login.rules[0]);
	else if (!deny && truth == HJ_NO)
		explain_drop(run, assertion, origin, destination);
}

static void judge_source(hj__run *run, size_t from, const hj_origin *origin)
{
	for (size_t i = from; i < run->out->count && !run->status; i++) {
		hj_assertion *assertion = &run->out->items[i];
		hj__tally *tally = &run->tallies[i - from];
		if (assertion->malformed || tally->to.template)
			continue;
		if (is_self(assertion->dst.text))
			judge(run, assertion, tally, origin, &origin->subject);
		for (uint32_t k = 0; k < tally->to.count && !run->status; k++)
			judge(run, assertion, tally, origin,
				&run->subjects.items[tally->to.first + k]);
	}
}

/* -- one entry ------------------------------------------------------------------------------------- */

static void add_account(
	hj__run *run, const hj_ssh_test *test, uint32_t index, hj_word account, hj_want want)
{
	for (uint32_t i = 0; i < test->dst.count; i++) {
		hj_assertion *assertion = hj__assert(run, true, index, want, account.node);
		if (!assertion)
			return;
		assertion->src = test->src;
		assertion->dst = test->dst.items[i];
		assertion->account = account;
		if (hj_trim(account.text).size == 0)
			hj__malform(run, assertion, account.node, (hj_slice){0},
				"an empty text is no account");
	}
}

static void add_all(hj__run *run, uint32_t index)
{
	const hj_ssh_test *test = &run->tests->ssh_tests.items[index];
	const hj_words *const lists[] = {&test->accept, &test->check, &test->deny};
	static const hj_want wants[] = {HJ_WANT_ACCEPT, HJ_WANT_CHECK, HJ_WANT_DENY};
	size_t from = run->out->count;
	for (size_t k = 0; k < 3; k++)
		for (uint32_t i = 0; i < lists[k]->count; i++)
			add_account(run, test, index, lists[k]->items[i], wants[k]);
	if (run->out->count > from || run->status)
		return;
	hj_assertion *nothing = hj__assert(run, true, index, HJ_WANT_NOTHING, test->node);
	if (nothing)
		nothing->src = test->src;
	hj__malform(run, nothing, test->node, (hj_slice){0},
		test->dst.count ? "the test asserts nothing" : "the test has no destination");
}

/* What is wrong with the whole entry; NULL: nothing. */
static const char *fault_of(const hj_ssh_test *test, const hj__meant *source)
{
	if (hj_trim(test->src.text).size == 0)
		return "the test has no source";
	return source->fault;
}

void hj__run_login(hj__run *run, uint32_t index)
{
	const hj_ssh_test *test = &run->tests->ssh_tests.items[index];
	size_t from = run->out->count;
	add_all(run, index);
	hj__meant source = hj__meaning_of(run, test->src.text, HJ__LOGIN_SOURCE);
	size_t count = run->out->count - from;
	if (run->status)
		return;
	run->status = hj_grow(
		run->allocator, &run->tallies, &run->tally_capacity, count, sizeof *run->tallies);
	const char *fault = fault_of(test, &source);
	for (size_t i = 0; i < count && !run->status; i++) {
		hj_assertion *assertion = &run->out->items[from + i];
		run->tallies[i] = (hj__tally){0};
		if (fault)
			hj__malform(run, assertion, test->src.node ? test->src.node : test->node,
				test->src.text, fault);
		if (assertion->malformed)
			continue;
		run->tallies[i].to = destination_of(run, assertion->dst.text);
		if (run->tallies[i].to.fault)
			hj__malform(run, assertion, assertion->dst.node, assertion->dst.text,
				run->tallies[i].to.fault);
	}
	hj_origin origin = {0};
	if (!run->status)
		hj__attributes_of(run, &test->posture, &origin);
	for (uint32_t i = 0; i < source.count && !run->status && !fault; i++) {
		origin.subject = run->subjects.items[source.first + i];
		judge_source(run, from, &origin);
	}
	for (size_t i = 0; i < count && !run->status; i++)
		hj__conclude(run, &run->out->items[from + i], &run->tallies[i], source.template);
	hj__tell_settled(run, from);
}
