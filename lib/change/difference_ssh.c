/*
 * The rules of "ssh": who may log in as whom, and how long a check lasts (control plane 9, policy
 * language 12).
 *
 * The level of a login is how far it goes without a question: 0 not at all, 1 a check every time, 1 + n
 * one that lasts n nanoseconds, HJ__UNCHECKED none. A check rule goes before an accept rule, so levels
 * are judged, not united (_judge.c).
 */
#include "change/difference_parts.h"

#include "base/fold.h"
#include "policy/duration.h"

static const uint64_t twelve_hours = UINT64_C(12) * 3600 * 1000000000;

static uint64_t level_of(const hj_ssh_rule *rule)
{
	hj_slice action = hj_trim(rule->action.text), period = hj_trim(rule->check_period.text);
	int64_t nanoseconds;
	if (hj_slice_equal(action, HJ_SLICE("accept")))
		return HJ__UNCHECKED;
	if (!hj_slice_equal(action, HJ_SLICE("check")))
		return 0;
	if (hj_slice_equal(period, HJ_SLICE("always")))
		return 1;
	if (!rule->check_period.node || !hj_duration_parse(period, &nanoseconds) || nanoseconds < 0)
		return 1 + twelve_hours;
	return 1 + (uint64_t)nanoseconds;
}

typedef struct reader {
	hj__relation *relation;
	unsigned side;
} reader;

static hj_slice domain_of(hj_slice login)
{
	const char *at = login.size ? memrchr(login.data, '@', login.size) : NULL;
	size_t from = at ? (size_t)(at - login.data) + 1 : 0;
	return hj_slice_of(login.data + from, login.size - from);
}

/* Whose login may be LOCAL@domain? */
static bool has_local_part(const hj__scene *scene, uint32_t at, hj_slice domain)
{
	const hj__atom *atom = &scene->atoms[at];
	const hj__atom *user = atom->user == HJ_NONE ? atom : &scene->atoms[atom->user];
	if (!(atom->is & HJ__IS_OWNED))
		return atom->kind == HJ__ATOM_CELL || atom->kind == HJ__ATOM_TEMPLATE;
	if (user->kind == HJ__ATOM_USER)
		return hj_slice_equal_folded(domain_of(user->name), domain);
	return user->kind != HJ__ATOM_DOMAIN || hj_slice_equal_folded(user->name, domain);
}

/* The sources as far as they have a local part. */
static uint32_t with_local_part(hj__relation *relation, uint32_t sources, hj_slice domain)
{
	hj__scene *scene = relation->scene;
	hj__list extents = {0}, atoms = {0};
	for (uint32_t i = 0; i < relation->sources.items[sources].count && !scene->status; i++) {
		hj_ids extent = scene->extents.items[relation->sources.items[sources].items[i]];
		atoms.count = 0;
		for (uint32_t j = 0; j < extent.count; j++)
			if (has_local_part(scene, extent.items[j], domain))
				hj__list_add(scene, &atoms, extent.items[j]);
		hj__list_add(scene, &extents,
			hj__sets_put(scene, &scene->extents, atoms.items, atoms.count));
	}
	hj__list_settle(&extents);
	uint32_t out = hj__sets_put(scene, &relation->sources, extents.items, extents.count);
	hj__list_free(scene, &atoms);
	hj__list_free(scene, &extents);
	return out;
}

static uint32_t destination_of(const reader *read, const hj_word *dst)
{
	const hj__side *side = &read->relation->scene->sides[read->side];
	const hj_selector *selector = &side->world->policy->terms[dst->term].selector;
	bool self =
		selector->kind == HJ_SELECT_AUTOGROUP && selector->autogroup == HJ_AUTOGROUP_SELF;
	return self ? HJ__SELF : side->extents[HJ__DEVICES][dst->term];
}

/* One account on all destinations; with a local part among the accounts, on the own devices too. */
static void add_account(
	const reader *read, const hj_ssh_rule *rule, hj__tuple tuple, uint32_t when, bool local)
{
	for (uint32_t i = 0; i < rule->dst.count; i++) {
		if (!rule->dst.items[i].term)
			continue;
		tuple.term = rule->dst.items[i].term;
		tuple.dst = destination_of(read, &rule->dst.items[i]);
		hj__relation_add(read->relation, read->side, tuple, when);
	}
	tuple.dst = HJ__SELF;
	if (local)
		hj__relation_add(read->relation, read->side, tuple, when);
}

static bool is_local_part(const hj_word *word, hj_selector *selector)
{
	*selector = hj_selector_parse(word->text);
	return selector->kind == HJ_SELECT_LOCALPART;
}

static void add_rule(const reader *read, const hj_ssh_rule *rule)
{
	hj__relation *relation = read->relation;
	hj__scene *scene = relation->scene;
	static const hj_words none;
	const hj_words *posture = rule->posture.node
		? &rule->posture
		: &scene->sides[read->side].world->policy->default_posture;
	uint64_t level = level_of(rule);
	hj_selector account;
	bool local = false;
	if (!level)
		return;
	for (uint32_t i = 0; i < rule->users.count; i++)
		local = local || is_local_part(&rule->users.items[i], &account);
	uint32_t sources = hj__relation_sources(relation, read->side, &rule->src, HJ__DEVICES);
	uint32_t when = hj__conditions_of(scene, read->side, posture, &none, 0);
	for (uint32_t i = 0; i < rule->users.count && !scene->status; i++) {
		hj__tuple tuple = {.sources = sources, .node = rule->node, .src = &rule->src};
		if (is_local_part(&rule->users.items[i], &account))
			tuple.sources = with_local_part(relation, sources, account.name);
		if (account.kind == HJ_SELECT_EMPTY || account.kind == HJ_SELECT_ALL)
			continue;
		tuple.good = hj__good_text(relation, account.text, account.text, level);
		add_account(read, rule, tuple, when, local);
	}
}

void hj__ssh_rules(hj__relation *relation)
{
	for (unsigned side = 0; side < HJ_SIDES; side++) {
		reader read = {relation, side};
		const hj_ssh *ssh = &relation->scene->sides[side].world->policy->ssh;
		for (uint32_t i = 0; i < ssh->count && !relation->scene->status; i++)
			add_rule(&read, &ssh->items[i]);
	}
}
