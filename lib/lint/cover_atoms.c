#include "base/fold.h"
#include "lint/cover_parts.h"
#include "policy/selector.h"

/* -- names --------------------------------------------------------------------------------------- */

/* Atoms that one rule may have; sources that are more are taken as one name, as they are. */
enum { MOST_ATOMS = 1024, MANY_ATOMS = 48 };

static void classify(hj_cover_name *token, const hj_selector *selector)
{
	switch (selector->kind) {
	case HJ_SELECT_USER:
		token->user = true;
		token->inside = true;
		break;
	case HJ_SELECT_TAG:
		token->tag = true;
		token->inside = true;
		break;
	case HJ_SELECT_DOMAIN:
	case HJ_SELECT_GROUP:
	case HJ_SELECT_SYNCED: token->inside = true; break;
	case HJ_SELECT_AUTOGROUP:
		token->internet = selector->autogroup == HJ_AUTOGROUP_INTERNET;
		token->inside = selector->autogroup == HJ_AUTOGROUP_MEMBER ||
			selector->autogroup == HJ_AUTOGROUP_TAGGED ||
			selector->autogroup == HJ_AUTOGROUP_SHARED ||
			hj_autogroup_is_role(selector->autogroup);
		break;
	default: break;
	}
}

static uint32_t token_of(hj_coverage *cover, hj_slice text, bool *is_new)
{
	uint32_t *id;
	bool was_there;
	*is_new = false;
	if (cover->status)
		return 0;
	cover->status = hj_grow(cover->run->allocator, &cover->tokens, &cover->token_capacity,
		cover->token_count + 2, sizeof *cover->tokens);
	if (cover->status)
		return 0;
	if (cover->token_count == 0)
		cover->tokens[cover->token_count++] = (hj_cover_name){0};
	cover->status =
		hj_map_put(&cover->ids, text, (uint32_t)cover->token_count, &id, &was_there);
	if (cover->status)
		return 0;
	if (!was_there) {
		cover->tokens[cover->token_count++] = (hj_cover_name){.text = text};
		*is_new = true;
	}
	return *id;
}

static uint32_t name_of(hj_coverage *cover, uint32_t term, bool folds)
{
	const hj_selector *selector = &cover->run->policy->terms[term].selector;
	uint32_t *known = &cover->known[folds][term];
	hj_slice text = selector->text;
	bool ok = true, is_new;
	if (*known)
		return *known;
	if (hj_slice_equal(text, HJ_SLICE("autogroup:members")))
		text = HJ_SLICE("autogroup:member");
	if (folds || (text.size > 4 && hj_fold(text.data[0]) == 't' && text.data[3] == ':'))
		text = hj_slice_folded(text, &cover->arena, &ok);
	if (!ok)
		cover->status = HJ_NO_MEMORY;
	*known = token_of(cover, text, &is_new);
	if (is_new)
		classify(&cover->tokens[*known], selector);
	return *known;
}

/* The words of two lists as one text, in their order; first tells them from names. */
static hj_slice join(hj_coverage *cover, char first, const hj_words *one, const hj_words *other)
{
	const hj_words *lists[] = {one, other};
	size_t size = 1;
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; lists[k] && i < lists[k]->count; i++)
			size += lists[k]->items[i].text.size + 1;
	char *text = hj_arena_alloc(&cover->arena, size), *at = text;
	if (!text) {
		cover->status = HJ_NO_MEMORY;
		return HJ_SLICE("");
	}
	*at++ = first;
	for (size_t k = 0; k < 2; k++)
		for (uint32_t i = 0; lists[k] && i < lists[k]->count; i++) {
			hj_slice word = lists[k]->items[i].text;
			memcpy(at, word.data ? word.data : "", word.size);
			at += word.size;
			*at++ = k ? '\r' : '\n';
		}
	return hj_slice_of(text, size);
}

static uint32_t condition_of(hj_coverage *cover, const hj_words *posture, const hj_words *via)
{
	bool is_new;
	if (!posture->count && !(via && via->count))
		return 0;
	uint32_t id = token_of(cover, join(cover, '\1', posture, via), &is_new);
	if (is_new)
		cover->tokens[id].narrows = !(via && via->count);
	return id;
}

/* All sources of a rule as one. */
static uint32_t set_of(hj_coverage *cover, const hj_words *src)
{
	bool is_new, inside = true;
	uint32_t id = token_of(cover, join(cover, '\2', src, NULL), &is_new);
	if (!is_new)
		return id;
	for (uint32_t i = 0; i < src->count && inside; i++) {
		hj_cover_name one = {0};
		classify(&one, &cover->run->policy->terms[src->items[i].term].selector);
		inside = one.inside;
	}
	cover->tokens[id].inside = inside;
	return id;
}

