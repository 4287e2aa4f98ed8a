#include "access/access_parts.h"

#include <stdlib.h>

/* -- extents --------------------------------------------------------------------------------------- */

/* A multiplicative hash: what is known of order and truth is enough to tell extents apart. */
static void mix(hj__extent *extent, uint64_t value)
{
	extent->mark = (extent->mark ^ value) * 0x9E3779B97F4A7C15U;
	extent->mark ^= extent->mark >> 29;
}

void hj__extend(hj__extent *extent, uint32_t subject, hj__answer answer)
{
	uint32_t at = extent->sure + extent->maybe;
	bool sure = answer.truth == HJ_YES;
	if (answer.truth == HJ_NO)
		return;
	if (at < HJ_ACCESS_NAMES)
		extent->first[at] = subject;
	*(sure ? &extent->sure : &extent->maybe) += 1;
	mix(extent, (uint64_t)subject << 1 | sure);
	if (!sure)
		mix(extent, answer.fact);
	if (sure || answer.fact == HJ_NONE)
		return;
	for (uint32_t i = 0; i < extent->fact_count; i++)
		if (extent->facts[i] == answer.fact)
			return;
	if (extent->fact_count < HJ_ACCESS_NAMES)
		extent->facts[extent->fact_count++] = answer.fact;
}

static bool is_whole(const hj__drafts *drafts, const hj__extent *extent)
{
	return !extent || extent->sure == drafts->asked_count;
}

static bool same_extent(const hj__drafts *drafts, const hj__extent *a, const hj__extent *b)
{
	bool whole = is_whole(drafts, a);
	if (whole || is_whole(drafts, b))
		return whole && is_whole(drafts, b);
	return a->sure == b->sure && a->maybe == b->maybe && a->mark == b->mark;
}

/* -- drafts ---------------------------------------------------------------------------------------- */

void hj__drafts_init(hj__drafts *drafts, hj_reach *reach, const hj_allocator *allocator)
{
	*drafts = (hj__drafts){.reach = reach};
	hj_map_init(&drafts->keys, allocator);
	hj_text_init(&drafts->key, allocator);
	hj_arena_init(&drafts->arena, allocator);
}

void hj__drafts_free(hj__drafts *drafts)
{
	const hj_allocator *allocator = drafts->arena.allocator;
	for (size_t i = 0; i < drafts->count; i++)
		hj_services_free(&drafts->items[i].services);
	hj_free(allocator, drafts->items, drafts->capacity * sizeof *drafts->items);
	hj_free(allocator, drafts->accounts, drafts->account_capacity * sizeof *drafts->accounts);
	hj_free(allocator, drafts->rules, drafts->rule_capacity * sizeof *drafts->rules);
	hj_map_free(&drafts->keys);
	hj_text_free(&drafts->key);
	hj_arena_free(&drafts->arena);
}

static bool fail(hj__drafts *drafts)
{
	drafts->status = HJ_NO_MEMORY;
	return false;
}

/* The number of the key that was put together, `value` when it is new. False: no memory. */
static bool number_of(hj__drafts *drafts, uint32_t value, uint32_t **found, bool *was_there)
{
	hj_slice key = hj_text_slice(&drafts->key);
	bool ok = !drafts->key.status;
	*was_there = true;
	*found = ok ? hj_map_get(&drafts->keys, key) : NULL;
	if (*found)
		return true;
	if (ok)
		key = hj_arena_copy(&drafts->arena, key, &ok);
	if (!ok || hj_map_put(&drafts->keys, key, value, found, was_there))
		return fail(drafts);
	return true;
}

static void begin_key(hj__drafts *drafts, char prefix)
{
	if (drafts->key.status) {
		fail(drafts);
		hj_text_free(&drafts->key);
	}
	hj_text_clear(&drafts->key);
	hj_text_byte(&drafts->key, prefix);
}

/* Sizes before the bytes: no text can look like two. */
static void add_part(hj__drafts *drafts, hj_slice part)
{
	hj_text_printf(&drafts->key, "%zu:", part.size);
	hj_text_append(&drafts->key, part);
}

static void add_words(hj__drafts *drafts, const hj_words *words)
{
	uint32_t count = words ? words->count : 0;
	hj_text_printf(&drafts->key, "%u;", (unsigned)count);
	for (uint32_t i = 0; i < count; i++)
		add_part(drafts, hj_trim(words->items[i].text));
}

static bool number_condition(hj__drafts *drafts, const hj__key *key, uint32_t *out)
{
	uint32_t *found;
	bool was_there;
	*out = 0;
	if (!(key->posture && key->posture->count) && !(key->via && key->via->count))
		return true;
	begin_key(drafts, 'C');
	add_words(drafts, key->posture);
	add_words(drafts, key->via);
	if (!number_of(drafts, drafts->conditions + 1, &found, &was_there))
		return false;
	drafts->conditions += !was_there;
	*out = *found;
	return true;
}

