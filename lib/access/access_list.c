/*
 * Who reaches this, what does he reach, and everything: rules gathered into drafts.
 */
#include "access/access_parts.h"

hj_rule_place hj__permit_place(const hj_permit *permit)
{
	switch (permit->kind) {
	case HJ_PERMIT_ACL: return (hj_rule_place){HJ_OF_ACLS, permit->rule, permit->node};
	case HJ_PERMIT_GRANT: return (hj_rule_place){HJ_OF_GRANTS, permit->rule, permit->node};
	case HJ_PERMIT_ALL: break;
	}
	return (hj_rule_place){HJ_OF_NO_RULE, 0, 0};
}

/* Which end was asked for. */
enum end { NEITHER, SOURCE, DESTINATION };

struct search {
	hj_reach *reach;
	hj__drafts drafts;
	enum end asked;
	hj_slice text;  /* what was asked for */
	bool wide;      /* an autogroup or "*": what only some of it may is left out */
	bool all;       /* "*": not taken apart */
	bool doubtful;  /* what hangs on whose device an address is, is wanted too */
	bool *left_out; /* of each rule, then of each of "ssh": something of it was not wanted */
	int protocol, port;
	hj_subjects subjects;
	hj__extent *permits;      /* of each permit; NULL when nobody was asked for */
	hj__extent *logins, *own; /* of each rule of "ssh"; own: by autogroup:self alone */
	hj_truth *permit_postures, *login_postures; /* does the source meet them? */
	hj__answer *best;                           /* room for two of each rule of "ssh" */
};

static bool is_self(const hj_reach *reach, uint32_t term)
{
	const hj_selector *selector = hj__selector(reach, term);
	return selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF;
}

static bool asks_port(const struct search *search)
{
	return search->port >= 0 || search->protocol >= 0;
}

static bool asks_login(const struct search *search)
{
	return !asks_port(search) ||
		(search->port == 22 && (search->protocol == -1 || search->protocol == 6));
}

/* Has a permit the port that is asked for? */
static bool is_asked(const struct search *search, const hj_permit *permit)
{
	return !asks_port(search) || hj__permit_serves(permit, search->protocol, search->port);
}

/* -- permits --------------------------------------------------------------------------------------- */

static void add_permit_line(struct search *search, uint32_t at, hj__key key)
{
	const hj_permit *permit = &search->reach->permits[at];
	hj__drafts *drafts = &search->drafts;
	hj_rule_place place = hj__permit_place(permit);
	if (permit->service_count && is_asked(search, permit)) {
		key.kind = HJ_ACCESS_NETWORK;
		hj__draft *draft = hj__draft_of(drafts, &key);
		if (draft &&
			hj_services_add(&draft->services, permit->services, permit->service_count))
			drafts->status = HJ_NO_MEMORY;
		if (draft)
			hj__draft_rule(drafts, draft, place);
	}
	/* Capabilities of a grant with "via" reach nobody (control plane 7.4). */
	bool apps = permit->app && !permit->via->count && !asks_port(search);
	for (uint32_t i = 0; apps && i < permit->app->count; i++) {
		key.kind = HJ_ACCESS_APP;
		key.capability = permit->app->items[i].name.text;
		hj__draft *draft = hj__draft_of(drafts, &key);
		if (draft)
			hj__draft_rule(drafts, draft, place);
	}
}

/* The source of a line, where a person's own devices were asked for. */
static hj_slice own_source(const struct search *search)
{
	const hj_subject *only = search->subjects.items;
	uint32_t user = search->subjects.count == 1 ? hj__user_of(search->reach, only) : HJ_NONE;
	if (user != HJ_NONE)
		return search->reach->world->users[user].login;
	return search->subjects.count == 1 && only->kind == HJ_SUBJECT_USER
		? search->text
		: HJ_SLICE("autogroup:self");
}