/* -- atoms --------------------------------------------------------------------------------------- */

/* The names of a rule's sources, once for all its atoms; many are taken as one. */
static void read_sources(hj_coverage *cover, const hj_words *src, bool many)
{
	cover->source_count = 0;
	if (!cover->status)
		cover->status = hj_grow(cover->run->allocator, &cover->sources,
			&cover->source_capacity, src->count + 1, sizeof *cover->sources);
	if (many && !cover->status)
		cover->sources[cover->source_count++] = set_of(cover, src);
	for (uint32_t i = 0; !many && i < src->count && !cover->status; i++)
		cover->sources[cover->source_count++] = name_of(cover, src->items[i].term, false);
}

static void add_atoms(
	hj_coverage *cover, uint32_t condition, uint32_t dst, int protocol, hj_ports ports)
{
	if (!cover->status)
		cover->status = hj_grow(cover->run->allocator, &cover->atoms, &cover->atom_capacity,
			cover->atom_count + cover->source_count, sizeof *cover->atoms);
	for (size_t i = 0; i < cover->source_count && !cover->status; i++)
		cover->atoms[cover->atom_count++] = (hj_cover_atom){condition, cover->sources[i],
			dst, protocol, ports, (uint32_t)cover->rule_count - 1};
}

static hj_cover_rule *begin_rule(hj_coverage *cover)
{
	hj_cover_rule *rule = &cover->rules[cover->rule_count++];
	*rule = (hj_cover_rule){(uint32_t)cover->atom_count, 0, true};
	return rule;
}

/* A rule that cannot be cut takes no part. */
static void end_rule(hj_coverage *cover, hj_cover_rule *rule, bool good)
{
	if (!good) {
		cover->atom_count = rule->first;
		rule->judged = false;
	}
	rule->count = (uint32_t)cover->atom_count - rule->first;
}

static void read_acl(hj_coverage *cover, const hj_acl *acl)
{
	hj_slice proto = hj_trim(acl->proto.text);
	uint8_t number = 0;
	hj_cover_rule *rule = begin_rule(cover);
	bool good = hj_slice_equal(hj_trim(acl->action.text), HJ_SLICE("accept")) &&
		(proto.size == 0 || hj_protocol_parse(proto, &number));
	bool many = (size_t)acl->src.count * acl->dst.count > MANY_ATOMS;
	uint32_t condition = condition_of(cover, &acl->posture, NULL);
	read_sources(cover, &acl->src, many);
	for (uint32_t i = 0; good && i < acl->dst.count && !cover->status; i++) {
		hj_hostport split;
		hj_ports ports;
		good = hj_hostport_split(hj_trim(acl->dst.items[i].text), &split);
		hj_slice rest = split.ports;
		uint32_t dst = name_of(cover, acl->dst.items[i].term, true);
		size_t before = cover->atom_count;
		while (good && hj_ports_next(&rest, &ports, NULL))
			add_atoms(cover, condition, dst, proto.size ? number : -1, ports);
		good = good && rest.data == NULL && cover->atom_count > before;
	}
	end_rule(cover, rule, good);
}

static void read_grant(hj_coverage *cover, const hj_grant *grant)
{
	hj_cover_rule *rule = begin_rule(cover);
	size_t pairs = (size_t)grant->dst.count * grant->ip.count;
	bool good = pairs <= MOST_ATOMS, many = pairs * grant->src.count > MANY_ATOMS;
	uint32_t condition = condition_of(cover, &grant->posture, &grant->via);
	read_sources(cover, &grant->src, many);
	for (uint32_t i = 0; good && i < grant->dst.count && !cover->status; i++) {
		uint32_t dst = name_of(cover, grant->dst.items[i].term, false);
		for (uint32_t k = 0; good && k < grant->ip.count; k++) {
			hj_ip_item item;
			good = hj_ip_item_parse(hj_trim(grant->ip.items[k].text), &item, NULL);
			if (good)
				add_atoms(cover, condition, dst, item.protocol, item.ports);
		}
	}
	end_rule(cover, rule, good);
	/* What it allows applications to do is not compared. */
	rule->judged = rule->judged && !grant->app.count;
}

void hj__cover_read(hj_coverage *cover)
{
	const hj_policy *policy = cover->run->policy;
	for (uint32_t i = 0; i < policy->acls.count && !cover->status; i++)
		read_acl(cover, &policy->acls.items[i]);
	for (uint32_t i = 0; i < policy->grants.count && !cover->status; i++)
		read_grant(cover, &policy->grants.items[i]);
}
