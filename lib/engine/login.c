/*
 * Logins: which ssh rules let a source into an account (control plane 9, 13)?
 */
#include "engine/login.h"

#include "base/fold.h"
#include "engine/reach_parts.h"

#include <stdlib.h>

/* -- building ------------------------------------------------------------------------------------- */

static hj__account read_account(hj_slice text)
{
	hj_selector selector = hj_selector_parse(text);
	/* Whatever is written another way is an account's name (9.1). */
	if (hj_slice_equal(selector.text, HJ_SLICE("autogroup:nonroot")))
		return (hj__account){HJ__NONROOT, HJ_SLICE("")};
	if (selector.kind == HJ_SELECT_LOCALPART)
		return (hj__account){HJ__LOCALPART, selector.name};
	return (hj__account){HJ__LITERAL, selector.text};
}

static void read_rule(hj_reach *reach, hj__login_rule *out, const hj_ssh_rule *rule)
{
	const hj_words *posture =
		rule->posture.node ? &rule->posture : &reach->world->policy->default_posture;
	hj_slice action = hj_trim(rule->action.text);
	*out = (hj__login_rule){
		.src = &rule->src, .dst = &rule->dst, .users = &rule->users, .posture = posture};
	out->checks = hj_slice_equal(action, HJ_SLICE("check"));
	out->works = out->checks || hj_slice_equal(action, HJ_SLICE("accept"));
	out->accounts = hj__reach_room(reach, rule->users.count, sizeof *out->accounts);
	for (uint32_t i = 0; out->accounts && i < rule->users.count; i++) {
		hj__account account = read_account(rule->users.items[i].text);
		out->accounts[out->account_count++] = account;
		out->local = out->local || account.kind == HJ__LOCALPART;
	}
}

static void index_rules(hj_reach *reach, hj__logins *logins)
{
	size_t sources = 0, destinations = 0, bytes;
	bool ok = true;
	for (uint32_t i = 0; i < logins->count; i++)
		ok = ok && hj_add(sources, logins->rules[i].src->count, &sources) &&
			hj_add(destinations, logins->rules[i].dst->count, &destinations);
	size_t count = sources > destinations ? sources : destinations, at = 0;
	hj__use *uses = ok && hj_multiply(count, sizeof *uses, &bytes)
		? hj_alloc(reach->allocator, bytes)
		: NULL;
	if (!uses) {
		reach->status = HJ_NO_MEMORY;
		return;
	}
	for (uint32_t i = 0; i < logins->count; i++)
		for (uint32_t j = 0; j < logins->rules[i].src->count; j++)
			uses[at++] = (hj__use){logins->rules[i].src->items[j].term, i};
	hj__index_build(reach, &logins->sources, false, uses, at);
	at = 0;
	for (uint32_t i = 0; i < logins->count; i++)
		for (uint32_t j = 0; j < logins->rules[i].dst->count; j++)
			uses[at++] = (hj__use){logins->rules[i].dst->items[j].term, i};
	hj__index_build(reach, &logins->destinations, true, uses, at);
	hj_free(reach->allocator, uses, bytes);
}

/* Made with the first question: most have none. */
static void make_logins(hj_reach *reach)
{
	hj__logins *logins = &reach->logins;
	const hj_ssh *ssh = &reach->world->policy->ssh;
	hj__logins_free(reach);
	*logins = (hj__logins){0};
	logins->rules = hj__reach_room(reach, ssh->count, sizeof *logins->rules);
	logins->local = hj__reach_room(reach, ssh->count, sizeof *logins->local);
	logins->found = hj__reach_room(reach, ssh->count, sizeof *logins->found);
	logins->source_truths = hj__reach_room(reach, ssh->count, sizeof *logins->source_truths);
	logins->truths = hj__reach_room(reach, ssh->count, sizeof *logins->truths);
	logins->verdicts = hj__reach_room(reach, ssh->count, sizeof *logins->verdicts);
	logins->seen = hj__reach_room(reach, ssh->count, sizeof *logins->seen);
	for (uint32_t i = 0; !reach->status && i < ssh->count; i++) {
		read_rule(reach, &logins->rules[i], &ssh->items[i]);
		logins->count = i + 1;
		logins->seen[i] = false;
		if (logins->rules[i].local)
			logins->local[logins->local_count++] = i;
	}
	if (!reach->status)
		index_rules(reach, logins);
	hj__party_init(reach, &logins->from.party);
	hj__party_init(reach, &logins->to.party);
	if (!reach->status)
		hj__coverage_init(reach, &logins->from.coverage, &logins->sources);
	if (!reach->status)
		hj__coverage_init(reach, &logins->to.coverage, &logins->destinations);
	logins->made = !reach->status;
}

void hj__logins_free(hj_reach *reach)
{
	hj__logins *logins = &reach->logins;
	hj__index_free(reach, &logins->sources);
	hj__index_free(reach, &logins->destinations);
	hj__party_free(reach, &logins->from.party);
	hj__party_free(reach, &logins->to.party);
}

/* -- one rule ------------------------------------------------------------------------------------- */