/* Is there nobody of whom to tell? */
static bool is_nobody(const struct search *search, const hj__extent *extent)
{
	if (!extent)
		return false;
	uint32_t count = extent->sure + extent->maybe;
	return count == 0 || (search->wide && count < search->drafts.asked_count);
}

/* Does the inventory leave it open that a permit with "via" leads somewhere? */
static bool may_route(struct search *search, uint32_t at)
{
	hj_reach *reach = search->reach;
	const hj_permit *permit = &reach->permits[at];
	uint32_t term = hj__permit_term(reach, permit);
	if (!permit->via->count || !reach->has_devices || hj__term_rank(reach, term) == 0)
		return true;
	const hj_meaning *meaning = &reach->world->meanings[term];
	hj_truth best = HJ_NO;
	for (uint32_t i = 0; i < meaning->range_count && best == HJ_NO; i++) {
		hj_subject range = {
			.kind = HJ_SUBJECT_RANGE, .index = HJ_NONE, .range = meaning->ranges[i]};
		hj__party_set(reach, &reach->to.party, &range, NULL);
		best = hj__routed(reach, at, &reach->to.party, false);
	}
	return hj__take_status(reach, &search->drafts.status) && best != HJ_NO;
}

static void add_permit(struct search *search, uint32_t at)
{
	hj_reach *reach = search->reach;
	const hj_permit *permit = &reach->permits[at];
	uint32_t dst = hj__permit_term(reach, permit);
	hj__key key = {.source_term = HJ_NONE,
		.destination_term = HJ_NONE,
		.via = permit->via,
		.extent = search->permits ? &search->permits[at] : NULL};
	if (search->permit_postures[at] == HJ_NO || is_nobody(search, key.extent) ||
		(search->asked != DESTINATION && !may_route(search, at)))
		return;
	if (search->permit_postures[at] == HJ_MAYBE)
		key.posture = permit->posture;
	key.destination = search->text;
	if (search->asked != DESTINATION) {
		key.destination = hj__term_name(reach, dst);
		key.destination_term = dst;
	}
	if (search->asked == SOURCE || !permit->src) {
		key.source = search->asked == SOURCE ? search->text : HJ_SLICE("*");
		key.source_term = search->asked == SOURCE ? HJ_NONE : reach->all;
		add_permit_line(search, at, key);
		return;
	}
	if (search->asked == DESTINATION && is_self(reach, dst)) {
		key.source = own_source(search);
		add_permit_line(search, at, key);
		return;
	}
	for (uint32_t i = 0; i < permit->src->count && !search->drafts.status; i++) {
		uint32_t term = permit->src->items[i].term;
		if (hj__term_is_empty(reach, term))
			continue;
		key.source = hj__term_name(reach, term);
		key.source_term = term;
		add_permit_line(search, at, key);
	}
}

/* -- rules of "ssh" -------------------------------------------------------------------------------- */

static void add_login_line(struct search *search, uint32_t at, const hj__key *key)
{
	hj__drafts *drafts = &search->drafts;
	const hj_ssh_rule *rule = &search->reach->world->policy->ssh.items[at];
	hj__draft *draft = hj__draft_of(drafts, key);
	if (!draft)
		return;
	for (uint32_t i = 0; i < rule->users.count; i++)
		hj__draft_account(drafts, draft, hj_trim(rule->users.items[i].text));
	hj__draft_rule(drafts, draft, (hj_rule_place){HJ_OF_SSH, at, rule->node});
}

/* Each of a rule's destinations with one source. */
static void add_login_pairs(struct search *search, uint32_t at, hj__key key)
{
	hj_reach *reach = search->reach;
	const hj__login_rule *rule = &reach->logins.rules[at];
	if (search->asked == DESTINATION) {
		key.destination = search->text;
		add_login_line(search, at, &key);
		return;
	}
	for (uint32_t i = 0; i < rule->dst->count; i++) {
		key.destination_term = rule->dst->items[i].term;
		key.destination = hj__term_name(reach, key.destination_term);
		add_login_line(search, at, &key);
	}
}