static void begin_pair(
	hj__drafts *drafts, hj_access_kind kind, hj_slice source, hj_slice destination)
{
	begin_key(drafts, 'P');
	hj_text_byte(&drafts->key, (char)('0' + kind));
	add_part(drafts, source);
	add_part(drafts, destination);
}

static bool add_draft(hj__drafts *drafts, const hj__key *key, uint32_t condition)
{
	uint32_t *twin;
	bool was_there;
	if (hj_grow(drafts->arena.allocator, &drafts->items, &drafts->capacity, drafts->count + 1,
		    sizeof *drafts->items))
		return fail(drafts);
	begin_pair(drafts, key->kind, key->source, key->destination);
	if (!number_of(drafts, 0, &twin, &was_there))
		return false;
	hj__draft *draft = &drafts->items[drafts->count++];
	*draft = (hj__draft){.key = *key, .condition = condition, .twin = *twin};
	hj_services_init(&draft->services, drafts->arena.allocator);
	*twin = (uint32_t)drafts->count;
	return true;
}

hj__draft *hj__draft_of(hj__drafts *drafts, const hj__key *key)
{
	uint32_t condition, *found;
	bool was_there, whole = is_whole(drafts, key->extent);
	if (drafts->status || !number_condition(drafts, key, &condition))
		return NULL;
	begin_key(drafts, 'K');
	hj_text_byte(&drafts->key, (char)('0' + key->kind));
	add_part(drafts, key->source);
	add_part(drafts, key->destination);
	add_part(drafts, key->capability);
	hj_text_printf(&drafts->key, "%d.%u.%u.%u.%llu", key->check, (unsigned)condition,
		whole ? 0 : (unsigned)key->extent->sure, whole ? 0 : (unsigned)key->extent->maybe,
		whole ? 0 : (unsigned long long)key->extent->mark);
	if (!number_of(drafts, (uint32_t)drafts->count, &found, &was_there))
		return NULL;
	uint32_t at = *found;
	if (!was_there && !add_draft(drafts, key, condition))
		return NULL;
	return &drafts->items[at];
}

void hj__draft_rule(hj__drafts *drafts, hj__draft *draft, hj_rule_place place)
{
	const hj_rule_place *last = draft->rules ? &drafts->rules[draft->rules - 1].place : NULL;
	if (last && last->section == place.section && last->index == place.index)
		return;
	if (hj_grow(drafts->arena.allocator, &drafts->rules, &drafts->rule_capacity,
		    drafts->rule_count + 1, sizeof *drafts->rules)) {
		fail(drafts);
		return;
	}
	drafts->rules[drafts->rule_count++] = (hj__rule_link){place, draft->rules};
	draft->rules = (uint32_t)drafts->rule_count;
	draft->rule_count++;
}

/* The key of an account of a draft. */
static void begin_account(hj__drafts *drafts, const hj__draft *draft, hj_slice account)
{
	begin_key(drafts, 'A');
	hj_text_printf(&drafts->key, "%zu:", (size_t)(draft - drafts->items));
	hj_text_append(&drafts->key, account);
}

void hj__draft_account(hj__drafts *drafts, hj__draft *draft, hj_slice account)
{
	uint32_t *found;
	bool was_there;
	begin_account(drafts, draft, account);
	if (!number_of(drafts, 0, &found, &was_there) || was_there)
		return;
	if (hj_grow(drafts->arena.allocator, &drafts->accounts, &drafts->account_capacity,
		    drafts->account_count + 1, sizeof *drafts->accounts)) {
		fail(drafts);
		return;
	}
	drafts->accounts[drafts->account_count++] = (hj__account_link){account, draft->accounts};
	draft->accounts = (uint32_t)drafts->account_count;
	draft->account_count++;
}

/* -- narrowing ------------------------------------------------------------------------------------- */

static bool has_accounts(hj__drafts *drafts, const hj__draft *wide, const hj__draft *narrow)
{
	for (uint32_t at = narrow->accounts; at; at = drafts->accounts[at - 1].before) {
		begin_account(drafts, wide, drafts->accounts[at - 1].text);
		if (!hj_map_get(&drafts->keys, hj_text_slice(&drafts->key)))
			return false;
	}
	return true;
}