static bool is_root(hj_slice account)
{
	return hj_slice_equal(account, HJ_SLICE("root"));
}

/* Is a login LOCAL@domain, when the account is LOCAL or any? */
static bool is_local_part(const hj__party *party, hj_slice domain, hj_slice account)
{
	size_t local = party->login.size > party->domain.size
		? party->login.size - party->domain.size - 1
		: 0;
	return hj_slice_equal_folded(party->domain, domain) &&
		(!account.size || hj_slice_equal(hj_slice_of(party->login.data, local), account));
}

/* Whom an address or a member without a name would have to be. */
static hj__answer doubt_local_part(
	hj_reach *reach, const hj__party *party, hj_slice domain, hj_slice account, bool name)
{
	if (!hj__facts_wanted(reach, name))
		return HJ__MAYBE;
	hj_text *sentence = hj__fact_begin(reach);
	if (party->who == HJ__ANYBODY) {
		hj_range_append(sentence, party->subject.range);
		hj_text_str(sentence, " is a device of ");
	} else {
		hj_text_str(sentence, "the user is ");
	}
	if (!account.size)
		hj_text_str(sentence, "user:*");
	hj_text_append(sentence, account);
	hj_text_byte(sentence, '@');
	hj_text_append(sentence, domain);
	return hj__fact_end(reach);
}

static hj__answer cover_local_part(
	hj_reach *reach, const hj__party *party, hj_slice domain, hj_slice account, bool name)
{
	if (party->who == HJ__ANYBODY)
		return doubt_local_part(reach, party, domain, account, name);
	if (party->who != HJ__PERSON || party->external)
		return HJ__NO;
	if (party->named)
		return is_local_part(party, domain, account) ? HJ__YES : HJ__NO;
	if (!party->domain.size)
		return doubt_local_part(reach, party, domain, account, name);
	if (!hj_slice_equal_folded(party->domain, domain))
		return HJ__NO;
	return account.size ? doubt_local_part(reach, party, domain, account, name) : HJ__YES;
}

/* Its own entry, or else the star of autogroup:nonroot, which is never root's (control plane 9.1). */
static hj__answer cover_account(hj_reach *reach, const hj__login_rule *rule, const hj__party *party,
	hj_slice account, bool name)
{
	hj__answer best = HJ__NO;
	for (uint32_t i = 0; i < rule->account_count && best.truth != HJ_YES; i++) {
		const hj__account *entry = &rule->accounts[i];
		hj__answer answer = HJ__NO;
		switch (entry->kind) {
		case HJ__NONROOT: answer = is_root(account) ? HJ__NO : HJ__YES; break;
		case HJ__LITERAL:
			answer = entry->name.size &&
					(!account.size || hj_slice_equal(entry->name, account))
				? HJ__YES
				: HJ__NO;
			break;
		case HJ__LOCALPART:
			answer = cover_local_part(reach, party, entry->name, account, name);
			break;
		}
		if (answer.truth > best.truth)
			best = answer;
	}
	return best;
}

static hj_ids devices_of(const hj__party *party, uint32_t *room)
{
	*room = party->device;
	return party->device != HJ_NONE ? (hj_ids){room, 1} : party->devices;
}

static bool share_device(const hj__party *a, const hj__party *b)
{
	uint32_t one, other;
	hj_ids mine = devices_of(a, &one), theirs = devices_of(b, &other);
	for (uint32_t i = 0, j = 0; i < mine.count && j < theirs.count;) {
		if (mine.items[i] == theirs.items[j])
			return true;
		if (mine.items[i] < theirs.items[j])
			i++;
		else
			j++;
	}
	return false;
}

/* A rule with a local part also holds on the source's own devices (control plane 9.3). */
static hj__answer cover_own(hj_reach *reach, const hj__logins *logins, bool name)
{
	const hj__party *from = &logins->from.party, *to = &logins->to.party;
	if (from->who == HJ__TAGGED && to->who == HJ__TAGGED)
		return share_device(from, to) ? HJ__YES : HJ__NO;
	return hj__cover_self(reach, to, name);
}

/* -- questions ------------------------------------------------------------------------------------ */

/* The rules that have the source. Their truths are good while the source is the same. */
static void set_source(hj_reach *reach, const hj_subject *subject)
{
	hj__logins *logins = &reach->logins;
	if (logins->from.set && hj_subject_equal(&logins->from.party.subject, subject))
		return;
	logins->from.set = false;
	hj__party_set(reach, &logins->from.party, subject, NULL);
	if (!reach->status)
		hj__gather(reach, &logins->from);
	if (reach->status)
		return;
	for (uint32_t i = 0; i < logins->count; i++)
		logins->source_truths[i] = HJ_NO;
	const hj__coverage *coverage = &logins->from.coverage;
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		for (uint32_t at = logins->sources.first[term];
			at < logins->sources.first[term + 1]; at++) {
			hj_truth *truth = &logins->source_truths[logins->sources.owners[at]];
			*truth = hj__most(*truth, coverage->answers[term].truth);
		}
	}
	logins->from.set = true;
}

