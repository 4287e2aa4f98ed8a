/*
 * May this source do that with this destination? All pairs of what they stand for are asked.
 */
#include "access/access_parts.h"

#include <stdlib.h>

enum { TCP = 6, SSH_PORT = 22 };

/* Sources that the same permits cover for certain are alike, and need not be asked twice. */
struct class
{
	uint64_t truths[3]; /* how many destinations, by hj_truth */
};

struct asking {
	hj_reach *reach;
	const hj_access_question *question;
	hj_access_answer *out;
	hj_subjects sources, destinations;
	hj_origin origin;       /* the source at hand */
	bool *permits, *logins; /* of each permit and rule of "ssh": it is among the answer's */
	uint64_t truths[3];     /* pairs, by hj_truth */
	hj_map class_of;        /* terms that cover a source → index in classes */
	struct class *classes;
	size_t class_count, class_capacity;
	const hj_allocator *allocator;
	hj_text words; /* in the making */
	hj_status status;
};

const char *hj_access_verdict_text(hj_access_verdict verdict)
{
	static const char *const texts[] = {"blocked", "depends", "some", "allowed"};
	return texts[verdict];
}

/* The first failure stays. */
static void note(struct asking *asking, hj_status status)
{
	if (!asking->status)
		asking->status = status;
}

/* -- what is kept ---------------------------------------------------------------------------------- */

static hj_slice keep(struct asking *asking, hj_slice text)
{
	bool ok = true;
	hj_slice copy = hj_arena_copy(&asking->out->arena, text, &ok);
	if (!ok)
		asking->status = HJ_NO_MEMORY;
	return copy;
}

static hj_slice keep_words(struct asking *asking)
{
	if (asking->words.status)
		asking->status = HJ_NO_MEMORY;
	return keep(asking, hj_text_slice(&asking->words));
}

static void keep_pair(struct asking *asking, const hj_subject *destination, hj_truth truth)
{
	hj_access_names *lists[] = {
		&asking->out->blocked, &asking->out->depends, &asking->out->allowed};
	hj_access_names *names = lists[truth];
	if (names->count == HJ_ACCESS_NAMES)
		return;
	hj_text_clear(&asking->words);
	hj_subject_append(&asking->words, &asking->origin.subject);
	if (asking->destinations.count > 1) {
		hj_text_str(&asking->words, " → ");
		hj_subject_append(&asking->words, destination);
	}
	names->items[names->count++] = keep_words(asking);
}

static void keep_facts(struct asking *asking, const hj_slice *facts, uint32_t count)
{
	hj_access_names *names = &asking->out->facts;
	for (uint32_t i = 0; i < count && names->count < HJ_ACCESS_NAMES; i++) {
		bool known = false;
		for (uint32_t k = 0; k < names->count && !known; k++)
			known = hj_slice_equal(names->items[k], facts[i]);
		if (!known)
			names->items[names->count++] = keep(asking, facts[i]);
	}
	names->of_all = names->count;
}

/* -- one pair -------------------------------------------------------------------------------------- */

static hj_truth ask_network(
	struct asking *asking, const hj_subject *destination, int protocol, int port)
{
	hj_verdict verdict;
	note(asking, hj_reach_to(asking->reach, destination, protocol, port, &verdict));
	for (uint32_t i = 0; !asking->status && i < verdict.permit_count; i++)
		asking->permits[verdict.permits[i].permit] = true;
	keep_facts(asking, verdict.facts, verdict.fact_count);
	return verdict.allowed;
}

static hj_truth least(hj_truth a, hj_truth b)
{
	return a < b ? a : b;
}

static hj_truth ask_login(struct asking *asking, const hj_subject *destination)
{
	hj_login login;
	note(asking,
		hj_login_ask(asking->reach, &asking->origin, destination, asking->question->account,
			&login));
	if (asking->status || login.allowed == HJ_NO)
		return HJ_NO;
	for (uint32_t i = 0; i < login.rule_count; i++)
		asking->logins[login.rules[i]] = true;
	keep_facts(asking, login.facts, login.fact_count);
	hj_truth network = ask_network(asking, destination, TCP, SSH_PORT);
	asking->out->check = asking->out->check || (network && login.kind == HJ_LOGIN_CHECK);
	return least(login.allowed, network);
}