/* Does a draft of a wider source or destination say all that a draft says? */
static bool implies(hj__drafts *drafts, const hj__draft *wide, const hj__draft *narrow)
{
	if (wide == narrow || (wide->condition && wide->condition != narrow->condition))
		return false;
	if (!is_whole(drafts, wide->key.extent) &&
		!same_extent(drafts, wide->key.extent, narrow->key.extent))
		return false;
	switch (narrow->key.kind) {
	case HJ_ACCESS_NETWORK: return hj_services_contain(&wide->services, &narrow->services);
	case HJ_ACCESS_APP: return hj_slice_equal(wide->key.capability, narrow->key.capability);
	default:
		/* A check goes before an accept, so neither says what the other says. */
		return wide->key.check == narrow->key.check && has_accounts(drafts, wide, narrow);
	}
}

static bool is_implied_by(
	hj__drafts *drafts, const hj__draft *narrow, hj_slice source, hj_slice destination)
{
	begin_pair(drafts, narrow->key.kind, source, destination);
	const uint32_t *at = hj_map_get(&drafts->keys, hj_text_slice(&drafts->key));
	for (uint32_t i = at ? *at : 0; i; i = drafts->items[i - 1].twin)
		if (implies(drafts, &drafts->items[i - 1], narrow))
			return true;
	return false;
}

/* Terms wider than one end of a draft, and the end itself first. */
struct choice {
	hj_slice self;
	hj_ids wider;
};

static struct choice choose(hj__wider *wider, hj_slice name, uint32_t term)
{
	struct choice out = {.self = name};
	if (term != HJ_NONE)
		out.wider = hj__wider_than(wider, term);
	return out;
}

static hj_slice name_at(hj__drafts *drafts, const struct choice *choice, uint32_t at)
{
	return at == 0 ? choice->self : hj__term_name(drafts->reach, choice->wider.items[at - 1]);
}

static bool is_implied(
	hj__drafts *drafts, const hj__draft *draft, hj__wider *sources, hj__wider *destinations)
{
	struct choice from = choose(sources, draft->key.source, draft->key.source_term);
	struct choice to =
		choose(destinations, draft->key.destination, draft->key.destination_term);
	for (uint32_t i = 0; i <= from.wider.count; i++) {
		hj_slice source = name_at(drafts, &from, i);
		for (uint32_t k = 0; k <= to.wider.count; k++)
			if (is_implied_by(drafts, draft, source, name_at(drafts, &to, k)))
				return true;
	}
	return false;
}

/* Wider terms at both ends of one kind of rules. */
struct ends {
	hj__wider sources, destinations;
	bool made;
};

static void make_ends(hj__drafts *drafts, struct ends *ends, hj_access_kind kind)
{
	hj_reach *reach = drafts->reach;
	bool ssh = kind == HJ_ACCESS_SSH;
	if (ends->made)
		return;
	ends->made = true;
	hj__wider_init(&ends->sources, reach, ssh ? &reach->logins.sources : &reach->sources);
	hj__wider_init(&ends->destinations, reach,
		ssh ? &reach->logins.destinations : &reach->destinations);
}

static void free_ends(hj__drafts *drafts, struct ends *ends)
{
	if (!ends->made)
		return;
	if (ends->sources.status || ends->destinations.status)
		fail(drafts);
	hj__wider_free(&ends->sources);
	hj__wider_free(&ends->destinations);
}

/* Is TCP's port 22 open for all of a draft of "ssh"? As if a draft of the network were to be dropped. */
static bool is_open(hj__drafts *drafts, const hj__draft *login, struct ends *network)
{
	static const hj_service port = {6, {22, 22}};
	hj__draft asked = {.key = login->key, .condition = login->condition};
	asked.key.kind = HJ_ACCESS_NETWORK;
	hj_services_init(&asked.services, drafts->arena.allocator);
	if (hj_services_add(&asked.services, &port, 1))
		fail(drafts);
	bool open = !drafts->status &&
		is_implied(drafts, &asked, &network->sources, &network->destinations);
	hj_services_free(&asked.services);
	return open;
}

void hj__drafts_narrow(hj__drafts *drafts)
{
	struct ends network = {.made = false}, ssh = {.made = false};
	for (size_t i = 0; i < drafts->count && !drafts->status; i++) {
		hj__draft *draft = &drafts->items[i];
		struct ends *ends = draft->key.kind == HJ_ACCESS_SSH ? &ssh : &network;
		make_ends(drafts, ends, draft->key.kind);
		draft->dropped = is_implied(drafts, draft, &ends->sources, &ends->destinations);
		if (ends == &ssh && !draft->dropped) {
			make_ends(drafts, &network, HJ_ACCESS_NETWORK);
			draft->closed = !is_open(drafts, draft, &network);
		}
	}
	free_ends(drafts, &network);
	free_ends(drafts, &ssh);
}