/* A rule covers the destination as far as `truth` says; the best counts. */
static void find_rule(hj__logins *logins, uint32_t rule, hj_truth truth, uint32_t *count)
{
	if (truth == HJ_NO || logins->source_truths[rule] == HJ_NO || !logins->rules[rule].works)
		return;
	if (!logins->seen[rule]) {
		logins->seen[rule] = true;
		logins->truths[rule] = HJ_NO;
		logins->found[(*count)++] = rule;
	}
	logins->truths[rule] = hj__most(logins->truths[rule], truth);
}

static int by_number(const void *a, const void *b)
{
	uint32_t one = *(const uint32_t *)a, other = *(const uint32_t *)b;
	return one < other ? -1 : one > other;
}

/* Those that have both ends, ascending. */
static uint32_t find_rules(hj_reach *reach)
{
	hj__logins *logins = &reach->logins;
	const hj__coverage *coverage = &logins->to.coverage;
	uint32_t count = 0;
	for (uint32_t i = 0; i < coverage->count; i++) {
		uint32_t term = coverage->terms[i];
		for (uint32_t at = logins->destinations.first[term];
			at < logins->destinations.first[term + 1]; at++)
			find_rule(logins, logins->destinations.owners[at],
				coverage->answers[term].truth, &count);
	}
	hj_truth own = logins->local_count ? cover_own(reach, logins, false).truth : HJ_NO;
	for (uint32_t i = 0; i < logins->local_count; i++)
		find_rule(logins, logins->local[i], own, &count);
	for (uint32_t i = 0; i < count; i++)
		logins->seen[logins->found[i]] = false;
	if (count > 1)
		qsort(logins->found, count, sizeof *logins->found, by_number);
	return count;
}

static hj_truth judge(hj_reach *reach, uint32_t at, const hj_origin *source, hj_slice account)
{
	hj__logins *logins = &reach->logins;
	const hj__login_rule *rule = &logins->rules[at];
	const hj__party *from = &logins->from.party;
	hj_truth truth = hj__least(logins->source_truths[at], logins->truths[at]);
	truth = hj__least(truth, cover_account(reach, rule, from, account, false).truth);
	return truth ? hj__least(truth, hj__meets(reach, from, source, rule->posture, false))
		     : truth;
}

static void list_facts(hj_reach *reach, uint32_t at, const hj_origin *source, hj_slice account)
{
	hj__logins *logins = &reach->logins;
	const hj__login_rule *rule = &logins->rules[at];
	if (logins->source_truths[at] == HJ_MAYBE)
		hj__list_words(reach, &logins->from, rule->src, 0);
	if (logins->truths[at] == HJ_MAYBE) {
		hj__list_words(reach, &logins->to, rule->dst, 0);
		if (rule->local)
			hj__facts_list(reach, cover_own(reach, logins, true));
	}
	hj__facts_list(reach, cover_account(reach, rule, &logins->from.party, account, true));
	if (hj__meets(reach, &logins->from.party, source, rule->posture, false) == HJ_MAYBE)
		hj__meets(reach, &logins->from.party, source, rule->posture, true);
}

/* Accept rules that only may hold say nothing where another one does. */
static bool matters(const hj__login_rule *rule, hj_truth truth, const hj_login *out)
{
	return truth == HJ_YES || (truth == HJ_MAYBE && (rule->checks || out->allowed != HJ_YES));
}

static void conclude(
	hj_reach *reach, uint32_t count, const hj_origin *source, hj_slice account, hj_login *out)
{
	hj__logins *logins = &reach->logins;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = logins->found[i];
		bool checks = logins->rules[at].checks;
		hj_truth *best = checks ? &out->checked : &out->accepted;
		logins->verdicts[at] = judge(reach, at, source, account);
		*best = hj__most(*best, logins->verdicts[at]);
	}
	out->allowed = hj__most(out->checked, out->accepted);
	out->kind = out->allowed == HJ_NO      ? HJ_LOGIN_NONE
		: out->checked == out->allowed ? HJ_LOGIN_CHECK
					       : HJ_LOGIN_ACCEPT;
	hj__facts_ask(reach);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = logins->found[i];
		if (!matters(&logins->rules[at], logins->verdicts[at], out))
			continue;
		if (logins->verdicts[at] == HJ_MAYBE)
			list_facts(reach, at, source, account);
		logins->found[out->rule_count++] = at;
	}
	out->rules = logins->found;
	out->facts = reach->facts.listed;
	out->fact_count = (uint32_t)reach->facts.listed_count;
}

hj_status hj_login_ask(hj_reach *reach, const hj_origin *source, const hj_subject *destination,
	hj_slice account, hj_login *out)
{
	hj__logins *logins = &reach->logins;
	*out = (hj_login){0};
	if (!logins->made)
		make_logins(reach);
	if (!reach->status)
		set_source(reach, &source->subject);
	if (!reach->status)
		hj__party_set(reach, &logins->to.party, destination, &logins->from.party);
	if (!reach->status)
		hj__gather(reach, &logins->to);
	if (!reach->status)
		conclude(reach, find_rules(reach), source, account, out);
	if (reach->status)
		*out = (hj_login){0};
	return hj__settle(reach);
}