/* own: what autogroup:self and local parts give on the devices that were asked for. */
static void add_login(struct search *search, uint32_t at, hj__extent *extents, bool own)
{
	hj_reach *reach = search->reach;
	const hj__login_rule *rule = &reach->logins.rules[at];
	hj__key key = {.kind = HJ_ACCESS_SSH,
		.source_term = HJ_NONE,
		.destination_term = HJ_NONE,
		.check = rule->checks,
		.extent = extents ? &extents[at] : NULL};
	if (!rule->works || search->login_postures[at] == HJ_NO || is_nobody(search, key.extent))
		return;
	if (search->login_postures[at] == HJ_MAYBE)
		key.posture = rule->posture;
	if (own || search->asked == SOURCE) {
		key.source = own ? own_source(search) : search->text;
		add_login_pairs(search, at, key);
		return;
	}
	for (uint32_t i = 0; i < rule->src->count && !search->drafts.status; i++) {
		key.source_term = rule->src->items[i].term;
		if (hj__term_is_empty(reach, key.source_term))
			continue;
		key.source = hj__term_name(reach, key.source_term);
		add_login_pairs(search, at, key);
	}
}

/* -- who is meant ---------------------------------------------------------------------------------- */

static void *zeroes(struct search *search, size_t count, size_t size)
{
	hj__drafts *drafts = &search->drafts;
	void *room = hj_arena_alloc(&drafts->arena, count * size + 1);
	if (room)
		memset(room, 0, count * size);
	else
		drafts->status = HJ_NO_MEMORY;
	return room;
}

/* With the fact on which it hangs. */
static hj__answer answer_of(hj_reach *reach, hj__end *end, uint32_t term)
{
	hj__answer answer = end->coverage.answers[term];
	bool destination = end->coverage.index->destination;
	return answer.truth == HJ_MAYBE ? hj__cover(reach, &end->party, term, destination, true)
					: answer;
}

hj__answer hj__why_source(hj_reach *reach, hj__end *end, const hj_words *words, hj_truth truth)
{
	hj__answer answer = {truth, HJ_NONE};
	for (uint32_t i = 0; truth == HJ_MAYBE && words && i < words->count; i++)
		if (hj__covered(&end->coverage, words->items[i].term).truth == HJ_MAYBE)
			return answer_of(reach, end, words->items[i].term);
	return answer;
}

/* Is what hangs on a term of no interest? Then the rule, of `left_out`, is noted. */
static bool is_unwanted(struct search *search, hj__answer answer, uint32_t term,
	const hj_subject *subject, bool *left_out)
{
	if (answer.truth != HJ_MAYBE || search->doubtful ||
		!hj__says_nothing(search->reach, term, subject))
		return false;
	*left_out = true;
	return true;
}

/* The best answer of the sources of a rule at an end, as far as it is wanted. */
static hj__answer best_of(
	struct search *search, hj__end *end, const hj_words *src, hj_truth truth, bool *left_out)
{
	hj__answer best = HJ__NO;
	if (truth != HJ_MAYBE || !src)
		return (hj__answer){truth, HJ_NONE};
	for (uint32_t i = 0; i < src->count && best.truth == HJ_NO; i++) {
		uint32_t term = src->items[i].term;
		hj__answer answer = hj__covered(&end->coverage, term);
		if (answer.truth != HJ_NO &&
			!is_unwanted(search, answer, term, &end->party.subject, left_out))
			best = answer_of(search->reach, end, term);
	}
	return best;
}

static void note(hj_truth *posture, hj_truth met)
{
	/* Of several sources the doubtful ones are named. */
	*posture = met == HJ_MAYBE || *posture == HJ_NO ? met : *posture;
}