/* A source or destination that hangs on a fact says which one. */
static hj_truth settle_fact(struct asking *asking, hj__answer answer)
{
	if (answer.truth == HJ_MAYBE && answer.fact != HJ_NONE)
		keep_facts(asking, &asking->reach->facts.items[answer.fact].sentence, 1);
	return answer.truth;
}

static bool grants_app(const struct asking *asking, const hj_permit *permit)
{
	/* With "via" a capability reaches nobody (control plane 7.4). */
	bool found = false;
	if (!permit->app || permit->via->count)
		return false;
	for (uint32_t i = 0; i < permit->app->count && !found; i++)
		found = hj_slice_equal(
			hj_trim(permit->app->items[i].name.text), asking->question->capability);
	return found;
}

static hj_truth ask_grant(struct asking *asking, const hj_hit *hit, const hj_permit *permit)
{
	hj_reach *reach = asking->reach;
	hj__answer to =
		hj__cover(reach, &reach->to.party, hj__permit_term(reach, permit), true, true);
	hj_truth posture =
		hj__meets(reach, &reach->from.party, &asking->origin, permit->posture, false);
	hj_truth truth = least(least(hit->truth, to.truth), posture);
	if (truth != HJ_MAYBE)
		return truth;
	settle_fact(asking, to);
	if (hit->truth == HJ_MAYBE)
		settle_fact(asking, hj__why_source(reach, &reach->from, permit->src, HJ_MAYBE));
	if (posture == HJ_MAYBE) {
		hj__facts_ask(reach);
		hj__meets(reach, &reach->from.party, &asking->origin, permit->posture, true);
		keep_facts(asking, reach->facts.listed, (uint32_t)reach->facts.listed_count);
	}
	return truth;
}

static hj_truth ask_app(struct asking *asking, const hj_subject *destination)
{
	hj_reach *reach = asking->reach;
	hj_truth best = HJ_NO;
	uint32_t count;
	const hj_hit *hits = hj_reach_hits(reach, &count);
	hj__party_set(reach, &reach->to.party, destination, &reach->from.party);
	for (uint32_t i = 0; i < count && !reach->status; i++) {
		const hj_permit *permit = &reach->permits[hits[i].permit];
		if (!grants_app(asking, permit))
			continue;
		hj_truth truth = ask_grant(asking, &hits[i], permit);
		if (truth != HJ_NO)
			asking->permits[hits[i].permit] = true;
		best = truth > best ? truth : best;
	}
	hj__take_status(reach, &asking->status);
	return best;
}

static hj_truth ask(struct asking *asking, const hj_subject *destination)
{
	const hj_access_question *question = asking->question;
	switch (question->kind) {
	case HJ_ACCESS_NETWORK:
		return ask_network(asking, destination, question->protocol, question->port);
	case HJ_ACCESS_SSH: return ask_login(asking, destination);
	case HJ_ACCESS_APP: return ask_app(asking, destination);
	}
	return HJ_NO;
}

/* -- why not --------------------------------------------------------------------------------------- */

static void explain_login(struct asking *asking, const hj_subject *destination, uint32_t *node)
{
	hj_reach *reach = asking->reach;
	hj_login login;
	note(asking,
		hj_login_ask(
			reach, &asking->origin, destination, asking->question->account, &login));
	if (asking->status)
		return;
	if (login.allowed == HJ_NO) {
		note(asking,
			hj__explain_login(
				reach, &asking->origin, destination, &asking->words, node));
		return;
	}
	hj_text_str(&asking->words, "\"ssh\" allows it, the network does not: ");
	note(asking,
		hj__explain(reach, &asking->origin.subject, destination, TCP, SSH_PORT,
			&asking->words, node));
}

static void explain(struct asking *asking, const hj_subject *destination)
{
	const hj_access_question *question = asking->question;
	uint32_t *node = &asking->out->nearest_node;
	hj_text_clear(&asking->words);
	switch (question->kind) {
	case HJ_ACCESS_NETWORK:
		note(asking,
			hj__explain(asking->reach, &asking->origin.subject, destination,
				question->protocol, question->port, &asking->words, node));
		break;
	case HJ_ACCESS_SSH: explain_login(asking, destination, node); break;
	case HJ_ACCESS_APP:
		hj__explain_app(asking->reach, question->capability, &asking->words, node);
		break;
	}
	if (!asking->status)
		asking->out->nearest = keep_words(asking);
}