/* The permits, and the rules of "ssh", that a source has. */
static void look_from(struct search *search, uint32_t subject)
{
	hj_reach *reach = search->reach;
	hj_status *status = &search->drafts.status;
	hj_origin origin = {.subject = search->subjects.items[subject]};
	uint32_t count = 0;
	*status = hj_reach_from(reach, &origin);
	const hj_hit *hits = *status ? NULL : hj_reach_hits(reach, &count);
	for (uint32_t i = 0; i < count; i++) {
		const hj_permit *permit = &reach->permits[hits[i].permit];
		hj_truth met =
			hj__meets(reach, &reach->from.party, &origin, permit->posture, false);
		if (met == HJ_NO)
			continue;
		bool *left_out = &search->left_out[hj__permit_rule(reach, permit)];
		note(&search->permit_postures[hits[i].permit], met);
		hj__extend(&search->permits[hits[i].permit], subject,
			best_of(search, &reach->from, permit->src, hits[i].truth, left_out));
	}
	hj_login login;
	if (!*status && reach->world->policy->ssh.count)
		*status = hj_login_ask(reach, &origin, &origin.subject, HJ_SLICE(""), &login);
	const hj__logins *logins = &reach->logins;
	for (uint32_t i = 0; !*status && i < logins->count; i++) {
		hj_truth truth = logins->source_truths[i];
		hj_truth met = truth ? hj__meets(reach, &logins->from.party, &origin,
					       logins->rules[i].posture, false)
				     : HJ_NO;
		if (met == HJ_NO)
			continue;
		note(&search->login_postures[i], met);
		hj__extend(&search->logins[i], subject,
			best_of(search, &reach->logins.from, logins->rules[i].src, truth,
				&search->left_out[reach->rule_count + i]));
	}
	hj__take_status(reach, status);
}

static hj__answer least(hj__answer a, hj__answer b)
{
	return a.truth <= b.truth ? a : b;
}

/* The permits that lead to a destination; the current source is the destination itself. */
static void look_at_permits(struct search *search, uint32_t subject)
{
	hj_reach *reach = search->reach;
	hj__end *to = &reach->to;
	const hj__index *index = &reach->destinations;
	hj__party_set(reach, &to->party, &search->subjects.items[subject], &reach->from.party);
	hj__gather(reach, to);
	for (uint32_t i = 0; !reach->status && i < to->coverage.count; i++) {
		uint32_t term = to->coverage.terms[i];
		hj__answer answer = answer_of(reach, to, term);
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++) {
			uint32_t permit = index->owners[at];
			uint32_t rule = hj__permit_rule(reach, &reach->permits[permit]);
			hj__answer now = answer;
			if (is_unwanted(search, answer, term, &to->party.subject,
				    &search->left_out[rule]))
				continue;
			if (is_self(reach, term))
				now = least(now,
					hj__why_source(reach, &reach->from,
						reach->permits[permit].src,
						hj__rule_truth(reach, rule)));
			/* Where it is not known who routes, the line names "via". */
			if (hj__routed(reach, permit, &to->party, false) != HJ_NO)
				hj__extend(&search->permits[permit], subject, now);
		}
	}
}

/* The rules of "ssh" that lead to it, from others and from itself. */
static void look_at_logins(struct search *search, uint32_t subject)
{
	hj_reach *reach = search->reach;
	hj__logins *logins = &reach->logins;
	hj__answer *best = search->best; /* of each rule; after those of others its own */
	for (uint32_t i = 0; i < 2 * logins->count; i++)
		best[i] = HJ__NO;
	for (uint32_t i = 0; i < logins->to.coverage.count; i++) {
		uint32_t term = logins->to.coverage.terms[i];
		hj__answer answer = answer_of(reach, &logins->to, term);
		for (uint32_t at = logins->destinations.first[term];
			at < logins->destinations.first[term + 1]; at++) {
			uint32_t rule = logins->destinations.owners[at];
			hj__answer *seat = &best[rule];
			hj__answer now = answer;
			if (is_unwanted(search, answer, term, &logins->to.party.subject,
				    &search->left_out[reach->rule_count + rule]))
				continue;
			if (is_self(reach, term)) {
				seat += logins->count;
				now = least(now,
					hj__why_source(reach, &logins->from,
						logins->rules[rule].src,
						logins->source_truths[rule]));
			}
			if (now.truth > seat->truth)
				*seat = now;
		}
	}
	for (uint32_t i = 0; i < logins->count; i++) {
		hj__extend(&search->logins[i], subject, best[i]);
		hj__extend(&search->own[i], subject, best[logins->count + i]);
	}
}

static void look_at(struct search *search, uint32_t subject)
{
	hj_reach *reach = search->reach;
	hj_status *status = &search->drafts.status;
	hj_origin origin = {.subject = search->subjects.items[subject]};
	hj_login login;
	*status = hj_reach_from(reach, &origin);
	if (!*status)
		look_at_permits(search, subject);
	if (!hj__take_status(reach, status) || !reach->world->policy->ssh.count)
		return;
	*status = hj_login_ask(reach, &origin, &origin.subject, HJ_SLICE(""), &login);
	if (!*status)
		look_at_logins(search, subject);
	hj__take_status(reach, status);
}

/* Postures of whoever it may be: they hold or not whatever the device, or nobody knows. */
static void judge_postures(struct search *search)
{
	hj_reach *reach = search->reach;
	hj_status *status = &search->drafts.status;
	hj_origin origin = {.subject = {.kind = HJ_SUBJECT_MEMBER, .index = HJ_NONE}};
	hj_login login;
	*status = hj_reach_from(reach, &origin);
	for (uint32_t i = 0; !*status && i < reach->permit_count; i++)
		search->permit_postures[i] = hj__meets(
			reach, &reach->from.party, &origin, reach->permits[i].posture, false);
	if (!*status && reach->world->policy->ssh.count)
		*status = hj_login_ask(reach, &origin, &origin.subject, HJ_SLICE(""), &login);
	for (uint32_t i = 0; !*status && i < reach->logins.count; i++)
		search->login_postures[i] = hj__meets(
			reach, &reach->from.party, &origin, reach->logins.rules[i].posture, false);
	hj__take_status(reach, status);
}

/* -- all of it ------------------------------------------------------------------------------------- */

static void make_rooms(struct search *search)
{
	size_t permits = search->reach->permit_count;
	size_t logins = search->reach->world->policy->ssh.count;
	search->permit_postures = zeroes(search, permits, sizeof *search->permit_postures);
	search->login_postures = zeroes(search, logins, sizeof *search->login_postures);
	if (search->asked == NEITHER)
		return;
	search->permits = zeroes(search, permits, sizeof *search->permits);
	search->logins = zeroes(search, logins, sizeof *search->logins);
	search->own = zeroes(search, logins, sizeof *search->own);
	search->best = zeroes(search, 2 * logins, sizeof *search->best);
	search->left_out =
		zeroes(search, search->reach->rule_count + logins, sizeof *search->left_out);
}

/* The rules that have "*" itself at this end; no rule of "ssh" may. */
static void gather_all(struct search *search)
{
	const hj_reach *reach = search->reach;
	const hj__index *index = search->asked == SOURCE ? &reach->sources : &reach->destinations;
	search->drafts.asked_count = 1;
	for (size_t i = 0; i < index->always.count; i++) {
		uint32_t term = index->always.items[i];
		if (hj__term_rank(reach, term) > 0)
			continue;
		for (uint32_t at = index->first[term]; at < index->first[term + 1]; at++) {
			uint32_t owner = index->owners[at];
			bool rule = search->asked == SOURCE;
			uint32_t first = rule ? reach->rules[owner].first : owner;
			uint32_t last = rule ? reach->rules[owner].last : owner + 1;
			for (uint32_t permit = first; permit < last; permit++)
				search->permits[permit].sure = 1;
		}
	}
}

static void gather(struct search *search)
{
	hj__drafts *drafts = &search->drafts;
	drafts->asked = search->subjects.items;
	drafts->asked_count = search->subjects.count;
	if (search->all)
		gather_all(search);
	for (uint32_t i = 0; i < search->subjects.count && !drafts->status; i++) {
		if (search->asked == SOURCE)
			look_from(search, i);
		else
			look_at(search, i);
	}
	if (!drafts->status && (search->all || search->asked != SOURCE))
		judge_postures(search);
}