/* -- all pairs ------------------------------------------------------------------------------------- */

/*
 * May the answers for the current source be used again, for others with the same permits? Not where
 * they hang on facts, which name the source, nor on whose device it is.
 */
static bool is_plain(const struct asking *asking, const hj_hit *hits, uint32_t count)
{
	const hj_reach *reach = asking->reach;
	if (asking->question->kind != HJ_ACCESS_NETWORK)
		return false;
	for (uint32_t i = 0; i < count; i++) {
		const hj_permit *permit = &reach->permits[hits[i].permit];
		const hj_selector *to = hj__selector(reach, hj__permit_term(reach, permit));
		if (hits[i].truth != HJ_YES || permit->posture->count ||
			(to->kind == HJ_SELECT_AUTOGROUP && to->autogroup == HJ_AUTOGROUP_SELF))
			return false;
	}
	return true;
}

/* Is there room for names of what these pairs come to? */
static bool wants_names(const struct asking *asking, const struct class *class)
{
	const hj_access_names *lists[] = {
		&asking->out->blocked, &asking->out->depends, &asking->out->allowed};
	for (unsigned truth = 0; truth < 3; truth++)
		if (class->truths[truth] && lists[truth]->count < HJ_ACCESS_NAMES)
			return true;
	return false;
}

/* Some are allowed and some blocked, and more of the same would only cost time. */
static bool is_enough(const struct asking *asking, const struct class *class)
{
	const uint64_t *all = asking->truths, *now = class->truths;
	uint64_t asked = 0;
	for (unsigned truth = 0; truth < 3; truth++)
		asked += all[truth] + now[truth];
	return asked >= HJ_ACCESS_ENOUGH && all[HJ_NO] + now[HJ_NO] > 0 &&
		all[HJ_YES] + now[HJ_YES] > 0;
}

/* Asks for every destination. */
static struct class ask_all(struct asking *asking)
{
	struct class class = {{0}};
	for (uint32_t i = 0; i < asking->destinations.count && !asking->status; i++) {
		const hj_subject *destination = &asking->destinations.items[i];
		if (is_enough(asking, &class))
			break;
		hj_truth truth = ask(asking, destination);
		if (asking->status)
			break;
		class.truths[truth]++;
		keep_pair(asking, destination, truth);
		if (truth == HJ_NO && !asking->out->nearest.size)
			explain(asking, destination);
	}
	return class;
}

/* The class of the current source, when it is one that has been asked; else it is made. */
static struct class *find_class(struct asking *asking, bool *was_there)
{
	const hj__coverage *coverage = &asking->reach->from.coverage;
	hj_slice terms = hj_slice_of(
		(const char *)coverage->terms, coverage->count * sizeof *coverage->terms);
	uint32_t *found = NULL;
	bool ok = true;
	if (hj_grow(asking->allocator, &asking->classes, &asking->class_capacity,
		    asking->class_count + 1, sizeof *asking->classes))
		ok = false;
	found = hj_map_get(&asking->class_of, terms);
	*was_there = found != NULL;
	if (ok && !found) {
		terms = hj_arena_copy(&asking->out->arena, terms, &ok);
		ok = ok &&
			!hj_map_put(&asking->class_of, terms, (uint32_t)asking->class_count, &found,
				NULL);
	}
	if (!ok) {
		asking->status = HJ_NO_MEMORY;
		return NULL;
	}
	asking->class_count += !*was_there;
	return &asking->classes[*found];
}

static void ask_source(struct asking *asking, const hj_subject *source)
{
	asking->origin = (hj_origin){.subject = *source};
	note(asking, hj_reach_from(asking->reach, &asking->origin));
	uint32_t count = 0;
	const hj_hit *hits = asking->status ? NULL : hj_reach_hits(asking->reach, &count);
	struct class *known = NULL;
	bool was_there = false;
	if (!asking->status && is_plain(asking, hits, count))
		known = find_class(asking, &was_there);
	if (asking->status)
		return;
	struct class class;
	if (was_there && !wants_names(asking, known))
		class = *known;
	else
		class = ask_all(asking);
	if (known && !is_enough(asking, &class))
		*known = class;
	for (unsigned truth = 0; truth < 3; truth++)
		asking->truths[truth] += class.truths[truth];
}

/* -- the answer ------------------------------------------------------------------------------------ */