static void add_all(struct search *search)
{
	const hj_reach *reach = search->reach;
	hj__drafts *drafts = &search->drafts;
	bool ssh = asks_login(search);
	for (uint32_t i = 0; i < reach->permit_count && !drafts->status; i++)
		add_permit(search, i);
	for (uint32_t i = 0; ssh && i < reach->logins.count && !drafts->status; i++) {
		add_login(search, i, search->logins, false);
		if (search->asked == DESTINATION)
			add_login(search, i, search->own, true);
	}
}

static bool is_told(const hj__extent *extent)
{
	return extent->sure + extent->maybe > 0;
}

/* Rules of which nothing is told, because it hangs on what was not wanted. */
static uint32_t count_left_out(const struct search *search)
{
	const hj_reach *reach = search->reach;
	uint32_t count = 0;
	for (uint32_t i = 0; i < reach->rule_count; i++) {
		bool told = false, fits = false;
		for (uint32_t k = reach->rules[i].first; k < reach->rules[i].last; k++) {
			told = told || is_told(&search->permits[k]);
			fits = fits || is_asked(search, &reach->permits[k]);
		}
		count += search->left_out[i] && fits && !told;
	}
	for (uint32_t i = 0; asks_login(search) && i < reach->logins.count; i++)
		count += search->left_out[reach->rule_count + i] && !is_told(&search->logins[i]) &&
			!is_told(&search->own[i]);
	return count;
}

static hj_status run(struct search *search, const hj_allocator *allocator, hj_access_list *out,
	const char **what)
{
	hj__drafts *drafts = &search->drafts;
	hj__drafts_init(drafts, search->reach, allocator);
	search->subjects.allocator = allocator;
	*out = (hj_access_list){.arena.allocator = allocator, .allocator = allocator};
	hj_selector selector = hj_selector_parse(search->text);
	search->all = selector.kind == HJ_SELECT_ALL;
	search->wide = search->all || selector.kind == HJ_SELECT_AUTOGROUP;
	if (search->asked != NEITHER && !search->all)
		drafts->status = hj_expand(search->reach, search->text,
			search->asked == DESTINATION, &search->subjects, what);
	if (!drafts->status)
		make_rooms(search);
	if (!drafts->status)
		gather(search);
	if (!drafts->status)
		add_all(search);
	if (!drafts->status)
		hj__drafts_narrow(drafts);
	uint32_t left_out = drafts->status || !search->left_out ? 0 : count_left_out(search);
	hj_status status = drafts->status;
	if (!status)
		status = hj__drafts_finish(drafts, out);
	if (!status)
		out->left_out = left_out;
	hj__drafts_free(drafts);
	hj_subjects_free(&search->subjects);
	return status;
}

hj_status hj_access_who(hj_reach *reach, const hj_access_target *target, bool all,
	const hj_allocator *allocator, hj_access_list *out, const char **what)
{
	struct search search = {.reach = reach,
		.asked = DESTINATION,
		.text = target->destination,
		.protocol = target->protocol,
		.port = target->port,
		.doubtful = all};
	return run(&search, allocator, out, what);
}

hj_status hj_access_what(hj_reach *reach, hj_slice source, bool all, const hj_allocator *allocator,
	hj_access_list *out, const char **what)
{
	struct search search = {.reach = reach,
		.asked = SOURCE,
		.text = source,
		.protocol = -1,
		.port = -1,
		.doubtful = all};
	return run(&search, allocator, out, what);
}

hj_status hj_access_all(hj_reach *reach, const hj_allocator *allocator, hj_access_list *out)
{
	struct search search = {.reach = reach, .asked = NEITHER, .protocol = -1, .port = -1};
	return run(&search, allocator, out, NULL);
}