static int by_node(const void *a, const void *b)
{
	const hj_rule_place *one = a, *other = b;
	return (one->node > other->node) - (one->node < other->node);
}

static void put_rules(struct asking *asking)
{
	const hj_reach *reach = asking->reach;
	const hj_ssh *ssh = &reach->world->policy->ssh;
	size_t most = (size_t)reach->permit_count + ssh->count, bytes;
	hj_rule_place *rules = hj_multiply(most, sizeof *rules, &bytes)
		? hj_arena_alloc(&asking->out->arena, bytes + 1)
		: NULL;
	uint32_t count = 0;
	if (!rules) {
		asking->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < reach->permit_count; i++) {
		hj_rule_place place = hj__permit_place(&reach->permits[i]);
		/* Permits of a rule follow each other. */
		if (asking->permits[i] && !(count && rules[count - 1].node == place.node))
			rules[count++] = place;
	}
	for (uint32_t i = 0; i < ssh->count; i++)
		if (asking->logins[i])
			rules[count++] = (hj_rule_place){HJ_OF_SSH, i, ssh->items[i].node};
	if (count > 1)
		qsort(rules, count, sizeof *rules, by_node);
	asking->out->rules = rules;
	asking->out->rule_count = count;
}

static void conclude(struct asking *asking)
{
	hj_access_answer *out = asking->out;
	const uint64_t *truths = asking->truths;
	out->pairs = (uint64_t)asking->sources.count * asking->destinations.count;
	out->asked = truths[HJ_NO] + truths[HJ_MAYBE] + truths[HJ_YES];
	out->blocked.of_all = truths[HJ_NO];
	out->depends.of_all = truths[HJ_MAYBE];
	out->allowed.of_all = truths[HJ_YES];
	out->verdict = truths[HJ_YES] && truths[HJ_NO] ? HJ_ACCESS_SOME
		: truths[HJ_MAYBE]                     ? HJ_ACCESS_DEPENDS
		: truths[HJ_YES]                       ? HJ_ACCESS_ALLOWED
						       : HJ_ACCESS_BLOCKED;
	put_rules(asking);
}

static void prepare(struct asking *asking, const char **what)
{
	const hj_access_question *question = asking->question;
	hj_reach *reach = asking->reach;
	size_t permits = reach->permit_count, logins = reach->world->policy->ssh.count;
	asking->permits = hj_alloc(asking->allocator, permits);
	asking->logins = hj_alloc(asking->allocator, logins);
	if (!asking->permits || !asking->logins) {
		asking->status = HJ_NO_MEMORY;
		return;
	}
	memset(asking->permits, 0, permits);
	memset(asking->logins, 0, logins);
	note(asking, hj_expand(reach, question->source, false, &asking->sources, what));
	if (!asking->status)
		asking->status =
			hj_expand(reach, question->destination, true, &asking->destinations, what);
}

hj_status hj_access_can(hj_reach *reach, const hj_access_question *question,
	const hj_allocator *allocator, hj_access_answer *out, const char **what)
{
	struct asking asking = {
		.reach = reach, .question = question, .out = out, .allocator = allocator};
	asking.sources.allocator = asking.destinations.allocator = allocator;
	*out = (hj_access_answer){.verdict = HJ_ACCESS_BLOCKED};
	hj_arena_init(&out->arena, allocator);
	hj_map_init(&asking.class_of, allocator);
	hj_text_init(&asking.words, allocator);
	prepare(&asking, what);
	static const struct class nothing = {{0}};
	for (uint32_t i = 0; i < asking.sources.count && !asking.status; i++)
		if (!is_enough(&asking, &nothing))
			ask_source(&asking, &asking.sources.items[i]);
	if (!asking.status)
		conclude(&asking);
	hj_subjects_free(&asking.sources);
	hj_subjects_free(&asking.destinations);
	hj_map_free(&asking.class_of);
	hj_free(allocator, asking.classes, asking.class_capacity * sizeof *asking.classes);
	hj_free(allocator, asking.permits, reach->permit_count);
	hj_free(allocator, asking.logins, reach->world->policy->ssh.count);
	hj_text_free(&asking.words);
	if (asking.status)
		hj_access_answer_free(out);
	return asking.status;
}

void hj_access_answer_free(hj_access_answer *answer)
{
	hj_arena_free(&answer->arena);
	*answer = (hj_access_answer){.arena.allocator = answer->arena.allocator};
}
